"""Addresses of this area; names are unique over the whole site."""

from __future__ import annotations

from django.urls import path

from luoshi.web.notices import log_views, setting_views, views

urlpatterns = [
    path("", views.message_list, name="message_list"),
    path("export/", views.message_export, name="message_export"),
    path("read/", views.message_read, name="message_read"),
    path("<int:message_id>/open/", views.message_opened, name="message_open"),
    path("mine/", setting_views.notice_preference, name="notice_preference"),
    path("log/", log_views.notice_log, name="notice_log"),
    path("log/export/", log_views.notice_log_export, name="notice_log_export"),
    path("log/<int:delivery_id>/retry/", log_views.delivery_retried, name="delivery_retry"),
    path("hours/", setting_views.notice_hours, name="notice_hours"),
    path("webhook/", setting_views.notice_webhook, name="notice_webhook"),
]
