from django.apps import AppConfig


class ElementsConfig(AppConfig):
    name = "luoshi.kernel.elements"
    label = "elements"
    verbose_name = "数据元"
