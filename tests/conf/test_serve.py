"""``luoshi serve`` as a process of its own: starts, answers, works, stops."""

from __future__ import annotations

import os
import signal
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import ProxyHandler, build_opener

import pytest

from luoshi.conf.management.commands.serve import LARGEST_REQUEST

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="stops by signal")


@contextmanager
def luoshi(var: Path, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """Run ``luoshi`` with a data folder of its own; it never outlives the test."""
    env = {name: value for name, value in os.environ.items() if not name.startswith(("LUOSHI_", "DJANGO_"))}
    env |= {"LUOSHI_VAR": str(var), "DATABASE_URL": "", "PYTHONPATH": str(ROOT / "src")}
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    with subprocess.Popen([sys.executable, "-m", "luoshi", *arguments], env=env, **pipes) as process:
        try:
            yield process
        finally:
            process.kill()


def refusal(var: Path, *arguments: str) -> str:
    """Run ``luoshi``, which must refuse; return what it said."""
    with luoshi(var, *arguments) as process:
        _, errors = process.communicate(timeout=60)
    assert process.returncode == 1
    return errors


@pytest.fixture(scope="module")
def var(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("serve") / "var"
    with luoshi(folder, "migrate", "--verbosity", "0") as process:
        _, errors = process.communicate(timeout=120)
    assert process.returncode == 0, errors
    return folder


def test_it_answers_until_it_is_told_to_stop(var):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with luoshi(var, "serve", "--port", str(port)) as server:
        assert server.stdout is not None
        assert f"http://127.0.0.1:{port}/" in server.stdout.readline()
        answer = build_opener(ProxyHandler({})).open(f"http://127.0.0.1:{port}/signin/", timeout=20)
        assert answer.status == 200
        assert answer.headers["Server"] == "luoshi"
        answer.close()
        server.send_signal(signal.SIGTERM)
        rest, _ = server.communicate(timeout=30)
    assert "落实已停止" in rest
    assert server.returncode == 0


def test_a_request_too_large_for_any_page_is_refused_before_it_is_read(var):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    head = f"POST /signin/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: {LARGEST_REQUEST + 1}\r\n\r\n"
    with luoshi(var, "serve", "--port", str(port), "--no-worker") as server:
        assert server.stdout is not None
        server.stdout.readline()
        with socket.create_connection(("127.0.0.1", port), timeout=20) as visitor:
            visitor.sendall(head.encode())
            assert visitor.recv(100).startswith(b"HTTP/1.1 413")


def test_nobody_else_reads_the_data_folder(var):
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in [var, *var.glob("luoshi.sqlite3*")]}
    assert modes["var"] == 0o700 and modes["luoshi.sqlite3"] == 0o600
    assert not any(mode & 0o077 for mode in modes.values())


def test_a_taken_port_is_named_with_the_remedy(var):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        said = refusal(var, "serve", "--port", str(port), "--no-worker")
    assert f"不能监听 127.0.0.1:{port}" in said and "端口已被占用" in said and "--port" in said


def test_tables_of_another_version_are_refused_with_the_remedy(tmp_path):
    assert "luoshi migrate" in refusal(tmp_path / "var", "serve")
