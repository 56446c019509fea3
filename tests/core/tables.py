"""Reads the published tables that the core is measured against."""

from __future__ import annotations

import csv
from pathlib import Path

DATA = Path(__file__).parent.parent / "data"


def table(name: str) -> list[dict[str, str]]:
    """Return the rows of ``tests/data/<name>.csv``, header → cell."""
    with (DATA / f"{name}.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))
