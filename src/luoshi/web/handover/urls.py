"""Addresses of this area; names are unique over the whole site."""

from __future__ import annotations

from django.urls import path

from luoshi.web.handover import acting_views, views

urlpatterns = [
    path("", views.handover_list, name="handover_list"),
    path("export/", views.handover_export, name="handover_export"),
    path("limit/", acting_views.limit_changed, name="handover_limit"),
    path("new/", acting_views.handover_new, name="handover_new"),
    path("<int:handover_id>/", views.handover_detail, name="handover_detail"),
    path("<int:handover_id>/notice/", views.notice_docx, name="handover_notice_docx"),
    path("<int:handover_id>/record/", views.record_docx, name="handover_docx"),
    path("<int:handover_id>/answer/", acting_views.lines_answered, name="handover_answer"),
    path("<int:handover_id>/lines/<int:line_id>/note/", acting_views.line_noted, name="handover_line_note"),
    path(
        "<int:handover_id>/lines/<int:line_id>/remove/",
        acting_views.line_removed,
        name="handover_line_remove",
    ),
    path(
        "<int:handover_id>/supplements/<int:supplement_id>/confirm/",
        acting_views.supplement_confirmed,
        name="handover_supplement_confirm",
    ),
    *(
        path(f"<int:handover_id>/{address}/", acting_views.step_view(step), name=f"handover_{step}")
        for step, address in acting_views.STEPS.items()
    ),
]
