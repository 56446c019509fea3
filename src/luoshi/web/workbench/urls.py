"""Addresses of this area; names are unique over the whole site."""

from __future__ import annotations

from django.urls import path

from luoshi.web.filings.figures import figure
from luoshi.web.workbench import views

urlpatterns = [
    path("", views.workbench, name="workbench"),
    path("figures/<str:ref>/", figure, name="figure"),
]
