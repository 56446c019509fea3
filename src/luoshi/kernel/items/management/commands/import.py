"""``luoshi import items receipt.permit log.csv``"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from luoshi.core.actor import SYSTEM_ACTOR
from luoshi.core.errors import Incomplete, NotFound, Refusal, nearest
from luoshi.kernel.items.history_rules import HistoryTemplate, history_templates
from luoshi.kernel.items.history_taking import histories_import
from luoshi.kernel.items.types import type_def
from luoshi.kernel.org.sheet import CellFault

SHOWN = 20


class Command(BaseCommand):
    """Bring items with their history in from a table of another system."""

    help = "从表格导入其他系统的办件记录，每件连同各步的时间。有不能接收的，列出行、列和原因。"

    def add_arguments(self, parser: CommandParser) -> None:
        kinds = parser.add_subparsers(dest="what", required=True, metavar="内容")
        items = kinds.add_parser("items", help="事项")
        items.add_argument("type", metavar="事项类型", help="如 zhengqi.case")
        items.add_argument("file", metavar="文件", type=Path, help=".csv 或 .xlsx")
        items.add_argument("--template", metavar="导入模板", help="该类事项有几个导入模板时写明用哪一个")
        items.add_argument("--clean", action="store_true", help="有不能接收的也导入其余各件")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        try:
            template = _template(options["type"], options["template"])
            intake, found = histories_import(
                actor=SYSTEM_ACTOR,
                import_ref=template.ref,
                name=path.name,
                content=path.read_bytes(),
                only_clean=options["clean"],
                now=settings.LUOSHI_CLOCK.now(),
            )
        except OSError as error:
            raise CommandError(f"文件 {path} 无法读取：{error.strerror}。") from error
        except Refusal as refusal:
            raise CommandError(str(refusal)) from refusal
        for note in found.notes:
            self.stdout.write(note)
        for fault in found.faults[:SHOWN]:
            self.stdout.write(_line(fault))
        more = len(found.faults) - SHOWN + found.faults_more
        if more > 0:
            self.stdout.write(f"另有 {more} 处。")
        self.stdout.write(
            f"读取 {found.rows} 行：导入 {intake.items_taken} 件（{found.steps} 步），"
            f"已有且相同 {intake.items_same} 件，未接收 {intake.items_left} 件。"
        )


def _template(type_ref: str, asked: str | None) -> HistoryTemplate:
    """Return the import to use. Raises: NotFound, Incomplete when several fit and none is named."""
    known = {each.ref: each for each in history_templates(type_def(type_ref))}
    if not known:
        raise NotFound(f"业务包没有为“{type_ref}”规定导入模板，不能导入外部记录。")
    if asked is None:
        if len(known) > 1:
            raise Incomplete(f"请用 --template 写明导入模板：{'、'.join(known)}。")
        return next(iter(known.values()))
    if asked not in known:
        near = nearest(asked, known)
        raise NotFound(f"没有导入模板“{asked}”。" + (f"是否指 {near}？" if near else ""))
    return known[asked]


def _line(fault: CellFault) -> str:
    return f"第 {fault.row} 行 {fault.column} {fault.value}：{fault.rule}。{fault.remedy}。"
