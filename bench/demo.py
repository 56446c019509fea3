"""Time of ``luoshi demo`` from an empty data folder, without serving, and again with the sample there.

Limits at full scale: 100 s cold, so that 120 s hold with the first page; 5 s warm. Rows are counted beside
the time, since a sample built in no time may be no sample. Processor seconds tell how busy the machine was.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path
from sqlite3 import connect

LIMITS = {"small": 30.0, "full": 100.0}
WARM_LIMIT = 5.0
COUNTS = {
    "单位": "SELECT count(*) FROM org_unit WHERE kind <> 'group'",
    "应报": "SELECT count(*) FROM filings_obligation",
    "版次": "SELECT count(*) FROM filings_filing",
    "审核": "SELECT count(*) FROM filings_review",
    "留痕": "SELECT count(*) FROM ledger_event",
}


def seconds(folder: str, scale: str) -> tuple[float, float]:
    """Run the command against a data folder; return how long it took, and its processor seconds."""
    began, used = time.perf_counter(), _used()
    subprocess.run(
        [sys.executable, "-m", "luoshi", "demo", "--no-serve", "--scale", scale],
        env={**os.environ, "LUOSHI_VAR": folder},
        stdout=subprocess.DEVNULL,
        check=True,
    )
    return time.perf_counter() - began, _used() - used


def _used() -> float:
    times = os.times()
    return times.children_user + times.children_system


def counted(folder: str) -> str:
    """Return how much was built."""
    (file,) = Path(folder).glob("*.sqlite3")
    with closing(connect(file)) as database:
        counts = {title: database.execute(query).fetchone()[0] for title, query in COUNTS.items()}
    return "，".join(f"{title} {count}" for title, count in counts.items())


def main() -> int:
    missed = False
    for scale, limit in LIMITS.items():
        with tempfile.TemporaryDirectory() as folder:
            (cold, used), (warm, _) = seconds(folder, scale), seconds(folder, scale)
            print(f"{scale}：首次 {cold:.1f} 秒（上限 {limit:.0f}，处理器 {used:.1f} 秒）", end="，")
            print(f"再次 {warm:.1f} 秒（上限 {WARM_LIMIT:.0f}）")
            print(f"  {counted(folder)}")
        missed |= cold > limit or warm > WARM_LIMIT
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
