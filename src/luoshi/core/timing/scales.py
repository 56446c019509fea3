"""How time is counted: in working days, calendar days, office hours or hours."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from luoshi.core.beijing import LOCAL, end_of_day, local_day
from luoshi.core.workdays import WorkCalendar

MS = timedelta(milliseconds=1)
HOUR_MS = 3_600_000
ONE_DAY = timedelta(days=1)


class Unit(StrEnum):
    """What a budget is counted in."""

    WORKDAY = "workday"
    CALENDAR_DAY = "calendar_day"
    WORK_HOUR = "work_hour"
    HOUR = "hour"

    @property
    def daily(self) -> bool:
        """Say whether whole days are counted."""
        return self in (Unit.WORKDAY, Unit.CALENDAR_DAY)

    @property
    def worked(self) -> bool:
        """Say whether holidays do not count."""
        return self in (Unit.WORKDAY, Unit.WORK_HOUR)


TITLES: Mapping[Unit, str] = {
    Unit.WORKDAY: "个工作日",
    Unit.CALENDAR_DAY: "日",
    Unit.WORK_HOUR: "个工作小时",
    Unit.HOUR: "小时",
}
AMOUNT = r"[1-9][0-9]{0,3} (?:workday|calendar_day|work_hour|hour)"
"""How a pack writes an amount."""
SPAN = r"(?:[01][0-9]|2[0-3]):[0-5][0-9]-(?:[01][0-9]|2[0-3]):[0-5][0-9]"
HOURS = rf"{SPAN}(?: {SPAN}){{0,2}}"
"""How a pack writes office hours: ``08:30-12:00 13:30-17:30``."""


@dataclass(frozen=True, slots=True)
class Amount:
    """So many of a unit, as written."""

    number: int
    unit: Unit

    @property
    def ticks(self) -> int:
        """Return the amount as scales count it: days, or milliseconds for the two kinds of hours."""
        return self.number if self.unit.daily else self.number * HOUR_MS

    def __str__(self) -> str:
        return f"{self.number} {TITLES[self.unit]}"


def amount_of(text: str) -> Amount:
    """Read ``15 workday``. Raises: ValueError.

    >>> str(amount_of("15 workday")), amount_of("4 work_hour").ticks
    ('15 个工作日', 14400000)
    """
    if not re.fullmatch(AMOUNT, text):
        raise ValueError(text)
    number, _, unit = text.partition(" ")
    return Amount(int(number), Unit(unit))


def ticks_words(ticks: int, unit: Unit) -> str:
    """Return ticks as an official reads them; hours to one decimal, cut off.

    >>> ticks_words(3, Unit.WORKDAY), ticks_words(5_400_000, Unit.WORK_HOUR)
    ('3 个工作日', '1.5 个工作小时')
    """
    if unit.daily:
        return f"{ticks} {TITLES[unit]}"
    tenths = abs(ticks) * 10 // HOUR_MS
    number = f"{tenths // 10}.{tenths % 10}".removesuffix(".0")
    return f"{'-' if ticks < 0 else ''}{number} {TITLES[unit]}"


@dataclass(frozen=True, slots=True)
class Hours:
    """The office hours of a working day: one to three spans in order, in milliseconds of the day."""

    spans: tuple[tuple[int, int], ...]

    @property
    def length(self) -> int:
        """Return how many milliseconds of a day are worked."""
        return sum(until - since for since, until in self.spans)

    @property
    def opening(self) -> time:
        """Return when the day begins."""
        return _time_of(self.spans[0][0])

    def elapsed(self, at: time) -> int:
        """Return how many office milliseconds of a day have passed at a time of day."""
        ms = _ms_of(at)
        return sum(max(0, min(ms, until) - since) for since, until in self.spans)

    def reached(self, elapsed: int) -> time:
        """Return the first time of day at which so many office milliseconds have passed."""
        for since, until in self.spans:
            if elapsed <= until - since:
                return _time_of(since + elapsed)
            elapsed -= until - since
        raise ValueError("beyond the office hours of a day")


def hours_of(text: str) -> Hours:
    """Read ``08:30-12:00 13:30-17:30``. Raises: ValueError, also for spans out of order.

    >>> hours_of("08:30-12:00 13:30-17:30").length // 3_600_000
    7
    """
    if not re.fullmatch(HOURS, text):
        raise ValueError(text)
    spans = [
        (_ms_of(time.fromisoformat(since)), _ms_of(time.fromisoformat(until)))
        for since, _, until in (span.partition("-") for span in text.split(" "))
    ]
    bounds = [bound for span in spans for bound in span]
    if bounds != sorted(set(bounds)):
        raise ValueError(text)
    return Hours(tuple(spans))


def _ms_of(at: time) -> int:
    return ((at.hour * 60 + at.minute) * 60 + at.second) * 1000 + at.microsecond // 1000


def _time_of(ms: int) -> time:
    return (datetime(2000, 1, 1, tzinfo=LOCAL) + ms * MS).time()


# 待核：各地作息不同，业务包可在时限中以 hours 写明。
OFFICE = hours_of("08:30-12:00 13:30-17:30")


@dataclass(frozen=True, slots=True)
class Scale:
    """One way of counting. Ticks are days, or milliseconds for hours; day scales end with their day."""

    unit: Unit
    calendar: WorkCalendar
    hours: Hours = OFFICE

    def after(self, moment: datetime, ticks: int) -> datetime:
        """Return the moment ``ticks`` after (before, when negative) a moment; the day itself never counts.

        0 ticks give the day itself, on the scale of working days the first worked one from it on.

        >>> cn = WorkCalendar("cn", {}, frozenset({2021}))
        >>> friday = datetime(2021, 1, 15, 17, 0, tzinfo=LOCAL)
        >>> Scale(Unit.WORKDAY, cn).after(friday, 1).isoformat()
        '2021-01-18T23:59:59.999000+08:00'
        >>> Scale(Unit.WORK_HOUR, cn).after(friday, HOUR_MS).isoformat()
        '2021-01-18T09:00:00+08:00'
        """
        day = local_day(moment)
        match self.unit:
            case Unit.WORKDAY:
                if ticks == 0:
                    return end_of_day(self.worked_from(day))
                return end_of_day(self.calendar.add_workdays(day, ticks).date)
            case Unit.CALENDAR_DAY:
                return end_of_day(day + ticks * ONE_DAY)
            case Unit.HOUR:
                return moment + ticks * MS
        return moment if ticks == 0 else self._office(moment, day, ticks)

    def between(self, since: datetime, until: datetime) -> int:
        """Return the ticks after ``since`` up to ``until``; negative when it lies before.

        ``between(m, after(m, n)) == n`` for every n ≥ 0, but for 0 working days from a day off.
        """
        match self.unit:
            case Unit.WORKDAY:
                return self.calendar.workdays_between(local_day(since), local_day(until))
            case Unit.CALENDAR_DAY:
                return (local_day(until) - local_day(since)).days
            case Unit.HOUR:
                return (until - since) // MS
        days = self.calendar.workdays_between(local_day(since), local_day(until))
        return days * self.hours.length + self._of_day(until) - self._of_day(since)

    def worked_from(self, day: date) -> date:
        """Return the first working day from ``day`` on."""
        return day if self.calendar.is_workday(day) else self.calendar.add_workdays(day, 1).date

    def provisional(self, since: datetime, until: datetime) -> bool:
        """Say whether holidays count and those of a year on the way are not published yet."""
        first, last = sorted((local_day(since).year, local_day(until).year))
        return self.unit.worked and not self.calendar.years.issuperset(range(first, last + 1))

    def _of_day(self, moment: datetime) -> int:
        """Return the office milliseconds passed of the day; a day off stands at the end of the one before."""
        local = moment.astimezone(LOCAL)
        worked = self.calendar.is_workday(local.date())
        return self.hours.elapsed(local.time()) if worked else self.hours.length

    def _office(self, moment: datetime, day: date, ticks: int) -> datetime:
        length = self.hours.length
        days, rest = divmod(self._of_day(moment) + ticks, length)
        if rest == 0:  # the end of a day, not the beginning of the next
            days, rest = days - 1, length
        if not self.calendar.is_workday(day) and days <= 0:
            days -= 1
        found = self.calendar.add_workdays(day, days).date
        return datetime.combine(found, self.hours.reached(rest), tzinfo=LOCAL)
