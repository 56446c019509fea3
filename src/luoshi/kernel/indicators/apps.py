from django.apps import AppConfig


class IndicatorsConfig(AppConfig):
    name = "luoshi.kernel.indicators"
    label = "indicators"
    verbose_name = "指标"
