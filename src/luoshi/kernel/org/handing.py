"""The hook by which apps above list what hangs on a post when its holder leaves it.

A fixed list of names; each app registers its own in ``ready()``. An unknown name fails the start.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from luoshi.core.errors import nearest

# What a handover package consists of, in its order, besides what is written in by hand.
LISTS: Mapping[str, str] = {
    "items": "在办事项",
    "filings": "应报未报",
    "slips": "未办结督办单",
    "plans": "任务举措",
    "rectify": "未销号问题",
    "meetings": "待落实决定",
    "documents": "未归档文件",
}


@dataclass(frozen=True, slots=True)
class Held:
    """One thing that hangs on a post. ``kind`` and ``id``: the record; ``state``: how it stands, in words."""

    kind: str
    id: int
    number: str
    title: str
    state: str
    due_on: date | None = None
    sort: str = ""


@dataclass(frozen=True, slots=True)
class Holding:
    """Whose things are asked for: a post, its unit, and whether it heads the unit."""

    post_id: int
    post_code: str
    unit_id: int
    heads: bool


Lister = Callable[[Holding, datetime], list[Held]]
_listers: dict[str, Lister] = {}


def register_held(name: str, lister: Lister) -> None:
    """List what of an app hangs on a post; few queries, however many things.

    Raises: LookupError for a name that is not in ``LISTS``, ValueError when it is taken.
    """
    if name not in LISTS:
        near = nearest(name, LISTS)
        raise LookupError(f"no list {name!r} to hand over" + (f", did you mean {near!r}" if near else ""))
    if name in _listers:
        raise ValueError(f"{name!r} is listed already")
    _listers[name] = lister


def held_by(holding: Holding, now: datetime) -> dict[str, list[Held]]:
    """Return list → what hangs on a post now, in the order of ``LISTS``, without empty lists."""
    found = {name: _listers[name](holding, now) for name in LISTS if name in _listers}
    return {name: rows for name, rows in found.items() if rows}
