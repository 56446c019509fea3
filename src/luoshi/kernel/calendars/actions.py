"""Changes of calendars. Due dates already set are not touched: they change only by actions of their own."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from luoshi.core.actor import Actor, By
from luoshi.core.canonical import digest
from luoshi.core.errors import Duplicate, Invalid, NotFound, WrongState
from luoshi.kernel.calendars.models import Calendar, CalendarDay, CalendarYear
from luoshi.kernel.calendars.packaged import SOURCES, TITLES, packaged_days
from luoshi.kernel.calendars.policy import managing
from luoshi.kernel.ledger.actions import record

LONGEST_TITLE = 60
LONGEST_SOURCE = 120


@transaction.atomic
def calendar_install(*, by: By | Actor, code: str, now: datetime) -> Calendar:
    """Put a calendar that comes with the product into force, or add the years it lacks.

    Years the calendar already has stay as they are: somebody may have corrected them. A calendar that lacks
    nothing is returned unchanged and nothing is recorded.
    Raises: NotAllowed; NotFound when no such calendar is shipped.
    Ledger: ``calendar.installed`` with every day and year added.
    """
    who = managing(by)
    shipped = packaged_days(code)
    calendar = Calendar.objects.select_for_update().filter(code=code).first()
    if calendar is None:
        calendar = Calendar.objects.create(code=code, title=TITLES[code], fingerprint="")
    has = set(calendar.years.values_list("year", flat=True))
    lacking = sorted({day.date.year for day in shipped} - has)
    if not lacking:
        return calendar
    named = set(calendar.days.filter(date__year__in=lacking).values_list("date", flat=True))
    days = CalendarDay.objects.bulk_create(
        CalendarDay(
            calendar=calendar, date=day.date, is_workday=day.is_workday, title=day.title, source=SOURCES[code]
        )
        for day in shipped
        if day.date.year in lacking and day.date not in named
    )
    years = CalendarYear.objects.bulk_create(
        CalendarYear(calendar=calendar, year=year, published=True) for year in lacking
    )
    _fingerprint(calendar)
    data = {"code": code, "years": lacking, "days": len(days)}
    record(calendar, "calendar.installed", by=who, at=now, rows=[*days, *years], data=data)
    return calendar


@transaction.atomic
def calendar_day_set(
    *, by: By | Actor, code: str, day: date, is_workday: bool, title: str, source: str, now: datetime
) -> CalendarDay:
    """Say of one day whether it is worked, why, and by which document.

    Raises: NotAllowed; NotFound for the calendar; Invalid without title or source; Duplicate when the day is
    already said to be exactly so.
    Ledger: ``calendar.day_set`` with the day before and after.
    """
    who = managing(by)
    title, source = title.strip(), source.strip()
    faults = _text_faults(title=(title, "事由", LONGEST_TITLE), source=(source, "依据文件", LONGEST_SOURCE))
    if faults:
        raise Invalid("工作日调整未保存，请改正标出的内容。", fields=faults)
    calendar = _locked(code)
    row = calendar.days.filter(date=day).first() or CalendarDay(calendar=calendar, date=day)
    said = (is_workday, title, source)
    if row.pk and (row.is_workday, row.title, row.source) == said:
        raise Duplicate(f"{day:%Y-%m-%d}已是这样安排的，无需再改。")
    was = row.is_workday if row.pk else None
    row.is_workday, row.title, row.source = said
    row.save()
    _fingerprint(calendar)
    data = {"date": day, "was": was, "is_workday": is_workday}
    record(calendar, "calendar.day_set", by=who, at=now, rows=[row], data=data)
    return row


@transaction.atomic
def calendar_day_clear(*, by: By | Actor, code: str, day: date, now: datetime) -> Calendar:
    """Let a day follow Monday to Friday again.

    Raises: NotAllowed; NotFound for the calendar; WrongState when nothing is said of the day.
    Ledger: ``calendar.day_cleared``, the row removed.
    """
    who = managing(by)
    calendar = _locked(code)
    row = calendar.days.filter(date=day).first()
    if row is None:
        raise WrongState(f"{day:%Y-%m-%d}没有特别安排，无需取消。")
    gone, was = (CalendarDay.ledger_type, row.pk), row.is_workday
    row.delete()
    _fingerprint(calendar)
    data = {"date": day, "was": was}
    record(calendar, "calendar.day_cleared", by=who, at=now, removed=[gone], data=data)
    return calendar


@transaction.atomic
def calendar_year_publish(*, by: By | Actor, code: str, year: int, now: datetime) -> CalendarYear:
    """State that all days of a year's notice are entered, so that due dates in it are no longer provisional.

    Raises: NotAllowed; NotFound for the calendar; Invalid for an implausible year; WrongState when the year
    is published already.
    Ledger: ``calendar.year_published``.
    """
    who = managing(by)
    if not 1949 <= year <= 2200:
        raise Invalid("年度应为四位数字，如 2027。", fields={"year": "年度应为四位数字，如 2027。"})
    calendar = _locked(code)
    row = calendar.years.filter(year=year).first() or CalendarYear(calendar=calendar, year=year)
    if row.published:
        raise WrongState(f"{year}年的放假安排已经确认。")
    row.published = True
    row.save()
    _fingerprint(calendar)
    record(calendar, "calendar.year_published", by=who, at=now, rows=[row], data={"year": year})
    return row


def _locked(code: str) -> Calendar:
    calendar = Calendar.objects.select_for_update().filter(code=code).first()
    if calendar is None:
        raise NotFound(f"没有编码为“{code}”的工作日历，请先装入。")
    return calendar


def _text_faults(**texts: tuple[str, str, int]) -> dict[str, str]:
    """Return the message for each text (value, title, longest) that is missing or too long."""
    faults: dict[str, str] = {}
    for key, (value, title, longest) in texts.items():
        if not value:
            faults[key] = f"请填写{title}。"
        elif len(value) > longest:
            faults[key] = f"{title}不得超过{longest}个字。"
    return faults


def _fingerprint(calendar: Calendar) -> None:
    """Name the calendar's present content; readers keep a computed calendar while the name is the same."""
    days = calendar.days.order_by("date").values_list("date", "is_workday")
    years = calendar.years.filter(published=True).order_by("year").values_list("year", flat=True)
    calendar.fingerprint = digest(
        {"days": [[day.isoformat(), worked] for day, worked in days], "years": list(years)}
    )
    calendar.save()
