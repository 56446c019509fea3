from django.apps import AppConfig


class NotifyConfig(AppConfig):
    name = "luoshi.kernel.notify"
    label = "notify"
    verbose_name = "消息"

    def ready(self) -> None:
        from luoshi.kernel.ledger.kinds import register_kinds

        register_kinds(
            {
                "notice.sent": "通知已发出",
                "notice.skipped": "通知未发出",
                "notice_setting.changed": "提醒设置已修改",
                "webhook.changed": "推送地址已修改",
            }
        )
