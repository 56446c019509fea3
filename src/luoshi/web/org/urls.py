"""Addresses of this area; names are unique over the whole site."""

from __future__ import annotations

from django.urls import path

from luoshi.web.org import importing, views

urlpatterns = [
    path("", views.unit_tree_page, name="unit_tree"),
    path("export/", views.unit_export, name="unit_export"),
    path("import/", importing.unit_import, name="unit_import"),
    path("import/template/", importing.unit_template, name="unit_template"),
    path("units/<str:code>/", views.unit_detail, name="unit_detail"),
]
