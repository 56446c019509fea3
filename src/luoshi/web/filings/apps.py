from django.apps import AppConfig


class FilingsConfig(AppConfig):
    name = "luoshi.web.filings"
    label = "web_filings"
    verbose_name = "节点填报"
