"""Addresses of this area; names are unique over the whole site."""

from __future__ import annotations

from django.urls import path

from luoshi.web.reports import views

urlpatterns = [
    path("", views.report_list, name="report_list"),
    path("open/", views.report_open, name="report_open"),
    path("issues/<int:issue_id>/", views.issue_page, name="issue_page"),
    path("issues/<int:issue_id>/docx/", views.issue_docx, name="issue_docx"),
    path("issues/<int:issue_id>/pdf/", views.issue_pdf, name="issue_pdf"),
    path("issues/<int:issue_id>/bundle/", views.issue_bundle, name="issue_bundle"),
    path("issues/<int:issue_id>/compare/", views.report_compare, name="report_compare"),
    path("<str:ref>/<str:period>/", views.report_page, name="report_page"),
    path("<str:ref>/<str:period>/docx/", views.report_docx, name="report_docx"),
    path("<str:ref>/<str:period>/pdf/", views.report_pdf, name="report_pdf"),
    path("<str:ref>/<str:period>/freeze/", views.report_freeze_page, name="report_freeze"),
]
