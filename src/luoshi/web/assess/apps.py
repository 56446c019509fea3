from django.apps import AppConfig


class AssessConfig(AppConfig):
    name = "luoshi.web.assess"
    label = "web_assess"
    verbose_name = "检查考核"
