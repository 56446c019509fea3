from django.apps import AppConfig


class ConfConfig(AppConfig):
    name = "luoshi.conf"
    label = "conf"
    verbose_name = "配置"
