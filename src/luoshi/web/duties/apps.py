from django.apps import AppConfig


class DutiesConfig(AppConfig):
    name = "luoshi.web.duties"
    label = "web_duties"
    verbose_name = "责任清单"
