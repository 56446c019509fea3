"""Rows of clocks and the arithmetic over them: each row can be read as a clock, and made again by replay."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from luoshi.core.timing import (
    OFFICE,
    Amount,
    Clock,
    Event,
    Extended,
    Hours,
    Paused,
    Resumed,
    Scale,
    Started,
    Stopped,
    Unit,
    Voided,
    hours_of,
    step_moment,
)
from luoshi.core.timing.scales import HOUR_MS
from luoshi.core.workdays import WorkCalendar
from luoshi.kernel.calendars.queries import calendar_print, work_calendar
from luoshi.kernel.items.clock_models import Answer, ClockExtension, ClockPause, ItemClock
from luoshi.kernel.items.schema_clocks import ClockRule


def hours_read(text: str) -> Hours:
    """Return the office hours a row or rule names."""
    return hours_of(text) if text else OFFICE


def clock_of(row: ItemClock, calendar: WorkCalendar | None = None) -> Clock:
    """Return a row as a clock. At most one query, for the calendar."""
    days = calendar or work_calendar(row.calendar)
    return Clock(
        scale=Scale(Unit(row.unit), days, hours_read(row.hours)),
        started=row.started_at,
        base=row.base_at,
        total=row.total,
        first_due=row.first_due_at,
        due=row.due_at,
        held=row.held_at,
        left=row.left,
        paused=row.paused_at,
        until=row.until_at,
        extended=row.extended,
        excluded=row.excluded,
        stopped=row.stopped_at,
        voided=row.voided_at,
    )


def clock_put(row: ItemClock, clock: Clock, rule: ClockRule | None) -> None:
    """Put a clock into its row, unsaved; the calendar it was computed by is named anew."""
    row.base_at, row.total, row.first_due_at = clock.base, clock.total, clock.first_due
    row.due_at, row.held_at, row.left = clock.due, clock.held, clock.left
    row.paused_at, row.until_at, row.bound_at = clock.paused, clock.until, clock.bound
    row.extended, row.excluded = clock.extended, clock.excluded
    row.stopped_at, row.voided_at = clock.stopped, clock.voided
    row.provisional = clock.open and clock.provisional
    row.calendar_print = calendar_print(clock.scale.calendar)
    row.next_step_at = None if row.outside else next_step(clock, rule, row.started_at)


def next_step(clock: Clock, rule: ClockRule | None, after: datetime) -> datetime | None:
    """Return the moment of the first step of a ladder after ``after``; None when none comes any more."""
    if rule is None or not clock.open:
        return None
    moments = [step_moment(rung.step, clock) for rung in rule.ladder]
    return min((moment for moment in moments if moment is not None and moment > after), default=None)


def amount_ticks(ticks: int, unit: Unit) -> Amount:
    """Return ticks as the amount they are."""
    return Amount(ticks if unit.daily else ticks // HOUR_MS, unit)


def events_of_clock(
    row: ItemClock, pauses: Iterable[ClockPause], extensions: Iterable[ClockExtension]
) -> list[Event]:
    """Return what happened to a clock, in order of time, so that it can be replayed."""
    unit = Unit(row.unit)
    target = row.fixed_at or row.fixed_on or amount_ticks(row.total, unit)
    later: list[Event] = []
    for pause in pauses:
        later.append(Paused(pause.from_at, pause.until_at))
        if pause.ended_at is not None:
            later.append(Resumed(pause.ended_at))
    for extension in extensions:
        if extension.answer == Answer.APPROVED and extension.decided_at is not None:
            later.append(Extended(extension.decided_at, extension.ticks))
    if row.stopped_at is not None:
        later.append(Stopped(row.stopped_at))
    if row.voided_at is not None:
        later.append(Voided(row.voided_at))
    later.sort(key=lambda event: event.at)  # stable: a pause ends before another begins
    started = Started(row.started_at, target, row.next_day, row.cutoff, hours_read(row.hours))
    return [started, *later]
