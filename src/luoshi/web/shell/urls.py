"""Addresses of this area; names are unique over the whole site."""

from __future__ import annotations

from django.urls import path

from luoshi.web.shell import views

urlpatterns = [
    path("signin/", views.signin, name="signin"),
    path("signout/", views.signout, name="signout"),
    path("as/", views.switch, name="switch"),
    path("account/password/", views.password, name="password"),
    path("view/large/", views.large_type, name="large_type"),
]
