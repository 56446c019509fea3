from django.apps import AppConfig


class FormsConfig(AppConfig):
    name = "luoshi.web.forms"
    label = "web_forms"
    verbose_name = "表单设计"
