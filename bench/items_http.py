"""Items over HTTP: create, send, accept, each with session, rights, clock and event, beside a bare view.

The baseline is the one the promise names: a Django view without session and middleware, ``bare``, that
inserts a row and a plain event in one transaction, on the same server and database, in the same run. For the
eye also ``bare page``: the same two rows behind the product's sign-in and middleware; it has no limit.
At 1 and at 8 clients, in short turns within one run. SQLite runs with ``synchronous=FULL``. Each line tells
requests per second, the 95th percentile in ms and processor ms of the server per request.
Limit: ``items`` reaches 60 % of ``bare`` at both numbers of clients on every database measured.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import secrets
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from subprocess import PIPE, Popen
from urllib.parse import urlencode

from bench.http_create import ROOT, TOKEN, command, postgres_database, sqlite_database

LIMIT = 60
TICK = os.sysconf("SC_CLK_TCK")
CASE = "zhengqi.case"
FIRM = {
    "title": "续贷手续受阻",
    "kind": "finance",
    "channel": "phone",
    "firm": "海宁纺织厂",
    "detail": "流动资金贷款下月到期，续贷手续卡在评估环节。",
}


@dataclass(slots=True)
class Turn:
    """What one way did in one turn."""

    requests: int = 0
    seconds: float = 0.0
    cpu: float = 0.0
    waits: list[float] = field(default_factory=list)

    @property
    def rate(self) -> float:
        return self.requests / self.seconds


@dataclass(frozen=True, slots=True)
class Server:
    """A server process: its port and pid."""

    port: int
    pid: int

    def cpu(self) -> float:
        """Return the processor seconds it has used."""
        parts = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(parts[11]) + int(parts[12])) / TICK


class Client:
    """One connection that posts forms as one or the other official."""

    def __init__(self, server: Server, cookies: dict[str, str]) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
        self.cookies = cookies
        self.waits: list[float] = []

    def post(self, path: str, given: dict[str, object], who: str = "") -> str:
        """Post a form; return where it leads, or the answer itself. Raises: RuntimeError for a refusal."""
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "Cookie": self.cookies.get(who, ""),
            "X-CSRFToken": TOKEN,
        }
        body = urlencode(given | {"key": secrets.token_hex(16)})
        began = time.perf_counter()
        self.connection.request("POST", path, body, headers)
        answer = self.connection.getresponse()
        text = answer.read()
        self.waits.append(time.perf_counter() - began)
        if answer.status not in (200, 302):
            raise RuntimeError(f"{path}: {answer.status} {text[:300]!r}")
        return answer.getheader("Location") or text.decode()


def items(client: Client) -> None:
    """Take a case in, hand it out, accept it: three requests."""
    detail = client.post(f"/items/{CASE}/new/", dict(FIRM), "desk")
    client.post(f"{detail}moves/send/", {"duty.lead": "U02", "step": 1}, "desk")
    client.post(f"{detail}moves/accept/", {"step": 2}, "lead")


def bare(client: Client) -> None:
    client.post("/bench/bare", {"name": "续贷手续受阻"})


def bare_page(client: Client) -> None:
    client.post("/bench/bare-page", {"name": "续贷手续受阻"}, "desk")


Way = Callable[[Client], None]


def main() -> int:
    parser = argparse.ArgumentParser(description="事项经网页登记、派发、签收的速度，与同机裸视图相比。")
    parser.add_argument("--seconds", type=float, default=2, help="每轮秒数，默认 2")
    parser.add_argument("--rounds", type=int, default=5, help="轮数，默认 5")
    parser.add_argument("--database", choices=("sqlite", "postgresql"), help="只测一种数据库")
    told = parser.parse_args()
    reached = True
    for name, database in (("sqlite", sqlite_database), ("postgresql", postgres_database)):
        if told.database not in (None, name):
            continue
        with database() as url:
            if url is None:
                print("未测 PostgreSQL：没有可用的服务。")
                continue
            reached &= compare(name, url, told.rounds, told.seconds)
    verdict = "达到要求" if reached else "未达到要求"
    print(f"事项办理与裸视图之比，要求不低于 {LIMIT}%：{verdict}。")
    return 0 if reached else 1


def compare(name: str, url: str, rounds: int, seconds: float) -> bool:
    """Measure on one database, print the figures, and say whether the limit was reached."""
    with tempfile.TemporaryDirectory(prefix="luoshi-bench-") as folder, ExitStack() as servers:
        env = {
            **os.environ,
            "DATABASE_URL": url,
            "LUOSHI_VAR": folder,
            "LUOSHI_LOG_LEVEL": "ERROR",
            "LUOSHI_SECRET_KEY": secrets.token_hex(32),
            "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}",
        }
        sessions = json.loads(command(env, "prepare_items"))
        cookies = {who: _cookie(parts) for who, parts in sessions.items()}
        plain = servers.enter_context(served({**env, "LUOSHI_BENCH_BARE": "1"}))
        whole = servers.enter_context(served(env))
        ways: dict[str, tuple[Way, Server]] = {
            "bare": (bare, plain),
            "bare page": (bare_page, whole),
            "items": (items, whole),
        }
        return all([told_of(name, clients, ways, cookies, rounds, seconds) for clients in (1, 8)])


def _cookie(parts: dict[str, str]) -> str:
    return "; ".join(f"{key}={value}" for key, value in {**parts, "csrftoken": TOKEN}.items())


def told_of(
    database: str,
    clients: int,
    ways: dict[str, tuple[Way, Server]],
    cookies: dict[str, str],
    rounds: int,
    seconds: float,
) -> bool:
    """Measure all ways in turns, print a line for each, and say whether the limit was reached."""
    for way, server in ways.values():
        turn(way, server, cookies, clients, 0.5)
    turns: dict[str, list[Turn]] = {name: [] for name in ways}
    for number in range(rounds):
        for name, (way, server) in list(ways.items())[:: 1 if number % 2 else -1]:
            turns[name].append(turn(way, server, cookies, clients, seconds))
    shares: dict[str, float] = {}
    for name, done in turns.items():
        pairs = zip(done, turns["bare"], strict=True)
        shares[name] = 100 * statistics.median(one.rate / other.rate for one, other in pairs)
        waits = sorted(wait for each in done for wait in each.waits)
        speed = statistics.median(each.rate for each in done)
        late = 1000 * waits[int(0.95 * (len(waits) - 1))]
        cpu = 1000 * sum(each.cpu for each in done) / sum(each.requests for each in done)
        print(
            f"{database:<11}{clients} 个客户端  {name:<10}{speed:>6.0f} 次/秒  p95 {late:>6.1f} 毫秒  "
            f"CPU {cpu:>5.2f} 毫秒/次  {shares[name]:>4.0f}%",
            flush=True,
        )
    return shares["items"] >= LIMIT


def turn(way: Way, server: Server, cookies: dict[str, str], clients: int, seconds: float) -> Turn:
    """Let clients work for some seconds. Raises: RuntimeError when one was refused."""
    found, faults = Turn(), []
    until = time.perf_counter() + seconds
    workers = [Client(server, cookies) for _ in range(clients)]

    def work(client: Client) -> None:
        try:
            while time.perf_counter() < until:
                way(client)
        except (OSError, RuntimeError, http.client.HTTPException) as error:
            faults.append(str(error))

    began, cpu = time.perf_counter(), server.cpu()
    threads = [threading.Thread(target=work, args=(client,)) for client in workers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if faults:
        raise RuntimeError(faults[0])
    found.seconds, found.cpu = time.perf_counter() - began, server.cpu() - cpu
    found.waits = [wait for client in workers for wait in client.waits]
    found.requests = len(found.waits)
    for client in workers:
        client.connection.close()
    return found


@contextmanager
def served(env: dict[str, str]) -> Iterator[Server]:
    """Run a server process and yield it; end it by its pid."""
    args = [sys.executable, "-m", "bench.create.server", "serve"]
    with Popen(args, cwd=ROOT, env=env, stdout=PIPE, text=True) as process:
        assert process.stdout
        try:
            yield Server(int(process.stdout.readline()), process.pid)
        finally:
            process.terminate()
            process.wait(timeout=20)


if __name__ == "__main__":
    sys.exit(main())
