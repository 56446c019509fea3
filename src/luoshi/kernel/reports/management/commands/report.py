"""``luoshi report bulletins.panjin --period 2023-01..2023-04 --out b.docx --bundle b.zip``"""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from luoshi.core.errors import Refusal
from luoshi.core.periods import parse_period
from luoshi.kernel.documents.docx import render_docx
from luoshi.kernel.documents.html import render_html
from luoshi.kernel.ledger.actions import sequence_all
from luoshi.kernel.reports.bundle import docx_sources, proof_bundle
from luoshi.kernel.reports.models import Issue
from luoshi.kernel.reports.queries import draft_view, issue_in_force, issue_view


class Command(BaseCommand):
    """Write a report to a file: the frozen issue when there is one, else a draft of the present records."""

    help = "生成通报文件（DOCX 或 HTML）。已定稿的按定稿内容输出，未定稿的按现有记录生成草稿。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("report", help="通报名称，如 bulletins.panjin")
        parser.add_argument("--period", required=True, help="期间，如 2023-01 或 2023-01..2023-04")
        parser.add_argument("--out", required=True, type=Path, help="输出文件，以 .docx 或 .html 结尾")
        parser.add_argument("--bundle", type=Path, help="同时输出证明包，以 .zip 结尾；只有已定稿的通报才有")

    def handle(
        self, *args: Any, report: str, period: str, out: Path, bundle: Path | None = None, **options: Any
    ) -> None:
        if out.suffix not in (".docx", ".html"):
            raise CommandError(f"输出文件 {out.name} 应以 .docx 或 .html 结尾。")
        if bundle is not None and bundle.suffix != ".zip":
            raise CommandError(f"证明包 {bundle.name} 应以 .zip 结尾。")
        try:
            found = parse_period(period)
            issue = issue_in_force(report, found)
            if bundle is not None and issue is None:
                raise CommandError(f"{found.title}的这份通报尚未定稿，没有证明包。请先定稿。")
            view = issue_view(issue) if issue else draft_view(report, found, settings.LUOSHI_CLOCK.now())
        except Refusal as refusal:
            raise CommandError(refusal.message) from refusal
        out.write_bytes(
            render_docx(view.document, docx_sources(view.bounds))
            if out.suffix == ".docx"
            else render_html(view.document).encode("utf-8")
        )
        state = f"定稿（校验码 {issue.document_hash[:12]}）" if issue else "草稿（未定稿）"
        self.stdout.write(
            f"已生成 {out}：{state}，{len(view.bounds)} 个数字，取数截至留痕 {view.position} 条。"
        )
        if bundle is not None and issue is not None:
            self.write_bundle(issue, bundle)

    def write_bundle(self, issue: Issue, path: Path) -> None:
        """Write the proof bundle and say how it is checked."""
        sequence_all()
        made = proof_bundle(issue)
        path.write_bytes(made.content)
        self.stdout.write(
            f"已生成证明包 {path}：{made.figures} 个数字、{made.rows} 行数据，摘要 {made.digest}。\n"
            "核验：解开后运行 python luoshi_verify.py .；连同公文核验的，在后面写明公文。"
        )
