"""Assessment: schemes applied to units in rounds, with an explanation of every point."""

from __future__ import annotations

from django.apps import AppConfig


class AssessConfig(AppConfig):
    name = "luoshi.kernel.assess"
    label = "assess"
    verbose_name = "检查考核"

    def ready(self) -> None:
        from luoshi.kernel.ledger.kinds import register_kinds

        register_kinds(
            {
                "round.computed": "考核轮次已计算",
                "round.published": "考核轮次已发布",
            }
        )
