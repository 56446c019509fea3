from django.apps import AppConfig


class ShellConfig(AppConfig):
    name = "luoshi.web.shell"
    label = "web_shell"
    verbose_name = "页面框架"
