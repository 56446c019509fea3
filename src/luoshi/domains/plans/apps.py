from django.apps import AppConfig


class PlansConfig(AppConfig):
    name = "luoshi.domains.plans"
    label = "plans"
    verbose_name = "任务分解"

    def ready(self) -> None:
        from luoshi.kernel.ledger.kinds import register_kinds

        register_kinds(
            {
                "plan.made": "任务计划已建立",
                "plan.imported": "任务分解已导入",
                "plan.node_put": "任务分解已写入",
                "plan.node_ended": "任务分解已终止",
                "plan.handed_out": "举措已下达",
                "plan.shared": "举措已并入在办任务",
                "plan.bound": "举措已对应指标",
                "plan.baselined": "任务计划已留存基线",
                "plan.closed": "任务计划已办结",
                "measure.said": "举措进展已自报",
            }
        )
