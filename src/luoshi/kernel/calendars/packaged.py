"""The starting data that comes with the product: read from ``data/<code>.csv``, never written."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from importlib.resources import files

from luoshi.core.errors import NotFound

TITLES: Mapping[str, str] = {"cn": "中国法定工作日历"}
SOURCES: Mapping[str, str] = {"cn": "国务院办公厅历年放假通知"}


@dataclass(frozen=True, slots=True)
class PackagedDay:
    """One named day of the starting data."""

    date: date
    is_workday: bool
    title: str


def packaged_days(code: str) -> list[PackagedDay]:
    """Return the starting data of a calendar in order of date.

    Raises: NotFound when no data of this code is shipped.
    """
    if code not in TITLES:
        raise NotFound(f"没有随产品提供的工作日历“{code}”，可用：{'、'.join(TITLES)}。")
    text = files(__package__).joinpath("data", f"{code}.csv").read_text(encoding="utf-8")
    return [
        PackagedDay(date.fromisoformat(row["date"]), row["is_workday"] == "1", row["title"])
        for row in csv.DictReader(text.splitlines())
    ]
