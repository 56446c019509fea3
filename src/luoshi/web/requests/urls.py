"""Addresses of this area; names are unique over the whole site."""

from __future__ import annotations

from django.urls import path

from luoshi.web.requests import acting_views, views

urlpatterns = [
    path("", views.request_list, name="request_list"),
    path("export/", views.request_export, name="request_export"),
    path("<int:item_id>/letter/", views.request_letter, name="request_letter"),
    path("<int:item_id>/continue/", acting_views.report_continued, name="report_continue"),
    path("<int:item_id>/tasks/", acting_views.answer_handed_on, name="answer_hand_on"),
]
