"""Addresses of this area; names are unique over the whole site."""

from __future__ import annotations

from django.urls import path

from luoshi.web.burden import registry_views, views

urlpatterns = [
    path("", views.burden_page, name="burden_page"),
    path("export/", views.burden_export, name="burden_export"),
    path("units/<str:code>/", views.burden_unit, name="burden_unit"),
    path("forms/", registry_views.registry_list, name="registry_list"),
    path("forms/export/", registry_views.registry_export, name="registry_export"),
    path("forms/<str:ref>/", registry_views.registry_form_page, name="registry_form"),
    path("forms/<str:ref>/stop/", registry_views.form_stopped, name="form_stopped"),
    path("forms/<str:ref>/renew/", registry_views.renewal_asked, name="renewal_asked"),
    path("forms/<str:ref>/decide/", registry_views.renewal_decided, name="renewal_decided"),
]
