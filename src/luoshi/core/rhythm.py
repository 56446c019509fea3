"""How often something is to be done and by when: a small rule, its words, and the next day it gives.

A rule is written ``end + 10 workday`` (from ``start`` or ``end`` of the period), ``start + 30 day`` for what
is done once (from the day the list took effect), ``event + 5 workday`` for what follows an event, ``each``
where every case has its own limit; empty: no limit.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, timedelta

from luoshi.core.periods import PeriodKind, periods_between
from luoshi.core.workdays import WorkCalendar

ONCE, EVENT, EACH = "once", "event", "each"
FREQUENCIES: Mapping[str, str] = {
    ONCE: "一次",
    "monthly": "每月",
    "quarterly": "每季度",
    "half_year": "每半年",
    "yearly": "每年",
    EVENT: "每次发生",
}
"""Frequency → what it is called, as it is typed and read."""
RULE = r"(start|end|event)(?: ([+-]) ([1-9][0-9]{0,2}) (workday|day))?|each"
PERIODS: Mapping[str, PeriodKind] = {
    "monthly": PeriodKind.MONTH,
    "quarterly": PeriodKind.QUARTER,
    "half_year": PeriodKind.HALF,
    "yearly": PeriodKind.YEAR,
}
"""The period a frequency repeats with; a form that answers the item has the same."""
ANCHORS: Mapping[str, tuple[str, ...]] = {
    ONCE: ("start",),
    EVENT: (EVENT, EACH),
    **dict.fromkeys(PERIODS, ("start", "end")),
}
_NAMES = {"start": "期初", "end": "期末", "event": "发生"}
_UNITS = {"workday": "个工作日", "day": "日"}
_EACH_WORDS = "按各件时限"
_WORDS = re.compile(r"(生效|期初|期末|发生)(?:当日|(前|后)([1-9][0-9]{0,2})(个工作日|日))")


def due_fits(frequency: str, due: str) -> bool:
    """Say whether a rule can be read and is counted from something that the frequency has.

    >>> due_fits("quarterly", "end + 10 workday"), due_fits("quarterly", "event + 5 day")
    (True, False)
    """
    if not due:
        return True
    found = re.fullmatch(RULE, due)
    return found is not None and (found[1] or EACH) in ANCHORS[frequency]


def due_words(frequency: str, due: str) -> str:
    """Return a rule as it is typed and read; empty for no limit.

    >>> due_words("half_year", "end + 10 workday"), due_words("once", "start + 30 day")
    ('期末后10个工作日', '生效后30日')
    >>> due_words("yearly", "end"), due_words("event", "each")
    ('期末当日', '按各件时限')
    """
    if due in ("", EACH):
        return _EACH_WORDS if due else ""
    found = re.fullmatch(RULE, due)
    assert found is not None, due
    anchor, sign, amount, unit = found.groups()
    name = "生效" if frequency == ONCE else _NAMES[anchor]
    if not amount:
        return f"{name}当日"
    return f"{name}{'前' if sign == '-' else '后'}{amount}{_UNITS[unit]}"


def due_read(text: str) -> str | None:
    """Return the rule that ``due_words`` spells so; None when it cannot be read.

    >>> due_read("期末后 10 个工作日"), due_read("发生后5日"), due_read("按各件时限"), due_read("下周")
    ('end + 10 workday', 'event + 5 day', 'each', None)
    >>> due_read("期末当日"), due_read(" ")
    ('end', '')
    """
    plain = "".join(text.split())
    if plain in ("", _EACH_WORDS):
        return EACH if plain else ""
    found = _WORDS.fullmatch(plain)
    if found is None:
        return None
    name, side, amount, unit = found.groups()
    anchor = {"生效": "start", **{word: key for key, word in _NAMES.items()}}[name]
    if not amount:
        return anchor
    units = {word: key for key, word in _UNITS.items()}
    return f"{anchor} {'-' if side == '前' else '+'} {amount} {units[unit]}"


def rhythm_words(frequency: str, due: str) -> str:
    """Return frequency and limit in one phrase.

    >>> rhythm_words("quarterly", "end + 10 workday"), rhythm_words("event", "")
    ('每季度，期末后10个工作日', '每次发生')
    """
    return "，".join(filter(None, (FREQUENCIES[frequency], due_words(frequency, due))))


def due_next(frequency: str, due: str, *, since: date, on: date, calendar: WorkCalendar) -> date | None:
    """Return the first due day on or after ``on``; for what is done once its only one, even when past.

    ``since``: the day from which the list holds; no due day of a period that ended before counts.
    None without a limit, and for what follows events.
    """
    found = re.fullmatch(RULE, due)
    if found is None or found[1] in (None, "event"):
        return None
    anchor, sign, amount, unit = found.groups()
    moved = int(amount or 0) * (-1 if sign == "-" else 1)
    if frequency == ONCE:
        return _moved(since, moved, unit, calendar)
    # A limit is counted in days of three digits at most, which reach back two years of working days.
    first = max(since, on - timedelta(days=2 * abs(moved) + 31))
    for period in periods_between(PERIODS[frequency], first, on + timedelta(days=2 * abs(moved) + 400)):
        day = _moved(period.start if anchor == "start" else period.end, moved, unit, calendar)
        if day >= on:
            return day
    return None


def _moved(day: date, amount: int, unit: str | None, calendar: WorkCalendar) -> date:
    if unit == "workday":
        return calendar.add_workdays(day, amount).date
    return day + timedelta(days=amount)
