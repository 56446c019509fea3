"""The calendar of a type: what falls due on each day of a month."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from luoshi.core.errors import NotFound
from luoshi.core.workdays import WorkCalendar
from luoshi.kernel.access.policy import require_right
from luoshi.kernel.calendars.queries import work_calendar_or_plain
from luoshi.kernel.items.due_days import DueDay, due_month
from luoshi.kernel.items.queries import type_def
from luoshi.web.items.views import LIGHTS, read_asked

WEEKDAYS = "一二三四五六日"
DAYS = timedelta(days=1)


@dataclass(frozen=True)
class Cell:
    """One day of the page. ``mark``: 休 or 班 where the notice moved it; ``query``: of its list."""

    day: date
    inside: bool
    today: bool
    worked: bool
    mark: str
    query: str
    due: DueDay | None


@require_safe
def item_calendar(request: HttpRequest, ref: str) -> HttpResponse:
    """A month: a cell for each day with what is due on it."""
    require_right(request.actor, "item.view")
    kind = type_def(ref)
    if not kind.clocks:
        raise NotFound(f"“{kind.title}”没有时限，没有日历。")
    text, asked, wrong = read_asked(request, kind)
    first = read_month(request.GET.get("month", ""), request.today)
    weeks = calendar.Calendar().monthdatescalendar(first.year, first.month)
    start, end = weeks[0][0], weeks[-1][-1]
    days = work_calendar_or_plain(next(iter(kind.clocks.values())).calendar)
    due = due_month(request.actor, kind, asked, start=first, end=_last(first), now=request.now)
    context = {
        "kind": kind,
        "q": text,
        "wrong": wrong,
        "month": first,
        "newer": _last(first) + DAYS,
        "older": (first - DAYS).replace(day=1),
        "weekdays": WEEKDAYS,
        "weeks": [[_cell(day, first, request.today, days, text, due.days) for day in week] for week in weeks],
        "shown": (start, end),
        "before": due.before,
        "before_query": _query(text, f"overdue:yes due<{first}"),
        "total": sum(each.count for each in due.days.values()),
        "published": first.year in days.years,
        "lights": LIGHTS,
    }
    return render(request, "items/calendar.html", context)


def read_month(text: str, today: date) -> date:
    """Return the first day of the month asked for, of this month when it is none."""
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError:
        return today.replace(day=1)


def _last(first: date) -> date:
    return first.replace(day=calendar.monthrange(first.year, first.month)[1])


def _cell(
    day: date, first: date, today: date, days: WorkCalendar, text: str, due: dict[date, DueDay]
) -> Cell:
    worked = days.is_workday(day)
    mark = "" if worked == (day.weekday() < 5) else "班" if worked else "休"
    inside = day.month == first.month
    found = due.get(day) if inside else None
    return Cell(day, inside, day == today, worked, mark, _query(text, f"due:{day}"), found)


def _query(text: str, more: str) -> str:
    return urlencode({"q": f"{text} {more}".strip(), "sort": "due"})
