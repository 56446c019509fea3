from django.apps import AppConfig


class PacksConfig(AppConfig):
    name = "luoshi.web.packs"
    label = "web_packs"
    verbose_name = "业务包"
