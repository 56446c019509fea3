"""Addresses of this area; names are unique over the whole site."""

from __future__ import annotations

from django.urls import path

from luoshi.web.supervision import authority_views, matter_views, plan_views

urlpatterns = [
    path("plans/", plan_views.plan_list, name="supervision_plans"),
    path("plans/export/", plan_views.plan_export, name="supervision_plans_export"),
    path("plans/new/", plan_views.plan_new, name="supervision_plan_new"),
    path("plans/<int:plan_id>/", plan_views.plan_detail, name="supervision_plan"),
    path("plans/<int:plan_id>/approve/", plan_views.plan_approved, name="supervision_plan_approve"),
    path("plans/<int:plan_id>/cancel/", plan_views.plan_cancelled, name="supervision_plan_cancel"),
    path("authorities/", authority_views.authority_list, name="supervision_authorities"),
    path(
        "authorities/<int:authority_id>/end/",
        authority_views.authority_ended,
        name="supervision_authority_end",
    ),
    path("listing/", matter_views.listing_export, name="supervision_listing"),
    path("bulletin/", matter_views.bulletin_page, name="supervision_bulletin"),
    path("bulletin/export/", matter_views.bulletin_export, name="supervision_bulletin_export"),
    path("matters/<int:item_id>/notice/", matter_views.notice_page, name="supervision_notice"),
    path("matters/<int:item_id>/notice/docx/", matter_views.notice_docx, name="supervision_notice_docx"),
    path("matters/<int:item_id>/parts/", matter_views.parts_page, name="supervision_parts"),
]
