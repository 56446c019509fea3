"""``luoshi search rebuild``: make the index anew."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from luoshi.kernel.search.actions import search_rebuild


class Command(BaseCommand):
    help = "检索库的维护：检索内容由各类记录推出，随时可以重建。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parts = parser.add_subparsers(dest="part", required=True, title="办理", metavar="办理")
        parts.add_parser("rebuild", help="按现有记录重建全部检索内容")

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"已重建检索内容 {search_rebuild()} 件。")
