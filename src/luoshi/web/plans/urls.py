"""Addresses of this area; names are unique over the whole site."""

from __future__ import annotations

from django.urls import path

from luoshi.web.plans import building_views, checking_views, importing, own_views, views

urlpatterns = [
    path("", views.plan_list, name="plan_list"),
    path("new/", building_views.plan_new, name="plan_new"),
    path("template/", importing.plan_template, name="plan_template"),
    path("mine/", own_views.plan_own, name="plan_own"),
    path("mine/export/", own_views.plan_own_export, name="plan_own_export"),
    path("said/<int:item_id>/", own_views.measure_said, name="measure_said"),
    path("<int:plan_id>/", views.plan_tree, name="plan_tree"),
    path("<int:plan_id>/print/", views.plan_paper, name="plan_paper"),
    path("<int:plan_id>/export/", views.plan_export, name="plan_export"),
    path("<int:plan_id>/import/", importing.plan_imported, name="plan_import"),
    path("<int:plan_id>/measure/", building_views.measure_edit, name="measure_edit"),
    path("<int:plan_id>/nodes/<int:node_id>/figure/", building_views.measure_bound, name="measure_bind"),
    path("<int:plan_id>/nodes/<int:node_id>/end/", building_views.node_ended, name="plan_node_end"),
    path("<int:plan_id>/hand-out/", building_views.plan_handed, name="plan_hand_out"),
    path("<int:plan_id>/close/", building_views.plan_closed, name="plan_close"),
    path("<int:plan_id>/coverage/", checking_views.plan_coverage, name="plan_coverage"),
    path("<int:plan_id>/coverage/export/", checking_views.plan_coverage_export, name="plan_coverage_export"),
    path("<int:plan_id>/changes/", checking_views.plan_changes, name="plan_changes"),
    path("<int:plan_id>/changes/export/", checking_views.plan_changes_export, name="plan_changes_export"),
    path("<int:plan_id>/baseline/", checking_views.plan_baseline, name="plan_baseline"),
]
