"""Addresses of this area; names are unique over the whole site."""

from __future__ import annotations

from django.urls import path

from luoshi.web.assess import views

urlpatterns = [
    path("", views.round_list, name="round_list"),
    path("compute/", views.round_compute_page, name="round_compute"),
    path("<int:round_id>/", views.round_detail, name="round_detail"),
    path("<int:round_id>/export/", views.round_export, name="round_export"),
    path("<int:round_id>/publish/", views.round_publish_page, name="round_publish"),
    path("<int:round_id>/compare/", views.round_compare, name="round_compare"),
    path("sheets/<int:sheet_id>/", views.sheet_detail, name="sheet_detail"),
    path("lines/<int:line_id>/", views.line_detail, name="line_detail"),
]
