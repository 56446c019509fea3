"""Addresses of this area; names are unique over the whole site."""

from __future__ import annotations

from django.urls import path

from luoshi.web.packs import views

urlpatterns = [
    path("", views.pack_list, name="pack_list"),
    path("<str:pack_id>/", views.pack_detail_page, name="pack_detail"),
    path("<str:kind>/<str:ref>/", views.definition_detail, name="definition_detail"),
]
