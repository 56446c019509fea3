from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "luoshi.web.reports"
    label = "web_reports"
    verbose_name = "通报"
