"""Addresses of this area; names are unique over the whole site."""

from __future__ import annotations

from django.urls import path

from luoshi.web.indicators import views

urlpatterns = [
    path("", views.indicator_list, name="indicator_list"),
    path("export/", views.indicator_export, name="indicator_export"),
    path("<str:ref>/", views.indicator_detail, name="indicator_card"),
    path("<str:ref>/units/", views.indicator_units, name="indicator_units"),
]
