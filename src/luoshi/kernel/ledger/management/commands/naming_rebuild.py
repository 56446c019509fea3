"""``luoshi naming_rebuild``: write the derived index of the ledger anew."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from luoshi.kernel.ledger.naming import naming_rebuild


class Command(BaseCommand):
    help = "按留痕原文重建留痕索引（索引可由原文推出，不影响留痕本身）。"

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"已重建留痕索引 {naming_rebuild()} 条。")
