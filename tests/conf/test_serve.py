"""``luoshi serve`` as a process of its own: starts, answers, works, stops."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.request import ProxyHandler, build_opener

import pytest

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="stops by signal")


def luoshi(var: Path, *arguments: str) -> subprocess.Popen[str]:
    env = {name: value for name, value in os.environ.items() if not name.startswith(("LUOSHI_", "DJANGO_"))}
    env |= {"LUOSHI_VAR": str(var), "DATABASE_URL": "", "PYTHONPATH": str(ROOT / "src")}
    return subprocess.Popen(
        [sys.executable, "-m", "luoshi", *arguments],
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.fixture(scope="module")
def var(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("serve") / "var"
    _, errors = (process := luoshi(folder, "migrate", "--verbosity", "0")).communicate(timeout=120)
    assert process.returncode == 0, errors
    return folder


@pytest.fixture
def port() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        number = free.getsockname()[1]
    yield number


def test_it_answers_until_it_is_told_to_stop(var, port):
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


def test_a_taken_port_is_named_with_the_remedy(var):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        number = taken.getsockname()[1]
        server = luoshi(var, "serve", "--port", str(number), "--no-worker")
        _, errors = server.communicate(timeout=60)
    assert server.returncode == 1
    assert f"不能监听 127.0.0.1:{number}" in errors and "--port" in errors


def test_tables_of_another_version_are_refused_with_the_remedy(tmp_path):
    server = luoshi(tmp_path / "var", "serve")
    _, errors = server.communicate(timeout=60)
    assert server.returncode == 1
    assert "luoshi migrate" in errors
