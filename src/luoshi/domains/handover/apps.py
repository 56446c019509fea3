from django.apps import AppConfig


class HandoverConfig(AppConfig):
    name = "luoshi.domains.handover"
    label = "handover"
    verbose_name = "离任交接"

    def ready(self) -> None:
        from luoshi.kernel.ledger.kinds import register_kinds
        from luoshi.kernel.notify.topics import register_subject, register_topic

        register_kinds(
            {
                "handover.rules_set": "交接期限已设定",
                "handover.noticed": "离任交接已通知",
                "handover.successor_set": "接收人已确定",
                "handover.cancelled": "离任交接已撤销",
                "handover.refreshed": "交接清单已更新",
                "handover.line_added": "交接事项已补列",
                "handover.line_removed": "交接事项已删去",
                "handover.line_noted": "交接事项已说明",
                "handover.offered": "交接清单已提交核对",
                "handover.returned": "交接清单已退回补充",
                "handover.answered": "交接事项已核对",
                "handover.part_signed": "交接书已签字",
                "handover.signed": "离任交接已完成",
                "handover.supplemented": "补充交接已提出",
                "handover.supplement_confirmed": "补充交接已确认",
            }
        )
        register_topic("handover", "离任交接")
        register_subject("handover", "离任交接")
