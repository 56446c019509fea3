"""Waiting time of writers on SQLite: eight processes, each taking 200 small transactions one after the other.

The figure that matters is the long wait, not the mean: without the queue an unlucky writer waits for seconds.
Limit: 99 of 100 transactions take at most 250 ms, and none is refused.
"""

from __future__ import annotations

import multiprocessing
import sys
import tempfile
import time
from pathlib import Path

import django
from django.conf import settings

WRITERS, EACH, LIMIT_MS = 8, 200, 250


def write(path: str, results: multiprocessing.Queue[list[float]]) -> None:
    """Take ``EACH`` transactions; send back how long each took, in milliseconds."""
    from django.db import connection, transaction

    connect_to(path)
    waits = []
    for number in range(EACH):
        began = time.perf_counter()
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("INSERT INTO entry (n) VALUES (%s)", [number])
        waits.append((time.perf_counter() - began) * 1000)
    results.put(waits)


def connect_to(path: str) -> None:
    if not settings.configured:
        settings.configure(DATABASES={"default": {"ENGINE": "luoshi.db.sqlite", "NAME": path}})
        django.setup()


def main() -> int:
    from django.db import connection

    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder) / "bench.sqlite3")
        connect_to(path)
        with connection.cursor() as cursor:
            cursor.execute("CREATE TABLE entry (n INTEGER)")
        connection.close()
        waits, seconds = measured(path)
        with connection.cursor() as cursor:
            written = cursor.execute("SELECT count(*) FROM entry").fetchone()[0]
        connection.close()
    p50, p99, worst = waits[len(waits) // 2], waits[len(waits) * 99 // 100], waits[-1]
    print(f"{WRITERS} 个进程写入 {written} 次，每秒 {written / seconds:.0f} 次")
    print(f"等待：中位 {p50:.1f} 毫秒，99% 在 {p99:.1f} 毫秒以内（上限 {LIMIT_MS}），最长 {worst:.1f} 毫秒")
    return 0 if written == WRITERS * EACH and p99 <= LIMIT_MS else 1


def measured(path: str) -> tuple[list[float], float]:
    """Run the writers; return all waits in ascending order, and the seconds it took."""
    processes = multiprocessing.get_context("spawn")
    results: multiprocessing.Queue[list[float]] = processes.Queue()
    writers = [processes.Process(target=write, args=(path, results)) for _ in range(WRITERS)]
    began = time.perf_counter()
    for writer in writers:
        writer.start()
    waits = sorted(wait for _ in writers for wait in results.get(timeout=120))
    for writer in writers:
        writer.join()
    return waits, time.perf_counter() - began


if __name__ == "__main__":
    sys.exit(main())
