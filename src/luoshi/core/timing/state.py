"""The state of one clock, from the list of its events and a calendar alone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from enum import StrEnum

from luoshi.core.beijing import LOCAL, end_of_day
from luoshi.core.timing.scales import OFFICE, ONE_DAY, Amount, Hours, Scale, Unit
from luoshi.core.workdays import WorkCalendar


class Verdict(StrEnum):
    """How a clock stands. Never stored: it follows from the clock and the moment."""

    RUNNING = "running"
    PAUSED = "paused"
    MET = "met"
    MISSED = "missed"
    VOID = "void"


@dataclass(frozen=True, slots=True)
class Started:
    """The clock starts with a budget or a fixed day; ``cutoff``: who comes later came the next working day.

    ``next_day``: the day (for hours: the part of the day) of the start does not count. A fixed day is counted
    in working days, a fixed moment in hours.
    """

    at: datetime
    target: Amount | date | datetime
    next_day: bool = True
    cutoff: time | None = None
    hours: Hours = OFFICE

    @property
    def unit(self) -> Unit:
        """Return what the clock counts in."""
        if isinstance(self.target, Amount):
            return self.target.unit
        return Unit.HOUR if isinstance(self.target, datetime) else Unit.WORKDAY


@dataclass(frozen=True, slots=True)
class Paused:
    """The clock stands still; ``until``: when that ends by itself, None: never."""

    at: datetime
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Resumed:
    """The clock goes on."""

    at: datetime


@dataclass(frozen=True, slots=True)
class Extended:
    """An extension was approved; ``ticks`` in the unit of the clock."""

    at: datetime
    ticks: int


@dataclass(frozen=True, slots=True)
class Stopped:
    """What was to be done is done."""

    at: datetime


@dataclass(frozen=True, slots=True)
class Continued:
    """A stop is taken back; ``exclude``: the time since then does not count, unless it came too late."""

    at: datetime
    exclude: bool


@dataclass(frozen=True, slots=True)
class Voided:
    """The clock no longer matters."""

    at: datetime


Event = Started | Paused | Resumed | Extended | Stopped | Continued | Voided


@dataclass(frozen=True, slots=True)
class Clock:
    """A clock as it stands.

    ``base``: counting begins after it. ``total``: ticks of the target; ``extended``: ticks granted besides;
    ``excluded``: ticks of ended pauses. ``due`` is None while paused; then ``held`` is when it was due and
    ``left`` the remainder. ``until``: when the pause ends by itself. ``first_due``: as the clock began.
    """

    scale: Scale
    started: datetime
    base: datetime
    total: int
    first_due: datetime
    due: datetime | None
    held: datetime | None = None
    left: int | None = None
    paused: datetime | None = None
    until: datetime | None = None
    extended: int = 0
    excluded: int = 0
    stopped: datetime | None = None
    voided: datetime | None = None

    @property
    def bound(self) -> datetime | None:
        """Return the moment after which it is missed if nobody does anything; None when there is none."""
        if self.paused is None:
            return self.due
        return None if self.until is None else _resumed(self, self.until).due

    @property
    def provisional(self) -> bool:
        """Say whether holidays on the way are not published yet (暂定)."""
        until = self.bound or self.held
        return until is not None and self.scale.provisional(self.base, until)

    @property
    def open(self) -> bool:
        """Say whether it was neither stopped nor made void."""
        return self.stopped is None and self.voided is None

    def settled(self, at: datetime) -> Clock:
        """Return the clock with a pause ended that ends by itself by ``at``."""
        if self.paused is not None and self.until is not None and self.until <= at and self.open:
            return _resumed(self, self.until)
        return self

    def verdict(self, at: datetime) -> Verdict:
        """Return how the clock stands at a moment that is not before its newest event."""
        if self.voided is not None:
            return Verdict.VOID
        if self.stopped is not None:
            return Verdict.MET if self.due is not None and self.stopped <= self.due else Verdict.MISSED
        now = self.settled(at)
        if now.due is not None and at > now.due:
            return Verdict.MISSED
        return Verdict.RUNNING if now.paused is None else Verdict.PAUSED

    def gross(self, at: datetime) -> int:
        """Return the ticks since the start, pauses included, until the stop or ``at``."""
        return max(0, self.scale.between(self.base, self.stopped or self.voided or at))

    def net(self, at: datetime) -> int:
        """Return the ticks since the start without pauses, until the stop or ``at``."""
        now = self.settled(at)
        waiting = (
            0 if now.paused is None else self.scale.between(max(now.paused, now.base), max(at, now.base))
        )
        return max(0, now.gross(at) - now.excluded - waiting)


def clock_started(event: Started, calendar: WorkCalendar) -> Clock:
    """Return a clock as it starts.

    >>> holidays = {date(2020, 10, day): False for day in (1, 2, 5, 6, 7, 8)}
    >>> worked = {date(2020, 9, 27): True, date(2020, 10, 10): True}
    >>> cn = WorkCalendar("cn", holidays | worked, frozenset({2020}))
    >>> began = Started(datetime(2020, 9, 25, 9, 0, tzinfo=LOCAL), Amount(15, Unit.WORKDAY))
    >>> str(clock_started(began, cn).due), clock_started(began, cn).provisional
    ('2020-10-22 23:59:59.999000+08:00', False)
    """
    scale = Scale(event.unit, calendar, event.hours)
    base = _base(event, scale)
    if isinstance(event.target, Amount):
        total = event.target.ticks
        due = scale.after(base, total)
    else:
        due = event.target if isinstance(event.target, datetime) else end_of_day(event.target)
        total = max(0, scale.between(base, due))
    return Clock(scale, event.at, base, total, due, due)


def clock_after(clock: Clock, event: Event) -> Clock:
    """Return the clock after one more event; what comes too late to matter changes nothing.

    A pause or extension after the breach cures nothing; a clock that is over takes ``Continued`` only.
    """
    now = clock.settled(event.at)
    breached = now.due is not None and event.at > now.due
    match event:
        case Continued() if now.stopped is not None and now.voided is None:
            return _continued(now, event)
        case Voided() if now.voided is None:
            return replace(now, voided=event.at)
    if not now.open:
        return now
    match event:
        case Paused() if now.due is not None and not breached:
            left = max(0, now.scale.between(max(event.at, now.base), now.due))
            return replace(now, due=None, held=now.due, left=left, paused=event.at, until=event.until)
        case Resumed() if now.paused is not None:
            return _resumed(now, event.at)
        case Extended() if not breached:
            return _extended(now, event.ticks)
        case Stopped():
            ended = _resumed(now, event.at) if now.paused is not None else now
            return replace(ended, stopped=event.at)
    return now


def clock_state(events: Iterable[Event], calendar: WorkCalendar, at: datetime) -> Clock:
    """Return the state at ``at`` of the clock that these events, in order of time, made.

    Events after ``at`` are left out. Raises: ValueError when the first is not ``Started``.
    """
    clock: Clock | None = None
    for event in events:
        if event.at > at:
            break
        if clock is None:
            if not isinstance(event, Started):
                raise ValueError("a clock begins with Started")
            clock = clock_started(event, calendar)
        else:
            clock = clock_after(clock, event)
    if clock is None:
        raise ValueError("no event by then")
    return clock.settled(at)


def _base(event: Started, scale: Scale) -> datetime:
    """Return the moment after which counting begins."""
    local = event.at.astimezone(LOCAL)
    base, day = event.at, local.date()
    if event.cutoff is not None and (local.time() > event.cutoff or not scale.calendar.is_workday(day)):
        day = scale.calendar.add_workdays(day, 1).date
        base = datetime.combine(day, event.hours.opening, tzinfo=LOCAL)
    if scale.unit.daily:
        return base if event.next_day else base - ONE_DAY
    if not event.next_day:
        return base
    if scale.unit is Unit.HOUR:
        return datetime.combine(day + ONE_DAY, time.min, tzinfo=LOCAL)
    return datetime.combine(scale.calendar.add_workdays(day, 1).date, event.hours.opening, tzinfo=LOCAL)


def _lasted(clock: Clock, since: datetime, at: datetime) -> int:
    """Return the ticks of a pause; what lies before counting began is none."""
    return max(0, clock.scale.between(max(since, clock.base), max(at, clock.base)))


def _resumed(clock: Clock, at: datetime) -> Clock:
    """End a pause: the due moment moves by what the pause took, and never before the end of the pause."""
    assert clock.paused is not None and clock.held is not None
    lasted = _lasted(clock, clock.paused, at)
    due = _shifted(clock.scale, clock.held, lasted)
    if due < at:
        due = clock.scale.after(at, 0)
    return replace(
        clock, due=due, held=None, left=None, paused=None, until=None, excluded=clock.excluded + lasted
    )


def _continued(clock: Clock, event: Continued) -> Clock:
    assert clock.stopped is not None and clock.due is not None
    if not event.exclude or clock.stopped > clock.due:
        return replace(clock, stopped=None)
    held = replace(clock, stopped=None, due=None, held=clock.due, paused=clock.stopped)
    return _resumed(held, event.at)


def _extended(clock: Clock, ticks: int) -> Clock:
    extended = clock.extended + ticks
    if clock.paused is None:
        assert clock.due is not None
        return replace(clock, due=_shifted(clock.scale, clock.due, ticks), extended=extended)
    assert clock.held is not None and clock.left is not None
    held = _shifted(clock.scale, clock.held, ticks)
    return replace(clock, held=held, left=clock.left + ticks, extended=extended)


def _shifted(scale: Scale, due: datetime, ticks: int) -> datetime:
    """Move a due moment; by nothing it stays exactly where it is, also on a day off."""
    return scale.after(due, ticks) if ticks else due
