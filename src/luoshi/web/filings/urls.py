"""Addresses of this area; names are unique over the whole site."""

from __future__ import annotations

from django.urls import path

from luoshi.web.filings import (
    entry_views,
    evidence_views,
    importing,
    matrix_views,
    review_views,
    sheet_views,
    statistics_views,
    views,
    work_views,
)

urlpatterns = [
    path("", views.form_list, name="form_list"),
    path("mine/", work_views.work_list, name="work_list"),
    path("statistics/", statistics_views.statistics_page, name="filing_statistics"),
    path("statistics/export/", statistics_views.statistics_export, name="filing_statistics_export"),
    path("review/", work_views.review_desk, name="review_desk"),
    path("versions/<int:filing_id>/changes/", work_views.filing_changes, name="filing_changes"),
    path("obligations/<int:obligation_id>/", review_views.obligation_detail, name="obligation_detail"),
    path("obligations/<int:obligation_id>/correct/", views.filing_correct_page, name="filing_correct"),
    path("obligations/<int:obligation_id>/fill/", entry_views.filing_fill, name="filing_fill"),
    path("obligations/<int:obligation_id>/claim/", entry_views.obligation_claimed, name="obligation_claim"),
    path("obligations/<int:obligation_id>/excuse/", entry_views.obligation_excuse, name="obligation_excuse"),
    path("versions/<int:filing_id>/sign/", review_views.filing_signed, name="filing_sign"),
    path("versions/<int:filing_id>/accept/", review_views.filing_accepted, name="filing_accept"),
    path("versions/<int:filing_id>/return/", review_views.filing_returned, name="filing_return"),
    path("versions/<int:filing_id>/withdraw/", review_views.filing_withdrawn, name="filing_withdraw"),
    path("evidence/<int:revision_id>/", evidence_views.evidence_download, name="evidence_download"),
    path("drafts/<uuid:token>/", importing.filing_preview, name="filing_preview"),
    path("drafts/<uuid:token>/faults/", importing.filing_faults, name="filing_faults"),
    path("drafts/<uuid:token>/marked/", sheet_views.filing_marked, name="filing_marked"),
    path("batches/<int:batch_id>/marked/", sheet_views.batch_marked, name="batch_marked"),
    path("drafts/<uuid:token>/take/", importing.filing_take, name="filing_take"),
    path("drafts/<uuid:token>/cancel/", importing.filing_cancel, name="filing_cancel"),
    path("templates/<str:ref>/", importing.filing_template, name="filing_template"),
    path("<str:ref>/", matrix_views.filing_matrix, name="filing_matrix"),
    path("<str:ref>/export/", matrix_views.filing_export, name="filing_export"),
    path("<str:ref>/open/", views.period_open, name="period_open"),
    path("<str:ref>/sheet/", sheet_views.filing_sheet, name="filing_sheet"),
    path("<str:ref>/sheet/file/", sheet_views.filing_sheet_file, name="filing_sheet_file"),
    path("<str:ref>/import/", importing.filing_import, name="filing_import"),
]
