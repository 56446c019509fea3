from django.apps import AppConfig


class ItemsConfig(AppConfig):
    name = "luoshi.web.items"
    label = "web_items"
    verbose_name = "事项"
