"""Honest time on real items: golden dates, an outage of the worker, and due dates that follow from events."""

from __future__ import annotations

import os
import random
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from django.db import transaction

from luoshi.core.actor import SYSTEM
from luoshi.core.beijing import LOCAL, local_day
from luoshi.core.clock import FixedClock
from luoshi.core.errors import Refusal
from luoshi.core.timing import Clock, Scale, Verdict, clock_after, clock_started, clock_state
from luoshi.core.workdays import WorkCalendar
from luoshi.kernel.calendars.actions import calendar_day_set, calendar_year_publish
from luoshi.kernel.calendars.models import CalendarYear
from luoshi.kernel.calendars.queries import work_calendar
from luoshi.kernel.items.clock_models import ItemClock
from luoshi.kernel.items.clock_reading import overdue_items
from luoshi.kernel.items.clock_rows import clock_of, events_of_clock
from luoshi.kernel.items.clock_ticks import clocks_rearm, pauses_end
from luoshi.kernel.items.extending import extension_ask, extension_decide
from luoshi.kernel.items.facts import facts_check
from luoshi.kernel.items.models import Item
from luoshi.kernel.items.ticks import TICKS
from luoshi.kernel.ledger.queries import events_of
from luoshi.kernel.ledger.verify import verify_ledger
from luoshi.kernel.notify.models import Notice
from luoshi.worker.registry import Tick
from luoshi.worker.runner import Runner
from tests.harness.times import NOW
from tests.kernel.items.helpers import RESULT, actor, desk, doing, go, lead, office, taken_in, world

pytestmark = pytest.mark.django_db
ONE = timedelta(days=1)
BEGIN = datetime(2020, 1, 1, tzinfo=LOCAL)


@pytest.fixture(autouse=True)
def planted():
    world(now=datetime(2020, 9, 1, 8, 0, tzinfo=LOCAL))


def total(item: Item) -> ItemClock:
    return ItemClock.objects.filter(item=item, key="total").order_by("-round").first()


def test_fifteen_working_days_over_the_national_day_of_2020_end_on_22_october():
    item = doing(now=datetime(2020, 9, 25, 10, 0, tzinfo=LOCAL))
    row = total(item)
    assert (local_day(row.due_at), row.provisional) == (date(2020, 10, 22), False)


def named(day: str) -> None:
    """Name a day of rest in the calendar."""
    on = date.fromisoformat(day)
    calendar_day_set(by=SYSTEM, code="cn", day=on, is_workday=False, title="试", source="试", now=NOW)


def test_a_date_beyond_the_last_published_year_is_provisional_until_that_year_is_loaded():
    CalendarYear.objects.filter(year=2021).update(published=False)
    named("2020-12-05")  # the calendar has another content now than when 2021 was published
    begun = datetime(2020, 12, 21, 9, 0, tzinfo=LOCAL)
    item = doing(now=begun)
    assert total(item).provisional
    calendar_year_publish(by=SYSTEM, code="cn", year=2021, now=begun + ONE)
    assert clocks_rearm(begun + ONE) == 1
    row = total(item)
    assert (local_day(row.due_at), row.provisional) == (date(2021, 1, 12), False)
    assert verify_ledger().ok


def test_with_the_worker_stopped_lists_are_right_and_each_step_fires_once_after_restart(monkeypatch):
    monkeypatch.setattr("luoshi.worker.runner.close_old_connections", lambda: None)
    late, met, paused = doing(now=NOW), doing("P2", now=NOW), doing("P1", now=NOW)
    go(met, "report", lead("P2"), NOW + 2 * ONE, values={"result": RESULT})
    go(met, "confirm", desk(), NOW + 2 * ONE, values={"solved": "yes"})
    go(paused, "ask", lead(), NOW + ONE, note="缺评估报告")
    now = NOW + 25 * ONE  # due on day 21; nothing has run since the beginning
    assert [row.item_id for row in overdue_items(office(), now)] == [late.pk]
    assert clock_of(total(late)).verdict(now) is Verdict.MISSED
    assert clock_of(total(met)).verdict(now) is Verdict.MET
    assert clock_of(total(paused)).verdict(now) is Verdict.RUNNING  # the pause ended by itself

    def restarted(at: datetime) -> list[tuple[str, bool]]:
        runner = Runner([Tick(*each) for each in TICKS], clock=FixedClock(at))
        runner.turn()
        runner.close()
        rows = Notice.objects.filter(topic="item.clock", subject_id=late.pk).order_by("step_at", "id")
        reasons = [(row.step, {skip.reason for skip in row.skips.order_by("id")}) for row in rows]
        return [(step, reason != {"older"}) for step, reason in reasons]

    fired = restarted(now)
    assert fired == [("80%", False), ("due", True)]
    count = Notice.objects.count()
    assert restarted(now + timedelta(hours=2)) == fired and Notice.objects.count() == count
    assert restarted(now + 12 * ONE) == [*fired, ("130%", True)]
    assert verify_ledger().ok and facts_check().faults == ()


class Life:
    """One item on a random way: pauses, extensions, returns, reopenings; the calendar changes meanwhile."""

    def __init__(self, rng: random.Random) -> None:
        self.rng, self.at = rng, NOW + timedelta(minutes=rng.randrange(60 * 24 * 30))
        self.item = taken_in(self.at, kind=rng.choice(["finance", "urgent", "rent"]))
        go(self.item, "send", desk(), self.at, duties={"lead": ["P1"]})
        go(self.item, "accept", lead(), self.at)

    def step(self) -> None:
        """Take one random step; one that the rules refuse changes nothing."""
        self.at += timedelta(minutes=self.rng.randrange(1, 60 * 24 * 6))
        self.item.refresh_from_db()
        ways = {
            "doing": [self._ask, self._report, self._extend],
            "wait": [self._answer, self._extend],
            "check": [self._confirm, self._rework],
            "closed": [self._reopen],
        }[self.item.state]
        try:
            with transaction.atomic():
                self.rng.choice(ways)()
        except Refusal:
            pass

    def _ask(self) -> None:
        go(self.item, "ask", lead(), self.at, note="缺评估报告")

    def _answer(self) -> None:
        go(self.item, "answer", desk(), self.at)

    def _report(self) -> None:
        go(self.item, "report", lead(), self.at, values={"result": RESULT})

    def _confirm(self) -> None:
        go(self.item, "confirm", desk(), self.at, values={"solved": "yes"})

    def _rework(self) -> None:
        go(self.item, "rework", desk(), self.at, note="请补办")

    def _reopen(self) -> None:
        go(self.item, "reopen", desk(), self.at, note="未解决")

    def _extend(self) -> None:
        days = self.rng.randrange(1, 11)
        asked = extension_ask(
            actor=lead(), clock_id=total(self.item).pk, number=days, reason="需市里批复", now=self.at
        )
        self.at += timedelta(hours=self.rng.randrange(1, 30))
        extension_decide(
            actor=actor(31, "DC", "DC.clerk"), extension_id=asked.pk,
            approve=self.rng.random() < 0.8, note="酌定", now=self.at,
        )  # fmt: skip


class Calendars:
    """Every content the calendar had, with the moment from which on it had it."""

    def __init__(self) -> None:
        self.known: list[tuple[datetime, WorkCalendar]] = [(BEGIN, work_calendar("cn"))]

    def edit(self, rng: random.Random, at: datetime) -> None:
        """Move a random day; pauses that are over end before, provisional dates are armed anew after."""
        pauses_end(at)
        day = at.date() + timedelta(days=rng.randrange(1, 40))
        calendar_day_set(
            by=SYSTEM, code="cn", day=day, is_workday=rng.random() < 0.5,
            title=f"第 {len(self.known)} 次", source=f"{at:%Y%m%d%H%M}", now=at,
        )  # fmt: skip
        self.known.append((at, work_calendar("cn")))
        clocks_rearm(at)

    def at(self, moment: datetime) -> WorkCalendar:
        return next(calendar for since, calendar in reversed(self.known) if since <= moment)


def lived(seed: int, clocks: int) -> int:
    """Let items live until there are so many clocks; hold every one against the replay of its events."""
    rng, calendars = random.Random(seed), Calendars()
    made = reopened = edited = 0
    while made < clocks:
        life = Life(rng)
        for _ in range(rng.randrange(2, 16)):
            life.step()
            if rng.random() < 0.1:
                calendars.edit(rng, life.at)
                edited += 1
        made += held(life, calendars)
        reopened += life.item.reopened
        calendars.known = [(BEGIN, work_calendar("cn"))]
    assert reopened and edited
    return made


def held(life: Life, calendars: Calendars) -> int:
    """Replay every clock of an item from the ledger's account of it; return how many there are."""
    life.item.refresh_from_db()
    rearmed: dict[tuple[str, int], list[datetime]] = {}
    for event in events_of("item", life.item.pk):
        if event.kind == "item.clock_rearmed":
            rearmed.setdefault((event.data["clock"], event.data["round"]), []).append(event.at)
    rows = list(ItemClock.objects.filter(item=life.item).order_by("id"))
    for row in rows:
        again = replayed(row, rearmed.get((row.key, row.round), []), calendars, life.at)
        assert clock_of(row, calendars.at(life.at)).settled(life.at) == again, (row.key, row.round)
    return len(rows)


def replayed(row: ItemClock, rearmed: list[datetime], calendars: Calendars, at: datetime) -> Clock:
    """Fold a clock from its events, each by the calendar of its moment; a rearming folds all of them anew."""
    events = events_of_clock(row, row.pauses.order_by("from_at", "id"), row.extensions.order_by("id"))
    started = events[0]
    clock = clock_started(started, calendars.at(started.at))
    waiting = sorted([*((event.at, event) for event in events[1:]), *((each, None) for each in rearmed)],
                     key=lambda each: each[0])  # fmt: skip
    for moment, event in waiting:
        calendar = calendars.at(moment)
        if event is None:
            clock = clock_state([each for each in events if each.at <= moment], calendar, moment)
        else:
            clock = clock_after(by(clock, calendar), event)
    return by(clock, calendars.at(at)).settled(at)


def by(clock: Clock, calendar: WorkCalendar) -> Clock:
    return replace(clock, scale=Scale(clock.scale.unit, calendar, clock.scale.hours))


def test_due_dates_follow_from_events_alone():
    assert lived(7, 40) >= 40


@pytest.mark.deep
def test_ten_thousand_due_dates_follow_from_events_alone():
    count = int(os.environ.get("CLOCKS", "10000"))
    assert lived(11, count) >= count
