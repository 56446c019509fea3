from __future__ import annotations

import errno
import signal
import sys
import threading
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from waitress.server import create_server

from luoshi.worker.registry import installed_ticks
from luoshi.worker.runner import Runner

# Twice the largest table that a page takes, so that the page can say so; beyond it nothing is read at all.
LARGEST_REQUEST = 64 * 1024 * 1024


class Command(BaseCommand):
    help = "启动网站和定时任务。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default=settings.ENV.host, help="监听地址，默认 %(default)s")
        parser.add_argument("--port", type=int, default=settings.ENV.port, help="监听端口，默认 %(default)s")
        parser.add_argument(
            "--threads", type=int, default=settings.ENV.threads, help="线程数，默认 %(default)s"
        )
        parser.add_argument(
            "--no-worker", action="store_true", help="不运行定时任务（另有 luoshi worker 时）"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        self.check(databases=["default"])
        refuse_unmigrated()
        server = server_at(options["host"], options["port"], options["threads"])
        stop, worker = threading.Event(), None
        if not options["no_worker"]:
            runner = Runner(installed_ticks(), clock=settings.LUOSHI_CLOCK)
            worker = threading.Thread(target=runner.run, args=(stop,), name="worker", daemon=True)
            worker.start()
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
        self.stdout.write(f"落实已启动：http://{options['host']}:{options['port']}/ ，按 Ctrl+C 停止。")
        self.stdout.flush()
        try:
            server.run()
        finally:
            stop.set()
            if worker:
                worker.join(timeout=10)
            self.stdout.write("落实已停止。")


def refuse_unmigrated() -> None:
    """Refuse to serve on tables of another version.

    Raises: CommandError with the command that helps.
    """
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise CommandError("数据库还不是本版本的结构，请先运行：luoshi migrate")
    connection.close()


def server_at(host: str, port: int, threads: int) -> Any:
    """Return a waitress server bound to the address.

    Raises: CommandError when the port is taken or the address is not of this machine.
    """
    from luoshi.conf.wsgi import application  # loads the middleware: only when really serving

    proxy = settings.ENV.proxy
    trust = {"trusted_proxy": proxy, "trusted_proxy_headers": {"x-forwarded-for", "x-forwarded-proto"}}
    try:
        return create_server(
            application,
            host=host,
            port=port,
            threads=threads,
            ident="luoshi",
            max_request_body_size=LARGEST_REQUEST,
            **(trust if proxy else {}),
        )
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            remedy = "端口已被占用。请关闭占用它的程序，或用 --port 换一个端口。"
        else:
            remedy = f"{error.strerror}。请检查 --host 和 --port。"
        raise CommandError(f"不能监听 {host}:{port}：{remedy}") from error
