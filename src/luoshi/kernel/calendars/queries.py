"""Reading calendars: as arithmetic (``work_calendar``) and as lists for pages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from luoshi.core.errors import NotFound
from luoshi.core.workdays import WorkCalendar
from luoshi.kernel.calendars.models import Calendar, CalendarDay, CalendarYear

# code -> (fingerprint, calendar). A changed calendar has another fingerprint, so nothing has to be thrown
# out; two threads may compute the same calendar once each, to the same effect.
_kept: dict[str, tuple[str, WorkCalendar]] = {}


def work_calendar(code: str) -> WorkCalendar:
    """Return the calendar of this code as a value that counts working days.

    One small query while the calendar is unchanged; three after a change.
    Raises: NotFound.
    """
    found = Calendar.objects.filter(code=code).values_list("id", "fingerprint").first()
    if found is None:
        raise NotFound(f"没有编码为“{code}”的工作日历，请先装入。")
    calendar_id, fingerprint = found
    kept = _kept.get(code)
    if kept is None or kept[0] != fingerprint:
        kept = _kept[code] = (fingerprint, _read(code, calendar_id))
    return kept[1]


def calendar_print(calendar: WorkCalendar) -> str:
    """Return the name of the content of a calendar that ``work_calendar`` gave; no query while it is kept."""
    kept = _kept.get(calendar.code)
    if kept is None or kept[1] is not calendar:
        found = Calendar.objects.filter(code=calendar.code).values_list("fingerprint", flat=True)
        return found.order_by("id").first() or ""
    return kept[0]


def work_calendar_or_plain(code: str) -> WorkCalendar:
    """Return the calendar, Monday to Friday where it is not installed: for hints, never for due dates."""
    try:
        return work_calendar(code)
    except NotFound:
        return WorkCalendar(code, {}, frozenset())


def _read(code: str, calendar_id: int) -> WorkCalendar:
    days = CalendarDay.objects.filter(calendar_id=calendar_id).order_by("date")
    years = CalendarYear.objects.filter(calendar_id=calendar_id, published=True).order_by("year")
    return WorkCalendar(
        code,
        dict(days.values_list("date", "is_workday")),
        frozenset(years.values_list("year", flat=True)),
    )


@dataclass(frozen=True, slots=True)
class DayView:
    """One named day, for the page of a year."""

    date: date
    is_workday: bool
    title: str
    source: str


@dataclass(frozen=True, slots=True)
class YearView:
    """One year of a calendar; ``days`` in order of date."""

    year: int
    published: bool
    days: tuple[DayView, ...]


def calendar_year(code: str, year: int) -> YearView:
    """Return the named days of one year. Raises: NotFound for the calendar."""
    calendar = Calendar.objects.filter(code=code).first()
    if calendar is None:
        raise NotFound(f"没有编码为“{code}”的工作日历，请先装入。")
    rows = calendar.days.filter(date__year=year).order_by("date")
    published = calendar.years.filter(year=year, published=True).exists()
    days = tuple(DayView(row.date, row.is_workday, row.title, row.source) for row in rows)
    return YearView(year, published, days)


def calendar_years(code: str) -> list[int]:
    """Return the published years of a calendar, ascending; empty when there is no such calendar."""
    years = CalendarYear.objects.filter(calendar__code=code, published=True).order_by("year")
    return list(years.values_list("year", flat=True))
