"""Addresses of this area; names are unique over the whole site."""

from __future__ import annotations

from django.urls import path

from luoshi.web.rectify import acting_views, table_views, views

urlpatterns = [
    path("", views.rectify_lists, name="rectify_lists"),
    path("export/", views.rectify_lists_export, name="rectify_lists_export"),
    path("statistics/", views.rectify_statistics, name="rectify_statistics"),
    path("statistics/export/", views.rectify_statistics_export, name="rectify_statistics_export"),
    path("rechecks/", views.rectify_rechecks, name="rectify_rechecks"),
    path("rechecks/export/", views.rectify_rechecks_export, name="rectify_rechecks_export"),
    path("notices/", views.rectify_notices, name="rectify_notices"),
    path("notices/export/", views.rectify_notices_export, name="rectify_notices_export"),
    path("at/<int:item_id>/measures/", acting_views.rectify_measures, name="rectify_measures"),
    path("at/<int:item_id>/siblings/", acting_views.rectify_siblings, name="rectify_siblings"),
    path(
        "at/<int:item_id>/siblings/withdraw/",
        acting_views.rectify_siblings_withdraw,
        name="rectify_siblings_withdraw",
    ),
    path("at/<int:item_id>/found/", acting_views.rectify_found, name="rectify_found"),
    path("at/<int:item_id>/notice/", acting_views.rectify_notice, name="rectify_notice"),
    path("at/<int:item_id>/notice/<int:objection_id>/", acting_views.rectify_answer, name="rectify_answer"),
    path("at/<int:item_id>/merge/", table_views.rectify_merge, name="rectify_merge"),
    path("batches/<int:item_id>/", table_views.rectify_batch, name="rectify_batch"),
    path("tables/<int:table_id>/", table_views.rectify_table, name="rectify_table"),
    path("tables/<int:table_id>/export/", table_views.rectify_table_export, name="rectify_table_export"),
    path("tables/<int:table_id>/docx/", table_views.rectify_table_docx, name="rectify_table_docx"),
]
