from django.apps import AppConfig


class DraftsConfig(AppConfig):
    name = "luoshi.web.drafts"
    label = "web_drafts"
    verbose_name = "数字校对"
