"""How items stand with their clocks at a moment: due date and light, for lists. Never stored.

Of several open clocks the one that is due first tells; one that is paused tells only where none runs.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from luoshi.core.beijing import local_day
from luoshi.core.lights import DEFAULT_RULES, LightRules
from luoshi.core.timing import Unit
from luoshi.kernel.items.clock_models import ItemClock


class ClockLight(StrEnum):
    """The light of an item; ``LATE``: all is done, some of it late."""

    RED = "red"
    YELLOW = "yellow"
    BLUE = "blue"
    WHITE = "white"
    PAUSED = "paused"
    GREEN = "green"
    LATE = "late"


LIGHT_TITLES: Mapping[str, str] = {
    ClockLight.RED: "逾期",
    ClockLight.YELLOW: "预警",
    ClockLight.BLUE: "临近",
    ClockLight.WHITE: "未到期",
    ClockLight.PAUSED: "挂起",
    ClockLight.GREEN: "按时",
    ClockLight.LATE: "逾期办结",
}


@dataclass(frozen=True, slots=True)
class DueLight:
    """The light of an item with the date it is due; ``due`` None: paused, or nothing runs any more.

    ``daily``: the day counts, not the hour. ``provisional``: holidays on the way are not published yet.
    """

    light: ClockLight
    due: datetime | None = None
    daily: bool = True
    provisional: bool = False

    @property
    def word(self) -> str:
        """Return the light in words."""
        return LIGHT_TITLES[self.light]

    @property
    def due_on(self) -> date | None:
        """Return the day it is due."""
        return None if self.due is None else local_day(self.due)


def lights_of(
    item_ids: Iterable[int], now: datetime, rules: LightRules = DEFAULT_RULES
) -> dict[int, DueLight]:
    """Return the lights of items by id; items without a clock have none. One query."""
    clocks: dict[int, list[ItemClock]] = {}
    rows = ItemClock.objects.filter(item_id__in=list(item_ids), voided_at=None).order_by("id")
    for row in rows:
        clocks.setdefault(row.item_id, []).append(row)
    return {item_id: light_of(listed, now, rules) for item_id, listed in clocks.items()}


def light_of(clocks: Iterable[ItemClock], now: datetime, rules: LightRules = DEFAULT_RULES) -> DueLight:
    """Return the light that clocks, none of them void and at least one, give at a moment."""
    listed = list(clocks)
    waiting = [row for row in listed if row.stopped_at is None]
    running = [row for row in waiting if row.bound_at is not None and not held_at(row, now)]
    if running:
        first = min(running, key=lambda row: (row.bound_at, row.pk))
        assert first.bound_at is not None
        light = _running(first.bound_at, now, rules)
        return DueLight(light, first.bound_at, Unit(first.unit).daily, first.provisional)
    if waiting:
        return DueLight(ClockLight.PAUSED)
    late = any(row.due_at is None or row.due_at < row.stopped_at for row in listed if row.stopped_at)
    return DueLight(ClockLight.LATE if late else ClockLight.GREEN)


def held_at(row: ItemClock, now: datetime) -> bool:
    """Say whether an open clock is paused at a moment: a pause that ended by itself is over."""
    return row.paused_at is not None and (row.until_at is None or row.until_at > now)


def _running(due: datetime, now: datetime, rules: LightRules) -> ClockLight:
    if due < now:
        return ClockLight.RED
    left = (local_day(due) - local_day(now)).days
    if left <= rules.yellow_days:
        return ClockLight.YELLOW
    return ClockLight.BLUE if left <= rules.remind_days else ClockLight.WHITE
