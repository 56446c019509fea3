"""Addresses of this area; names are unique over the whole site."""

from __future__ import annotations

from django.urls import path

from luoshi.web.org import accounts, coaching, importing, people, views

urlpatterns = [
    path("", views.unit_tree_page, name="unit_tree"),
    path("export/", views.unit_export, name="unit_export"),
    path("import/", importing.unit_import, name="unit_import"),
    path("import/template/", importing.unit_template, name="unit_template"),
    path("units/<str:code>/", views.unit_detail, name="unit_detail"),
    path("people/import/", people.people_import, name="people_import"),
    path("people/import/template/", people.people_template, name="people_template"),
    path("accounts/", accounts.account_list, name="account_list"),
    path("accounts/export/", accounts.account_export, name="account_export"),
    path("accounts/issue/", accounts.passwords_issued, name="passwords_issue"),
    path("accounts/<int:account_id>/", accounts.account_changed, name="account_change"),
    path("units/<str:code>/coach/", coaching.unit_coach, name="unit_coach"),
]
