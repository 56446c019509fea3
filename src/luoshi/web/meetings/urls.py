"""Addresses of this area; names are unique over the whole site."""

from __future__ import annotations

from django.urls import path

from luoshi.web.meetings import acting_views, views

urlpatterns = [
    path("", views.meeting_list, name="meeting_list"),
    path("export/", views.meeting_export, name="meeting_export"),
    path("rules/", acting_views.rules_changed, name="meeting_rules"),
    path("new/", acting_views.meeting_new, name="meeting_new"),
    path("<int:meeting_id>/", views.meeting_detail, name="meeting_detail"),
    path("<int:meeting_id>/minutes/", views.meeting_minutes, name="meeting_minutes"),
    path("topics/<int:topic_id>/", views.topic_detail, name="topic_detail"),
    path("topics/<int:topic_id>/files/<slug:step>/", views.topic_file, name="topic_file"),
    path("topics/<int:topic_id>/tasks/", acting_views.decision_handed_on, name="decision_hand_on"),
    *(
        path(f"<int:meeting_id>/{step}/", acting_views.meeting_step(step), name=f"meeting_{step}")
        for step in acting_views.MEETING_STEPS
    ),
    *(
        path(f"topics/<int:topic_id>/{step}/", acting_views.topic_step(step), name=f"topic_{step}")
        for step in acting_views.TOPIC_STEPS
    ),
]
