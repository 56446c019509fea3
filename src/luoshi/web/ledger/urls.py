"""Addresses of this area; names are unique over the whole site."""

from __future__ import annotations

from django.urls import path

from luoshi.web.ledger import views

urlpatterns = [
    path("", views.event_list, name="event_list"),
    path("events/<int:event_id>/", views.event_detail, name="event_detail"),
    path("verify/", views.ledger_verify, name="ledger_verify"),
    path("security/", views.security_list, name="security_list"),
]
