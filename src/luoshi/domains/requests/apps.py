from django.apps import AppConfig


class RequestsConfig(AppConfig):
    name = "luoshi.domains.requests"
    label = "requests"
    verbose_name = "请示报告"
