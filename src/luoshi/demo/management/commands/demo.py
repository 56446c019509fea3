"""``luoshi demo``: builds the sample when there is none, prints how to sign in, and serves."""

from __future__ import annotations

import json
import os
from argparse import ArgumentParser
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from luoshi.demo.build import Credential, build
from luoshi.demo.cast import SAMPLE_START
from luoshi.demo.clock import demo_begun
from luoshi.demo.district.places import FULL, SCALES, Scale
from luoshi.kernel.access.models import Account

CREDENTIALS = "demo-accounts.json"


class Command(BaseCommand):
    """Build the sample once, then serve it."""

    help = "建立样例（已建立则跳过），显示登录方式，并在 127.0.0.1:8000 启动。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--no-serve", action="store_true", help="只建立样例，不启动")
        parser.add_argument(
            "--scale",
            choices=sorted(SCALES),
            default=FULL.name,
            help="样例区的规模：full 为 85 个单位、十二个月（默认），small 为 12 个单位、四个月",
        )
        parser.add_argument("--port", type=int, default=None, help="端口，默认 8000")

    def handle(self, *args: Any, no_serve: bool, port: int | None, scale: str, **options: Any) -> None:
        call_command("migrate", verbosity=0)
        folder = data_folder()
        if not Account.objects.exists():
            self._build(folder, SCALES[scale])
        self._tell_accounts(folder / CREDENTIALS)
        if not no_serve:
            call_command("serve", *([] if port is None else ["--port", str(port)]))

    def _build(self, folder: Path, scale: Scale) -> None:
        """Begin demo time and build in one transaction: a sample half built is no sample."""
        settings.LUOSHI_CLOCK = demo_begun(folder, SAMPLE_START)
        with transaction.atomic():
            credentials = build(now=settings.LUOSHI_CLOCK.now(), tell=self._tell, scale=scale)
        _kept(folder / CREDENTIALS, credentials)

    def _tell(self, line: str) -> None:
        self.stdout.write(f"落实：{line} …")
        self.stdout.flush()

    def _tell_accounts(self, path: Path) -> None:
        if not path.exists():
            raise CommandError(
                f"数据目录里已有账号，但找不到样例账号文件 {path.name}，这可能不是样例数据。"
                "正式数据请用 luoshi serve 启动；要重建样例，请先移走数据目录。"
            )
        self.stdout.write("\n样例账号（口令在建立时随机生成，只用于演示）：")
        for each in json.loads(path.read_text("utf-8")):
            self.stdout.write(
                f"  {each['username']:<8} {each['password']:<16} {each['title']}：{each['does']}"
            )
        self.stdout.write("")


def data_folder() -> Path:
    """Return the data folder, where the passwords of the sample are kept."""
    return Path(settings.ENV.var_dir)


def _kept(path: Path, credentials: list[Credential]) -> None:
    """Keep the passwords for the next start, readable by the owner only."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
        json.dump([asdict(each) for each in credentials], stream, ensure_ascii=False, indent=1)
