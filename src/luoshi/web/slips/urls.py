"""Addresses of this area; names are unique over the whole site."""

from __future__ import annotations

from django.urls import path

from luoshi.web.slips import acting_views, item_views, views

urlpatterns = [
    path("", views.slip_list, name="slip_list"),
    path("export/", views.slip_export, name="slip_export"),
    path("proposals/", views.slip_proposals, name="slip_proposals"),
    path("items/<int:item_id>/", item_views.slip_pressed, name="slip_press"),
    path("calls/<int:call_id>/drop/", item_views.slip_call_dropped, name="slip_call_drop"),
    path("<int:slip_id>/", acting_views.slip_detail, name="slip_detail"),
    path("<int:slip_id>/docx/", views.slip_docx, name="slip_docx"),
    path("<int:slip_id>/pdf/", views.slip_pdf, name="slip_pdf"),
    *(
        path(f"<int:slip_id>/{step}/", acting_views.step_view(step), name=f"slip_{step}")
        for step in acting_views.ACTIONS
    ),
]
