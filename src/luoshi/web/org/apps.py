from django.apps import AppConfig


class OrgConfig(AppConfig):
    name = "luoshi.web.org"
    label = "web_org"
    verbose_name = "单位"
