"""Reading clocks: those of one item with the arithmetic in words, those overdue, those due in a span."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import QuerySet
from django.utils import timezone

from luoshi.core.actor import Actor
from luoshi.core.beijing import local_day
from luoshi.core.timing import Clock, Unit, Verdict, clock_started
from luoshi.core.timing.scales import HOUR_MS, ticks_words
from luoshi.core.timing.state import Started, clock_after
from luoshi.core.workdays import WorkCalendar
from luoshi.kernel.calendars.queries import work_calendar
from luoshi.kernel.items.clock_models import Answer, ClockExtension, ClockPause, ItemClock
from luoshi.kernel.items.clock_rows import clock_of, events_of_clock
from luoshi.kernel.items.clock_steps import rule_of
from luoshi.kernel.items.clock_ticks import clocks_open
from luoshi.kernel.items.models import Item
from luoshi.kernel.items.sight import seen

MOST = 500
MOST_DAYS_NAMED = 8


@dataclass(frozen=True, slots=True)
class Why:
    """One step of the arithmetic: what happened, and the date it led to."""

    what: str
    result: str


@dataclass(frozen=True, slots=True)
class ClockView:
    """One round of a clock for a page. ``left_words``: the remainder while paused, or what is left of it now.

    ``extendable``: more time may be asked for by the rule; ``most``: how much, in the unit of the clock.
    """

    id: int
    key: str
    title: str
    round: int
    verdict: Verdict
    due: datetime | None
    first_due: datetime
    daily: bool
    unit: Unit
    provisional: bool
    left_words: str
    net_words: str
    gross_words: str
    until: datetime | None
    why: tuple[Why, ...]
    extendable: bool
    most: int
    unit_title: str
    extensions: tuple[ClockExtension, ...]
    outside: bool


def clocks_of_item(item: Item, now: datetime) -> list[ClockView]:
    """Return every round of every clock of an item, in order of their start. Four queries."""
    rows = list(ItemClock.objects.filter(item=item).order_by("from_step", "id"))
    pauses: dict[int, list[ClockPause]] = {row.pk: [] for row in rows}
    extensions: dict[int, list[ClockExtension]] = {row.pk: [] for row in rows}
    if rows:
        for pause in ClockPause.objects.filter(clock_id__in=pauses).order_by("from_at", "id"):
            pauses[pause.clock_id].append(pause)
        for extension in ClockExtension.objects.filter(clock_id__in=extensions).order_by("id"):
            extensions[extension.clock_id].append(extension)
    calendars = {code: work_calendar(code) for code in {row.calendar for row in rows}}
    return [_view(row, calendars[row.calendar], pauses[row.pk], extensions[row.pk], now) for row in rows]


def _view(
    row: ItemClock,
    calendar: WorkCalendar,
    pauses: list[ClockPause],
    extensions: list[ClockExtension],
    now: datetime,
) -> ClockView:
    rule, clock = rule_of(row), clock_of(row, calendar).settled(now)
    unit, verdict = Unit(row.unit), clock.verdict(now)
    extend = rule.extend if rule is not None else None
    approved = sum(each.answer == Answer.APPROVED for each in extensions)
    asked = any(each.answer == Answer.ASKED for each in extensions)
    able = extend is not None and approved < extend.most and not asked
    left = clock.left
    if left is None and clock.due is not None and clock.open:
        left = clock.scale.between(max(now, clock.base), clock.due)
    most = extend.upto.ticks - row.extended if extend is not None else 0
    return ClockView(
        id=row.pk,
        key=row.key,
        title=rule.title if rule is not None else row.key,
        round=row.round,
        verdict=verdict,
        due=clock.due,
        first_due=clock.first_due,
        daily=unit.daily,
        unit=unit,
        provisional=row.provisional,
        left_words="" if left is None else ticks_words(max(0, left), unit),
        net_words=ticks_words(clock.net(now), unit),
        gross_words=ticks_words(clock.gross(now), unit),
        until=clock.until,
        why=tuple(_why(row, calendar, pauses, extensions, now)),
        extendable=able and clock.open and verdict in (Verdict.RUNNING, Verdict.PAUSED),
        most=most if unit.daily else most // HOUR_MS,
        unit_title=ticks_words(1, unit).partition(" ")[2],
        extensions=tuple(extensions),
        outside=row.outside,
    )


def _why(
    row: ItemClock,
    calendar: WorkCalendar,
    pauses: Iterable[ClockPause],
    extensions: Iterable[ClockExtension],
    now: datetime,
) -> list[Why]:
    """Say step by step how the date came about, by the calendar as it is now."""
    events = events_of_clock(row, pauses, extensions)
    started, *later = events
    assert isinstance(started, Started)
    clock, unit = clock_started(started, calendar), Unit(row.unit)
    counted = "当日计入" if not row.next_day else "当日不计，次日起算"
    cutoff = f"，{row.cutoff:%H:%M} 以后和休息日收到的视为下一工作日收到" if row.cutoff else ""
    found = [Why(f"{_moment(row.started_at)} 起算，{counted}{cutoff}", "")]
    if row.fixed_at:
        found.append(Why(f"限定时刻 {_moment(row.fixed_at)}", _due(clock)))
    elif row.fixed_on:
        found.append(
            Why(f"限定日期 {row.fixed_on:%Y-%m-%d}，折合 {ticks_words(row.total, unit)}", _due(clock))
        )
    else:
        off = _days_off(calendar, local_day(clock.base), local_day(clock.first_due)) if unit.worked else ""
        found.append(Why(f"时限 {ticks_words(row.total, unit)}{off}", _due(clock)))
    dated = _asked(extensions, unit)
    for event in later:
        if event.at > now:
            break
        before, clock = clock, clock_after(clock, event)
        if clock != before:
            dated.append((event.at, Why(_said(before, clock, event.at), _due(clock))))
    found += [why for at, why in sorted(dated, key=lambda each: each[0]) if at <= now]
    settled = clock.settled(now)
    if settled != clock:
        found.append(Why(_said(clock, settled, clock.until or now), _due(settled)))
    if row.provisional:
        found.append(Why("期限所在年度的放假安排尚未公布，期限暂定，公布后重新核定", ""))
    return found


def _asked(extensions: Iterable[ClockExtension], unit: Unit) -> list[tuple[datetime, Why]]:
    """Return when more time was asked for, and when it was refused: the date stays, and the page says so."""
    found = []
    for each in extensions:
        amount = ticks_words(each.ticks, unit)
        found.append((each.asked_at, Why(f"{_moment(each.asked_at)} 申请延长 {amount}，批准前期限不变", "")))
        if each.decided_at is not None and each.answer == Answer.REFUSED:
            found.append((each.decided_at, Why(f"{_moment(each.decided_at)} 不予批准，期限不变", "")))
    return found


def _said(before: Clock, after: Clock, at: datetime) -> str:
    unit, when = after.scale.unit, _moment(at)
    if after.voided is not None:
        return f"{when} 不再计时"
    if after.stopped is not None:
        return f"{when} 停止计时，净用 {ticks_words(after.net(at), unit)}"
    if after.extended > before.extended:
        return f"{when} 批准延长 {ticks_words(after.extended - before.extended, unit)}"
    if after.paused is not None:
        until = f"，最迟 {_moment(after.until)} 自行恢复" if after.until is not None else ""
        return f"{when} 挂起，剩余 {ticks_words(after.left or 0, unit)}{until}"
    lasted = ticks_words(after.excluded - before.excluded, unit)
    return f"{when} 恢复，挂起 {lasted} 不计入，期限顺延"


def _due(clock: Clock) -> str:
    if clock.due is None:
        return "挂起期间没有到期日"
    return f"{local_day(clock.due):%Y-%m-%d}" if clock.scale.unit.daily else _moment(clock.due)


def _moment(at: datetime) -> str:
    return f"{timezone.localtime(at):%Y-%m-%d %H:%M}"


def _days_off(calendar: WorkCalendar, since: date, until: date) -> str:
    """Name the days on the way that a notice moved: weekdays off, weekends worked."""
    days = [since + timedelta(days=count) for count in range(1, (until - since).days + 1)]
    off = [day for day in days if day.weekday() < 5 and not calendar.is_workday(day)]
    worked = [day for day in days if day.weekday() >= 5 and calendar.is_workday(day)]
    parts = [f"{word} {_listed(found)}" for word, found in (("放假", off), ("调休上班", worked)) if found]
    return "，" + "；".join(parts) if parts else ""


def _listed(days: list[date]) -> str:
    named = "、".join(f"{day.month}月{day.day}日" for day in days[:MOST_DAYS_NAMED])
    return named + (f"等 {len(days)} 天" if len(days) > MOST_DAYS_NAMED else "")


def clocks_visible(actor: Actor) -> QuerySet[ItemClock]:
    """Return the running clocks of the items an actor may see, the earliest bound first."""
    condition = seen(actor)
    rows = clocks_open().select_related("item").order_by("bound_at", "id")
    if condition is None:
        return rows.none()
    visible = Item.objects.filter(condition).order_by().values("pk")
    return rows.filter(item_id__in=visible)


def overdue_items(actor: Actor, now: datetime) -> list[ItemClock]:
    """Return the clocks that are past due at a moment, the longest first, at most 500.

    Whether any worker ran does not matter: a pause that ended by itself is taken into account.
    """
    return list(clocks_visible(actor).filter(bound_at__lt=now)[:MOST])


def clocks_due(actor: Actor, since: datetime, until: datetime, *, type_ref: str = "") -> list[ItemClock]:
    """Return the running clocks that fall due in a span, in order, at most 500."""
    rows = clocks_visible(actor).filter(bound_at__gte=since, bound_at__lt=until)
    return list((rows.filter(item__type_ref=type_ref) if type_ref else rows)[:MOST])
