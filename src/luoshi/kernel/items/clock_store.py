"""Where rows of clocks stand while steps are applied: in the database, or in memory for whole histories."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from luoshi.core.workdays import WorkCalendar
from luoshi.kernel.calendars.queries import work_calendar
from luoshi.kernel.items.clock_facts import clock_fact_write
from luoshi.kernel.items.clock_models import ClockPause, ItemClock
from luoshi.kernel.items.models import Item

Span = tuple[datetime, datetime]


class ClockStore(Protocol):
    """What applying a step to clocks asks for. ``outside``: the steps come from another system."""

    @property
    def outside(self) -> bool: ...
    def calendar(self, code: str) -> WorkCalendar:
        """Return a calendar. Raises: NotFound."""

    def newest(self, item: Item) -> dict[str, ItemClock]:
        """Return the newest round of every clock of an item."""

    def put(self, row: ItemClock) -> None:
        """Keep a clock, new or changed."""

    def fact(self, row: ItemClock, type_ref: str, at: datetime, *, newest: bool = True) -> None:
        """Keep what is known of a clock from ``at`` on."""

    def pause_put(self, row: ClockPause) -> None:
        """Keep a pause, new or changed."""

    def pause_open(self, clock: ItemClock) -> ClockPause:
        """Return the pause of a clock that has not ended."""

    def spans(self, clock: ItemClock, state: str) -> list[Span]:
        """Return the ended pauses of a clock in a state."""


class Stored:
    """Every row is read from the database and saved at once."""

    outside = False

    def calendar(self, code: str) -> WorkCalendar:
        return work_calendar(code)

    def newest(self, item: Item) -> dict[str, ItemClock]:
        return {row.key: row for row in ItemClock.objects.filter(item=item).order_by("key", "round")}

    def put(self, row: ItemClock) -> None:
        row.save(force_insert=row.pk is None)

    def fact(self, row: ItemClock, type_ref: str, at: datetime, *, newest: bool = True) -> None:
        clock_fact_write(row, type_ref, at, newest=newest)

    def pause_put(self, row: ClockPause) -> None:
        row.save(force_insert=row.pk is None)

    def pause_open(self, clock: ItemClock) -> ClockPause:
        return ClockPause.objects.get(clock=clock, ended_at=None)

    def spans(self, clock: ItemClock, state: str) -> list[Span]:
        ended = ClockPause.objects.filter(clock=clock, state=state, ended_at__isnull=False).order_by("id")
        return [(row.from_at, row.ended_at) for row in ended if row.ended_at is not None]


class Held:
    """The clocks of one item that is not saved yet. ``calendars`` are read once for many items."""

    outside = True

    def __init__(self, calendars: dict[str, WorkCalendar]) -> None:
        self.clocks: list[ItemClock] = []
        self.pauses: list[ClockPause] = []
        self._calendars = calendars

    def calendar(self, code: str) -> WorkCalendar:
        if code not in self._calendars:
            self._calendars[code] = work_calendar(code)
        return self._calendars[code]

    def newest(self, item: Item) -> dict[str, ItemClock]:
        return {row.key: row for row in self.clocks}

    def put(self, row: ItemClock) -> None:
        if not any(each is row for each in self.clocks):
            self.clocks.append(row)

    def fact(self, row: ItemClock, type_ref: str, at: datetime, *, newest: bool = True) -> None:
        """Nothing: the facts of the whole history are made when its rows are saved."""

    def pause_put(self, row: ClockPause) -> None:
        if not any(each is row for each in self.pauses):
            self.pauses.append(row)

    def pause_open(self, clock: ItemClock) -> ClockPause:
        return next(row for row in self.pauses if row.clock is clock and row.ended_at is None)

    def spans(self, clock: ItemClock, state: str) -> list[Span]:
        return [
            (row.from_at, row.ended_at)
            for row in self.pauses
            if row.clock is clock and row.state == state and row.ended_at is not None
        ]
