"""Reports: prose with bound figures, composed from records, frozen when they are issued."""

from __future__ import annotations

from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "luoshi.kernel.reports"
    label = "reports"
    verbose_name = "通报"

    def ready(self) -> None:
        from luoshi.kernel.ledger.kinds import register_kinds

        register_kinds({"report.frozen": "通报已定稿"})
