"""Addresses of this area; names are unique over the whole site."""

from __future__ import annotations

from django.urls import path

from luoshi.web.search import views

urlpatterns = [path("", views.search_page, name="search_page")]
