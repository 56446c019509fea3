from django.apps import AppConfig


class ConfConfig(AppConfig):
    name = "luoshi.conf"
    label = "conf"
    verbose_name = "配置"

    def ready(self) -> None:
        from luoshi.db import checks  # noqa: F401  registers the checks of the database
