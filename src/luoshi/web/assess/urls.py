"""Addresses of this area; names are unique over the whole site."""

from __future__ import annotations

from django.urls import path

from luoshi.web.assess import appeal_views, history_views, preview_views, views

urlpatterns = [
    path("", views.round_list, name="round_list"),
    path("compute/", views.round_compute_page, name="round_compute"),
    path("<int:round_id>/", views.round_detail, name="round_detail"),
    path("<int:round_id>/export/", views.round_export, name="round_export"),
    path("<int:round_id>/publish/", views.round_publish_page, name="round_publish"),
    path("<int:round_id>/preview/", preview_views.round_preview_page, name="round_preview"),
    path("<int:round_id>/appeal/", appeal_views.appeal_new, name="appeal_new"),
    path("<int:round_id>/compare/", views.round_compare, name="round_compare"),
    path("appeals/", appeal_views.appeal_list, name="appeal_list"),
    path("appeals/export/", appeal_views.appeal_export, name="appeal_export"),
    path("appeals/<int:appeal_id>/", appeal_views.appeal_detail, name="appeal_detail"),
    path("history/<str:ref>/", history_views.round_history, name="round_history"),
    path("history/<str:ref>/export/", history_views.round_history_export, name="round_history_export"),
    path("sheets/<int:sheet_id>/", views.sheet_detail, name="sheet_detail"),
    path("lines/<int:line_id>/", views.line_detail, name="line_detail"),
]
