from django.apps import AppConfig


class FilingsConfig(AppConfig):
    name = "luoshi.kernel.filings"
    label = "filings"
    verbose_name = "填报"

    def ready(self) -> None:
        from luoshi.kernel.ledger.kinds import register_kinds

        register_kinds(
            {
                "obligation.opened": "应报已开放",
                "filing.taken": "填报已导入",
                "filing.corrected": "填报已更正",
                "batch.taken": "导入批次已入库",
            }
        )
