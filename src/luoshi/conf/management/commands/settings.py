from __future__ import annotations

from dataclasses import fields
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from luoshi.conf.env import VAR_DEFAULT, Environment, variable_of

PAGE_HEAD = """# 设置

所有设置都是环境变量，只在启动时读取一次。`luoshi settings` 列出当前值。
本页由 `luoshi settings --markdown` 生成。

| 变量 | 默认 | 说明 |
|---|---|---|"""


class Command(BaseCommand):
    help = "列出全部设置：变量名、当前值和说明。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--markdown", action="store_true", help="输出文档页面 docs/reference/settings.md")

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(page() if options["markdown"] else listing(settings.ENV))


def listing(current: Environment) -> str:
    """Return every setting with its present value; secrets are not shown, since terminals are recorded."""
    lines = []
    for item in fields(Environment):
        value = getattr(current, item.name)
        state = "默认" if value == item.default else "已设置"
        shown = "（不显示）" if item.metadata["secret"] and value else text_of(value)
        lines += [f"{variable_of(item)}（{state}）", f"    当前值：{shown}", f"    {item.metadata['help']}"]
    return "\n".join(lines)


def page() -> str:
    """Return the page of the documentation: the same on every machine, so that it can be compared."""
    rows = []
    for item in fields(Environment):
        default = "var" if item.default == VAR_DEFAULT else text_of(item.default)
        rows.append(f"| `{variable_of(item)}` | {default} | {item.metadata['help']} |")
    return "\n".join([PAGE_HEAD, *rows])


def text_of(value: object) -> str:
    """Return a value as one would write it into the environment."""
    if isinstance(value, tuple):
        return ",".join(value) or "（空）"
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) or "（空）"
