from django.apps import AppConfig


class IndicatorPagesConfig(AppConfig):
    name = "luoshi.web.indicators"
    label = "web_indicators"
