from __future__ import annotations

import signal
import threading
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from luoshi.worker.registry import installed_ticks
from luoshi.worker.runner import Runner


class Command(BaseCommand):
    help = "运行定时任务（luoshi serve 已自带；单独部署时使用）。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="把到时的任务各运行一次后退出")

    def handle(self, *args: Any, **options: Any) -> None:
        self.check(databases=["default"])
        runner = Runner(installed_ticks(), clock=settings.LUOSHI_CLOCK)
        stop = threading.Event()
        if options["once"]:
            self._once(runner)
            return
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: stop.set())
        self.stdout.write("定时任务已启动，按 Ctrl+C 停止。")
        runner.run(stop)

    def _once(self, runner: Runner) -> None:
        ran = runner.turn()
        runner.close()
        if not ran:
            raise CommandError("另一个进程正在运行定时任务，本次没有重复运行。")
        self.stdout.write(f"已运行 {len(ran)} 项定时任务：{'、'.join(ran)}。")
