"""Assessment: schemes applied to units in rounds, with an explanation of every point."""

from __future__ import annotations

from django.apps import AppConfig


class AssessConfig(AppConfig):
    name = "luoshi.kernel.assess"
    label = "assess"
    verbose_name = "检查考核"

    def ready(self) -> None:
        from luoshi.kernel.ledger.kinds import register_kinds
        from luoshi.kernel.notify.topics import register_subject, register_topic

        register_kinds(
            {
                "round.computed": "考核轮次已计算",
                "round.previewed": "考核得分已预告",
                "round.published": "考核轮次已发布",
                "appeal.filed": "考核申诉已提出",
                "appeal.withdrawn": "考核申诉已撤回",
                "appeal.decided": "考核申诉已复核",
            }
        )
        register_topic("assess", "考核")
        register_subject("round", "考核轮次")
        register_subject("appeal", "考核申诉")
