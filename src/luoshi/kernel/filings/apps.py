from django.apps import AppConfig


class FilingsConfig(AppConfig):
    name = "luoshi.kernel.filings"
    label = "filings"
    verbose_name = "填报"

    def ready(self) -> None:
        from luoshi.kernel.filings.checking import facts_finding
        from luoshi.kernel.ledger.checkers import register_checker
        from luoshi.kernel.ledger.kinds import register_kinds

        register_checker("facts", "由填报重新推出事实行，与现存的逐列比较", facts_finding)

        register_kinds(
            {
                "obligation.opened": "应报已开放",
                "filing.taken": "填报已导入",
                "filing.corrected": "填报已更正",
                "batch.taken": "表格已导入",
            }
        )
