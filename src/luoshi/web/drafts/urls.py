"""Addresses of this area; names are unique over the whole site."""

from __future__ import annotations

from django.urls import path

from luoshi.web.drafts import views

urlpatterns = [
    path("", views.draft_check, name="draft_check"),
    path("export/", views.draft_export, name="draft_export"),
]
