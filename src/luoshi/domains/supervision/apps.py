from django.apps import AppConfig


class SupervisionConfig(AppConfig):
    name = "luoshi.domains.supervision"
    label = "supervision"
    verbose_name = "督查"

    def ready(self) -> None:
        from luoshi.domains.supervision.guards import authority_guard, expired_guard, parts_guard, plan_guard
        from luoshi.kernel.items.hooks import register_guard
        from luoshi.kernel.ledger.kinds import register_kinds

        register_guard("supervision_authority", "本单位须有有效的督查授权", authority_guard)
        register_guard("supervision_plan", "须列入已批准的督查计划", plan_guard)
        register_guard("supervision_parts", "协办任务须已汇总或终止", parts_guard)
        register_guard("objection_over", "申请复核的 30 日须已届满", expired_guard)
        register_kinds(
            {
                "supervision_authority.granted": "督查授权已登记",
                "supervision_authority.ended": "督查授权已终止",
                "supervision_plan.drafted": "督查计划已拟订",
                "supervision_plan.approved": "督查计划已批准",
                "supervision_plan.cancelled": "督查计划已取消",
            }
        )
