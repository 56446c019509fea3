from django.apps import AppConfig


class BurdenConfig(AppConfig):
    name = "luoshi.web.burden"
    label = "web_burden"
    verbose_name = "基层减负"
