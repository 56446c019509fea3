from django.apps import AppConfig


class PlansPagesConfig(AppConfig):
    name = "luoshi.web.plans"
    label = "web_plans"
    verbose_name = "任务分解"
