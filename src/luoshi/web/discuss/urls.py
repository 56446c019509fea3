"""Addresses of this area; names are unique over the whole site."""

from __future__ import annotations

from django.urls import path

from luoshi.web.discuss import views

urlpatterns = [
    path("questions/", views.question_list, name="question_list"),
    path("questions/export/", views.question_export, name="question_export"),
    path("questions/ask/", views.question_ask_page, name="question_ask"),
    path("questions/<int:question_id>/", views.question_detail, name="question_detail"),
    path("questions/<int:question_id>/withdraw/", views.question_withdrawn, name="question_withdraw"),
    path("comments/<str:kind>/<int:subject_id>/", views.comment_added, name="comment_add"),
    path("comments/<int:comment_id>/strike/", views.comment_struck, name="comment_strike"),
]
