"""The product's pages and, before them, the views that are compared."""

from __future__ import annotations

from django.conf import settings
from django.urls import include, path

from bench.create import views

urlpatterns = [path("bench/bare", views.bare), path("bench/recorded", views.recorded)]
if settings.MIDDLEWARE:
    urlpatterns += [
        path("bench/bare-page", views.bare_page),
        path("bench/page", views.page),
        path("", include("luoshi.conf.urls")),
    ]
