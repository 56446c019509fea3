"""The ``{…}`` holes of report prose and the column names of report tables."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

HOLE = re.compile(r"\{([^{}]*)\}")
INDICATOR_PARTS = ("num", "den", "base")
SCHEME_COUNTS = ("count",)
SCHEME_TOTALS = ("mean", "first.unit", "first.total", "last.unit", "last.total")


def holes_in(text: str) -> Iterator[str]:
    """Yield the names inside the holes of a line, in order.

    >>> list(holes_in("{period}受理{cases}件，结案率{done.num}/{done.den}。"))
    ['period', 'cases', 'done.num', 'done.den']
    """
    for match in HOLE.finditer(text):
        yield match[1]


def indicator_keys_in_prose(body: Mapping[str, Any]) -> list[str]:
    """Return the indicator keys that the prose of a report body reads, each once, in order."""
    names = (name for line in body["lines"] for text in _prose(line) for name in holes_in(text))
    keys = (name.partition(".")[0] for name in names if name != "period" and not name.startswith("scheme."))
    return list(dict.fromkeys(keys))


def indicator_keys_in_tables(body: Mapping[str, Any]) -> list[str]:
    """Return the indicator keys that tables and charts of a report body show by unit, each once, in order."""
    columns: list[str] = []
    for line in body["lines"]:
        if "table" in line:
            columns += line["table"]["columns"]
        elif "chart" in line:
            columns += line["chart"]["series"]
    keys = (column.partition(".")[2] for column in columns if column.startswith("indicator."))
    return list(dict.fromkeys(keys))


def _prose(line: Mapping[str, Any]) -> Iterator[str]:
    for key in ("h1", "h2", "h3", "p"):
        if key in line:
            yield line[key]
