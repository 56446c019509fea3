"""Reads the published tables that the core is measured against."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

from luoshi.core.workdays import WorkCalendar

DATA = Path(__file__).parent.parent / "data"


def table(name: str) -> list[dict[str, str]]:
    """Return the rows of ``tests/data/<name>.csv``, header → cell."""
    with (DATA / f"{name}.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def cn_calendar() -> WorkCalendar:
    """Return the working days of China as published for 2018 to 2026."""
    rows = table("cn_exceptions_2018_2026")
    days = {date.fromisoformat(row["date"]): row["is_workday"] == "1" for row in rows}
    return WorkCalendar("cn", days, frozenset(range(2018, 2027)))
