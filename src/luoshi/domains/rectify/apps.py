from django.apps import AppConfig


class RectifyConfig(AppConfig):
    name = "luoshi.domains.rectify"
    label = "rectify"
    verbose_name = "整改"

    def ready(self) -> None:
        from luoshi.domains.rectify.objections import notice_answered
        from luoshi.kernel.items.hooks import register_guard
        from luoshi.kernel.ledger.kinds import register_kinds

        register_guard("rectify_answered", "公示意见均已答复且无成立的", notice_answered)
        register_kinds(
            {
                "rectify.objected": "公示意见已登记",
                "rectify.objection_answered": "公示意见已答复",
                "rectify.table_published": "公开情况一览表已公开",
            }
        )
