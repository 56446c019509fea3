"""Addresses of this area; names are unique over the whole site."""

from __future__ import annotations

from django.urls import path

from luoshi.web.items import (
    acting_views,
    calendar_views,
    changing_views,
    clock_views,
    detail_views,
    evidence_views,
    filter_views,
    history_views,
    importing,
    joining_views,
    mine_views,
    moving_views,
    views,
)

urlpatterns = [
    path("at/<int:item_id>/", detail_views.item_detail, name="item_detail"),
    path("at/<int:item_id>/moves/<str:move>/", moving_views.item_moved, name="item_move"),
    path("at/<int:item_id>/clocks/<int:clock_id>/extend/", clock_views.item_extend, name="item_extend"),
    path(
        "at/<int:item_id>/extensions/<int:extension_id>/", clock_views.item_extension, name="item_extension"
    ),
    path("at/<int:item_id>/evidence/", evidence_views.item_evidence, name="item_evidence"),
    path("at/<int:item_id>/edit/", changing_views.item_edited, name="item_edit"),
    path("at/<int:item_id>/duties/", changing_views.item_duties, name="item_duties"),
    path("at/<int:item_id>/tags/", changing_views.item_tags, name="item_tags"),
    path("at/<int:item_id>/reveal/", changing_views.item_revealed, name="item_reveal"),
    path("at/<int:item_id>/parents/", joining_views.item_parents, name="item_parents"),
    path("at/<int:item_id>/links/", joining_views.item_links, name="item_link"),
    path(
        "at/<int:item_id>/links/<int:link_id>/drop/", joining_views.item_link_dropped, name="item_link_drop"
    ),
    path("at/<int:item_id>/merge/", joining_views.item_merged, name="item_merge"),
    path("at/<int:item_id>/split/", joining_views.item_parted, name="item_split"),
    path("at/<int:item_id>/watch/", acting_views.item_watched, name="item_watch"),
    path("histories/<uuid:token>/", history_views.item_history_preview, name="item_history_preview"),
    path("histories/<uuid:token>/faults/", history_views.item_history_faults, name="item_history_faults"),
    path("histories/<uuid:token>/take/", history_views.item_history_take, name="item_history_take"),
    path("histories/<uuid:token>/drop/", history_views.item_history_drop, name="item_history_drop"),
    path("filters/<int:filter_id>/drop/", acting_views.filter_dropped, name="filter_drop"),
    path("filters/<int:filter_id>/rename/", filter_views.filter_renamed, name="filter_rename"),
    path("filters/<int:filter_id>/default/", filter_views.filter_defaulted, name="filter_default"),
    path("mine/", mine_views.item_mine, name="item_mine"),
    path("mine/export/", mine_views.item_mine_export, name="item_mine_export"),
    path("<str:ref>/", views.item_list, name="item_list"),
    path("<str:ref>/board/", views.item_board, name="item_board"),
    path("<str:ref>/calendar/", calendar_views.item_calendar, name="item_calendar"),
    path("<str:ref>/export/", views.item_export, name="item_export"),
    path("<str:ref>/history/", history_views.item_history, name="item_history"),
    path(
        "<str:ref>/history/<str:template>/", history_views.item_history_template, name="item_history_template"
    ),
    path("<str:ref>/new/", acting_views.item_new, name="item_new"),
    path("<str:ref>/import/", importing.item_import, name="item_import"),
    path("<str:ref>/import/faults/", importing.item_import_faults, name="item_import_faults"),
    path("<str:ref>/import/template/", importing.item_import_template, name="item_import_template"),
    path("<str:ref>/bulk/", acting_views.item_bulk, name="item_bulk"),
    path("<str:ref>/filters/own/", filter_views.filter_list, name="filter_list"),
    path("<str:ref>/filters/", acting_views.filter_saved, name="filter_save"),
]
