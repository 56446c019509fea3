"""``luoshi verify``: the ledger against the rows, printed tables against themselves."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from luoshi.core.consistency import Contradiction, share_contradictions, sum_contradictions
from luoshi.core.errors import Refusal
from luoshi.kernel.ledger.checkers import checkers
from luoshi.kernel.ledger.tables import share_rows, sum_rows
from luoshi.kernel.ledger.verify import Verdict, verify_ledger


class Command(BaseCommand):
    help = "核验留痕、台账与公布表格；发现不符时退出码为 1。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parts = parser.add_subparsers(dest="part", required=True, title="核验内容", metavar="内容")
        parts.add_parser("ledger", help="逐条核对留痕事件，逐行核对各表与最近一条留痕")
        for name, text in (
            ("shares", "核对占比：件数、分母与公布百分比"),
            ("sums", "核对合计：总数与各部分之和"),
        ):
            part = parts.add_parser(name, help=text)
            part.add_argument("file", type=Path, metavar="文件", help="CSV 文件（UTF-8）")
        for checker in checkers():
            parts.add_parser(checker.name, help=checker.help)

    def handle(self, *args: Any, part: str, **options: Any) -> None:
        try:
            clean = self._run(part, options)
        except Refusal as refusal:
            raise CommandError(refusal.message) from refusal
        if not clean:
            sys.exit(1)

    def _run(self, part: str, options: dict[str, Any]) -> bool:
        if part == "ledger":
            return self._ledger(verify_ledger(self._progress))
        if part == "shares":
            shares = share_rows(options["file"])
            return self._contradictions(len(shares), share_contradictions(shares))
        if part == "sums":
            sums = sum_rows(options["file"])
            return self._contradictions(len(sums), sum_contradictions(sums))
        finding = next(checker for checker in checkers() if checker.name == part).run(self._progress)
        self._lines(finding.faults)
        self.stdout.write(f"{finding.summary}{_ending(len(finding.faults))}")
        return not finding.faults

    def _ledger(self, verdict: Verdict) -> bool:
        if self.stderr.isatty():
            self.stderr.write("")
        self._lines([fault.message for fault in verdict.faults])
        if verdict.found > len(verdict.faults):
            self.stderr.write(f"另有 {verdict.found - len(verdict.faults)} 处未逐一列出。")
        counted = f"已核对留痕事件 {verdict.events} 条、数据 {verdict.rows} 行"
        self.stdout.write(f"{counted}{_ending(verdict.found)}")
        self.stdout.write("本次核验的限度：")
        for limit in verdict.limits:
            self.stdout.write(f"  {limit}")
        return verdict.ok

    def _contradictions(self, count: int, found: Sequence[Contradiction]) -> bool:
        self._lines([contradiction.message for contradiction in found])
        self.stdout.write(f"已核对 {count} 行{_ending(len(found))}")
        return not found

    def _lines(self, messages: Sequence[str]) -> None:
        for message in messages:
            self.stderr.write(message)

    def _progress(self, stage: str, done: int) -> None:
        if self.stderr.isatty():
            self.stderr.write(f"\r{stage} {done}", ending="")


def _ending(faults: int) -> str:
    return f"，发现 {faults} 处不符。" if faults else "，全部相符。"
