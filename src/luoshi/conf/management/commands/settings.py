from __future__ import annotations

from dataclasses import fields
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from luoshi.conf.env import Environment, variable_of


class Command(BaseCommand):
    help = "列出全部设置：变量名、当前值、默认值和说明。"

    def handle(self, *args: Any, **options: Any) -> None:
        for item in fields(Environment):
            value, default = getattr(settings.ENV, item.name), item.default
            state = "默认" if value == default else "已设置"
            self.stdout.write(f"{variable_of(item)}（{state}）")
            self.stdout.write(f"    当前值：{self._shown(value, secret=item.metadata['secret'])}")
            self.stdout.write(f"    {item.metadata['help']}")

    def _shown(self, value: object, *, secret: bool) -> str:
        """Secrets are never printed: terminals are recorded and photographed."""
        if secret and value:
            return "（不显示）"
        if isinstance(value, tuple):
            return ",".join(value) or "（空）"
        if isinstance(value, bool):
            return str(value).lower()
        return str(value) or "（空）"
