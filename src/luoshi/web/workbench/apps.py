from django.apps import AppConfig


class WorkbenchConfig(AppConfig):
    name = "luoshi.web.workbench"
    label = "web_workbench"
    verbose_name = "工作台"
