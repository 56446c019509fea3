from django.apps import AppConfig


class PlansPagesConfig(AppConfig):
    name = "luoshi.web.plans"
    label = "web_plans"
    verbose_name = "任务分解"

    def ready(self) -> None:
        from luoshi.web.items.panels import register_act, register_panel
        from luoshi.web.plans.panels import fits, said_act, said_panel

        register_panel("plans.said", for_types=fits, build=said_panel)
        register_act("plans.said", for_types=fits, build=said_act)
