from django.apps import AppConfig


class MeetingPagesConfig(AppConfig):
    name = "luoshi.web.meetings"
    label = "web_meetings"
