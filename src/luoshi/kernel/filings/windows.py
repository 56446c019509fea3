"""When a form may be filled: its opening day, due time and lock, computed from the period and a calendar."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from luoshi.core.beijing import end_of_day
from luoshi.core.periods import Period, PeriodKind, periods_between
from luoshi.core.workdays import Due, WorkCalendar

OFFSET = r"(start|end|open|due)(?: ([+-]) ([1-9][0-9]{0,3}) (workday|day))?"
"""How a pack writes a moment of a window."""
ANCHORS = {
    "open": ("start", "end"),
    "due": ("start", "end", "open"),
    "lock": ("start", "end", "open", "due"),
}
"""What each moment may be counted from: the period, and the moments before it."""


@dataclass(frozen=True, slots=True)
class Offset:
    """A day counted from an anchor: ``amount`` working or calendar days, maybe negative."""

    anchor: str
    amount: int
    workdays: bool


@dataclass(frozen=True, slots=True)
class Window:
    """The settings of a form's window; ``lock`` is None when nothing is ever locked."""

    calendar: str
    open: Offset
    due: Offset
    lock: Offset | None
    lock_mode: str


@dataclass(frozen=True, slots=True)
class Dates:
    """A window laid on one period. ``provisional``: the holidays of a year on the way are not published."""

    open_on: date
    due_at: datetime
    lock_at: datetime | None
    lock_mode: str
    provisional: bool


def offset_of(text: str) -> Offset:
    """Read ``end + 10 workday``.

    Raises: ValueError.

    >>> offset_of("end - 5 workday")
    Offset(anchor='end', amount=-5, workdays=True)
    >>> offset_of("due")
    Offset(anchor='due', amount=0, workdays=False)
    """
    found = re.fullmatch(OFFSET, text)
    if found is None:
        raise ValueError(f"{text!r} is no offset like 'end + 10 workday'")
    anchor, sign, amount, unit = found.groups()
    return Offset(anchor, int(amount or 0) * (-1 if sign == "-" else 1), unit == "workday")


def window_of(body: Mapping[str, Any] | str | None) -> Window | None:
    """Read the ``window`` of a form; None for ``none``: opened by hand, never due, never locked."""
    if body is None or isinstance(body, str):
        return None
    lock = body.get("lock")
    return Window(
        calendar=body["calendar"],
        open=offset_of(body["open"]),
        due=offset_of(body["due"]),
        lock=offset_of(lock["at"]) if lock else None,
        lock_mode=lock["mode"] if lock else "none",
    )


def dates_of(window: Window, period: Period, calendar: WorkCalendar) -> Dates:
    """Lay a window on a period. Due and lock end with their day, Beijing time.

    Working days are counted from the day after the anchor, back from the day before it.
    """
    anchors = {"start": period.start, "end": period.end}
    opened = day_counted(window.open, anchors, calendar)
    due = day_counted(window.due, anchors | {"open": opened.date}, calendar)
    lock = None
    if window.lock is not None:
        lock = day_counted(window.lock, anchors | {"open": opened.date, "due": due.date}, calendar)
    return Dates(
        open_on=opened.date,
        due_at=end_of_day(due.date),
        lock_at=None if lock is None else end_of_day(lock.date),
        lock_mode=window.lock_mode,
        provisional=due.provisional,
    )


def periods_opening(
    window: Window, kind: PeriodKind, since: date, until: date, calendar: WorkCalendar
) -> list[Period]:
    """Return in order the periods whose opening day lies in ``since`` … ``until`` (inclusive).

    Empty for nodes and ranges, which no day determines: they are opened by hand.
    """
    if kind in (PeriodKind.NODE, PeriodKind.RANGE):
        return []
    # A working day moves by less than two days and a holiday week; the period itself is a year at most.
    reach = timedelta(days=2 * abs(window.open.amount) + 400)
    near = periods_between(kind, since - reach, until + reach)
    return [period for period in near if since <= dates_of(window, period, calendar).open_on <= until]


def day_counted(offset: Offset, anchors: Mapping[str, date], calendar: WorkCalendar) -> Due:
    """Return the day an offset leads to from its anchor."""
    start = anchors[offset.anchor]
    if offset.workdays:
        return calendar.add_workdays(start, offset.amount)
    return Due(start + timedelta(days=offset.amount), provisional=False)
