from django.apps import AppConfig


class SlipsConfig(AppConfig):
    name = "luoshi.domains.slips"
    label = "slips"
    verbose_name = "督办单"

    def ready(self) -> None:
        from luoshi.domains.slips.about_items import call_open
        from luoshi.domains.slips.held import slips_held
        from luoshi.domains.slips.sight import sees_file as file_seen
        from luoshi.kernel.evidence.owners import register_owner
        from luoshi.kernel.items.hooks import register_opener
        from luoshi.kernel.ledger.kinds import register_kinds
        from luoshi.kernel.notify.topics import register_subject, register_topic
        from luoshi.kernel.org.handing import register_held

        register_kinds(
            {
                "slip.issued": "督办单已发出",
                "slip.escalated": "督办单已升级",
                "slip.cancelled": "督办单已撤销",
                "slip.cancelling": "撤销函已发出",
                "slip.resumed": "督办单恢复办理",
                "slip.replied": "督办单已回复",
                "slip.signed": "督办回复已签批",
                "slip.returned": "督办回复已退回",
                "slip.accepted": "督办单已办结",
                "slip_call.opened": "督办已提请",
                "slip_call.answered": "督办提请已发单",
                "slip_call.dropped": "督办提请不发",
            }
        )
        register_held("slips", slips_held)
        register_opener("slip", call_open)
        register_owner("slip", file_seen)
        register_topic("slip", "督办")
        register_subject("slip", "督办单")
