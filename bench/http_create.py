"""Creates with event per second over HTTP, beside a bare Django view on the same server and database.

For SQLite and PostgreSQL, at 1 and at 8 clients, in short turns within one run:
  bare       a server without middleware, a view that inserts two rows in one transaction
  recorded   the same server, ``org.person_create``: checks, row, event, outbox row, salted commitment
  bare page  the product's server: session, form token, account and actor are read, then two rows inserted
  page       the same server, ``org.person_create`` by that actor: right and request key besides
Limits: ``recorded`` reaches 60 % of ``bare``, ``page`` 60 % of ``bare page``. The last column is the share of
``bare``, which for pages tells what sign-in costs, and has no limit.
The servers are processes of their own on 127.0.0.1; events get their position every second meanwhile.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import secrets
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode, urlsplit

ROOT = Path(__file__).resolve().parents[1]
POSTGRES = os.environ.get("LUOSHI_BENCH_POSTGRES", "postgres://postgres@127.0.0.1:5432/postgres")
LIMIT = 60
MOST_REQUESTS = 20_000
TOKEN = secrets.token_hex(16)


@dataclass(frozen=True, slots=True)
class Way:
    """One compared view: its name, the port and path that serve it, its cookies, what it is held against."""

    name: str
    port: int
    path: str
    cookies: str = ""
    against: str = ""


def main() -> int:
    parser = argparse.ArgumentParser(description="每秒经网页新建并留痕的条数，与同机裸视图相比。")
    parser.add_argument("--seconds", type=float, default=1.5, help="每轮秒数，默认 1.5")
    parser.add_argument("--rounds", type=int, default=5, help="轮数，默认 5")
    parser.add_argument("--database", choices=("sqlite", "postgresql"), help="只测一种数据库")
    told = parser.parse_args()
    reached = True
    for name, database in (("sqlite", sqlite_database), ("postgresql", postgres_database)):
        if told.database not in (None, name):
            continue
        with database() as url:
            if url is None:
                print(f"未测 PostgreSQL：{urlsplit(POSTGRES).hostname} 上没有可用的服务。")
                continue
            reached &= compare(name, url, told.rounds, told.seconds)
    print(
        f"均不低于所比裸视图的 {LIMIT}%，达到要求。"
        if reached
        else f"有一项低于所比裸视图的 {LIMIT}%，未达到要求。"
    )
    return 0 if reached else 1


@contextmanager
def sqlite_database() -> Iterator[str | None]:
    with tempfile.TemporaryDirectory(prefix="luoshi-bench-") as folder:
        yield f"sqlite:///{folder}/bench.sqlite3"


@contextmanager
def postgres_database() -> Iterator[str | None]:
    """Make a database of this run and drop it afterwards; None when no server answers."""
    import psycopg

    name = f"luoshi_bench_{os.getpid()}"
    server = POSTGRES.rsplit("/", 1)[0]
    try:
        admin = psycopg.connect(POSTGRES.replace("postgres://", "postgresql://", 1), autocommit=True)
    except psycopg.OperationalError:
        yield None
        return
    with admin:
        admin.execute(f'CREATE DATABASE "{name}"')
        try:
            yield f"{server}/{name}"
        finally:
            admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def compare(name: str, url: str, rounds: int, seconds: float) -> bool:
    """Measure all ways on one database, print the figures, and say whether the limit was reached."""
    with tempfile.TemporaryDirectory(prefix="luoshi-bench-") as folder, ExitStack() as servers:
        env = {
            **os.environ,
            "DATABASE_URL": url,
            "LUOSHI_VAR": folder,
            "LUOSHI_LOG_LEVEL": "ERROR",
            "LUOSHI_SECRET_KEY": secrets.token_hex(32),
            "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}",
        }
        cookies = {**json.loads(command(env, "prepare")), "csrftoken": TOKEN}
        bare = servers.enter_context(server({**env, "LUOSHI_BENCH_BARE": "1"}))
        whole = servers.enter_context(server(env))
        session = "; ".join(f"{key}={value}" for key, value in cookies.items())
        ways = [
            Way("bare", bare, "/bench/bare"),
            Way("recorded", bare, "/bench/recorded", against="bare"),
            Way("bare page", whole, "/bench/bare-page", session),
            Way("page", whole, "/bench/page", session, against="bare page"),
        ]
        return all(
            [told(name, clients, ways, measured(ways, clients, rounds, seconds)) for clients in (1, 8)]
        )


def told(database: str, clients: int, ways: list[Way], rates: dict[str, list[float]]) -> bool:
    """Print one line for each way and say whether every limit was reached."""
    reached = True
    for way in ways:
        speed = statistics.median(rates[way.name])
        head = f"{database:<11}{clients} 个客户端  {way.name:<10}{speed:>6.0f} 次/秒"
        share = f"{share_of(rates, way.name, way.against):>5.0f}% {way.against}" if way.against else ""
        print(f"{head}{share:<18}{share_of(rates, way.name, 'bare'):>5.0f}%", flush=True)
        reached &= not way.against or share_of(rates, way.name, way.against) >= LIMIT
    return reached


def share_of(rates: dict[str, list[float]], name: str, other: str) -> float:
    """Return the median, over the rounds, of the percentage that ``name`` reached of ``other``."""
    return 100 * statistics.median(a / b for a, b in zip(rates[name], rates[other], strict=True))


def measured(ways: list[Way], clients: int, rounds: int, seconds: float) -> dict[str, list[float]]:
    """Return requests per second of each way, one figure per round; the ways take turns within a round."""
    for way in ways:
        rate(way, clients, 0.5)
    rates: dict[str, list[float]] = {way.name: [] for way in ways}
    for number in range(rounds):
        for way in ways if number % 2 else reversed(ways):
            rates[way.name].append(rate(way, clients, seconds))
    return rates


def rate(way: Way, clients: int, seconds: float) -> float:
    """Let ``clients`` post one after the other for ``seconds``; return answers per second.

    Raises: RuntimeError for any answer but 200.
    """
    counts = [0] * clients
    faults: list[str] = []
    until = time.perf_counter() + seconds

    def client(number: int) -> None:
        try:
            counts[number] = posted(way, until, MOST_REQUESTS // clients)
        except (OSError, RuntimeError, http.client.HTTPException) as error:
            faults.append(f"{way.name}: {error}")

    began = time.perf_counter()
    threads = [threading.Thread(target=client, args=(number,)) for number in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if faults:
        raise RuntimeError(faults[0])
    return sum(counts) / (time.perf_counter() - began)


def posted(way: Way, until: float, most: int) -> int:
    """Post over one connection until the time is over or ``most`` were answered; return how many."""
    connection = http.client.HTTPConnection("127.0.0.1", way.port, timeout=30)
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "Cookie": way.cookies,
        "X-CSRFToken": TOKEN,
    }
    done = 0
    while done < most and time.perf_counter() < until:
        body = urlencode({"name": f"张{done}", "key": secrets.token_hex(16)})
        connection.request("POST", way.path, body, headers)
        answer = connection.getresponse()
        text = answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{answer.status} {text[:300]!r}")
        done += 1
    connection.close()
    return done


@contextmanager
def server(env: dict[str, str]) -> Iterator[int]:
    """Run a server process and yield its port; end it by its pid."""
    command = [sys.executable, "-m", "bench.create.server", "serve"]
    with subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        try:
            yield int(process.stdout.readline())
        finally:
            process.terminate()
            process.wait(timeout=20)


def command(env: dict[str, str], verb: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "bench.create.server", verb],
        cwd=ROOT, env=env, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(done.stderr)
    return done.stdout


if __name__ == "__main__":
    sys.exit(main())
