"""``luoshi figlint 八月通报.docx``"""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from luoshi.core.errors import Refusal
from luoshi.kernel.files.drafts import figures_check


class Command(BaseCommand):
    """List the contradictions of a draft; exit code 1 when there are any."""

    help = "数字校对：核对文稿（DOCX、XLSX、CSV、TXT）中的占比、合计、其中和同比，列出前后矛盾的数字。"
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="文稿，可以列出多份")

    def handle(self, *args: Any, files: list[Path], **options: Any) -> None:
        count = 0
        for file in files:
            if not file.is_file():
                raise CommandError(f"没有文件 {file}。")
            try:
                found = figures_check(file.name, file.read_bytes())
            except Refusal as refusal:
                raise CommandError(refusal.message) from refusal
            count += len(found.findings)
            self.stdout.write(
                f"{file.name}：{found.paragraphs} 段、{found.tables} 张表、{found.figures} 个数字，"
                f"矛盾 {len(found.findings)} 处"
            )
            for each in found.findings:
                self.stdout.write(
                    f"  {each.place}｜{each.kind}｜文中为 {each.said}｜应为 {each.should}｜{each.how}"
                )
                self.stdout.write(f"    {each.quote}")
        if count:
            raise SystemExit(1)
