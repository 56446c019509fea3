"""Random clocks: step by step equals replay, and equals an oracle that walks day by day."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from luoshi.core.beijing import LOCAL, local_day
from luoshi.core.timing import (
    Amount,
    Clock,
    Event,
    Extended,
    Paused,
    Resumed,
    Scale,
    Started,
    Stopped,
    Unit,
    Verdict,
    clock_after,
    clock_started,
    clock_state,
)
from tests.core.tables import cn_calendar

CN = cn_calendar()
BEGIN = datetime(2019, 1, 1, tzinfo=LOCAL)
ONE = timedelta(days=1)

moments = st.integers(0, 1000 * 24 * 60).map(lambda minutes: BEGIN + timedelta(minutes=minutes))
gaps = st.integers(1, 12 * 24 * 60).map(lambda minutes: timedelta(minutes=minutes))
steps = st.lists(
    st.tuples(st.sampled_from(["pause", "self", "resume", "extend"]), gaps, st.integers(1, 6)), max_size=6
)


@st.composite
def clocks(draw, units=tuple(Unit)):
    unit = draw(st.sampled_from(units))
    number = draw(st.integers(1, 40))
    cutoff = draw(st.none() | st.just(time(17)))
    begun = Started(draw(moments), Amount(number, unit), draw(st.booleans()), cutoff)
    scale, at, events = Scale(unit, CN), begun.at, [begun]
    for kind, gap, number in draw(steps):
        at += gap
        ticks = Amount(number, unit).ticks
        made: dict[str, Event] = {
            "pause": Paused(at),
            "self": Paused(at, scale.after(at, ticks)),
            "resume": Resumed(at),
            "extend": Extended(at, ticks),
        }
        events.append(made[kind])
    if draw(st.booleans()):
        events.append(Stopped(at + draw(gaps)))
    return events


def replayed(events: list[Event], after: timedelta) -> None:
    """Hold a clock kept step by step, asleep between events, against one replayed at every moment."""
    clock = clock_started(events[0], CN)
    latest = clock.due
    for event in events[1:]:
        before, clock = clock, clock_after(clock, event)
        at = event.at
        assert clock == clock_state(events, CN, at) or clock.settled(at) == clock_state(events, CN, at)
        for later in (at, at + after):
            awake = clock_state([each for each in events if each.at <= at], CN, later)
            assert awake.verdict(later) is clock.verdict(later)
            assert awake.bound == clock.bound and awake.net(later) == clock.net(later)
        never_earlier(before, clock)
        if clock.paused is None:
            assert clock.due >= latest
            latest = clock.due
    assert clock.net(at := events[-1].at + after) <= clock.gross(at)


def never_earlier(before: Clock, after: Clock) -> None:
    """Neither pause nor extension takes anything away; a breach stays a breach."""
    assert (after.due or after.held) >= (before.due or before.held)
    if before.paused is not None and before.paused == after.paused:
        assert after.left >= before.left
    if after.stopped is not None and after.verdict(after.stopped) is Verdict.MET:
        assert before.verdict(after.stopped) in (Verdict.RUNNING, Verdict.PAUSED)


def walked(events: list[Event]) -> date:
    """Return the due day by walking from day to day: worked days outside of pauses use the budget up."""
    begun = events[0]
    budget = begun.target.number + sum(event.ticks for event in events if isinstance(event, Extended))
    stood = [event for event in events if isinstance(event, Paused | Resumed)]
    spans = [(local_day(a.at), local_day(b.at)) for a, b in zip(stood[::2], stood[1::2], strict=True)]
    day = local_day(begun.at)
    while budget:
        day += ONE
        if CN.is_workday(day) and not any(since < day <= until for since, until in spans):
            budget -= 1
    return day


@given(clocks(), st.integers(0, 90 * 24 * 60).map(lambda minutes: timedelta(minutes=minutes)))
@settings(max_examples=300, deadline=None)
def test_step_by_step_is_what_replay_gives(events, after):
    replayed(events, after)


@pytest.mark.deep
@given(clocks(), st.integers(0, 90 * 24 * 60).map(lambda minutes: timedelta(minutes=minutes)))
@settings(max_examples=10_000, deadline=None)
def test_step_by_step_is_what_replay_gives_ten_thousand_times(events, after):
    replayed(events, after)


@st.composite
def daily(draw):
    """Return a clock of working days with whole pauses and extensions inside its time."""
    begun = Started(draw(moments), Amount(draw(st.integers(1, 30)), Unit.WORKDAY))
    events: list[Event] = [begun]
    at = begun.at
    for gap, length, more in draw(
        st.lists(st.tuples(st.integers(0, 3), st.integers(0, 9), st.integers(0, 4)))
    ):
        at += gap * ONE
        if clock_state(events, CN, at).due <= at + ONE:
            break
        events.append(Paused(at))
        if more:
            events.append(Extended(at, more))
        at += length * ONE
        events.append(Resumed(at))
    return events


@given(daily())
@settings(max_examples=300, deadline=None)
def test_the_due_day_is_what_walking_from_day_to_day_gives(events):
    assert local_day(clock_state(events, CN, events[-1].at).due) == walked(events)


@given(st.sampled_from(list(Unit)), moments, st.integers(1, 4000))
@settings(max_examples=300, deadline=None)
def test_counting_back_what_was_counted_forward(unit, moment, number):
    scale = Scale(unit, CN)
    ticks = number if unit.daily else number * 61_007
    assert scale.between(moment, scale.after(moment, ticks)) == ticks
