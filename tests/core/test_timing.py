"""Clocks: golden dates, pauses, extensions, verdicts, ladders."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest

from luoshi.core.beijing import LOCAL, end_of_day, local_day
from luoshi.core.timing import (
    Amount,
    Continued,
    Extended,
    Paused,
    Resumed,
    Scale,
    Started,
    Stopped,
    Unit,
    Verdict,
    Voided,
    amount_of,
    clock_started,
    clock_state,
    hours_of,
    ladder_step,
    step_moment,
)
from luoshi.core.workdays import WorkCalendar
from tests.core.tables import cn_calendar

CN = cn_calendar()
MOMENT = timedelta(milliseconds=1)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=LOCAL)


def started(text: str, budget: str = "15 workday", **given) -> Started:
    return Started(at(text), amount_of(budget), **given)


def due_day(*events, calendar: WorkCalendar = CN) -> str | None:
    clock = clock_state(events, calendar, events[-1].at)
    return None if clock.due is None else local_day(clock.due).isoformat()


def test_fifteen_working_days_step_over_the_national_day():
    assert due_day(started("2020-09-25T16:20")) == "2020-10-22"


def test_a_date_beyond_the_published_year_is_provisional_until_it_is_loaded():
    began = started("2020-12-21T09:00")
    until_2020 = WorkCalendar("cn", CN.exceptions, frozenset(range(2018, 2021)))
    before, after = clock_started(began, until_2020), clock_started(began, CN)
    assert before.provisional and not after.provisional
    plain = WorkCalendar(
        "cn", {day: on for day, on in CN.exceptions.items() if day.year < 2021}, frozenset({2020})
    )
    assert local_day(clock_started(began, plain).due).isoformat() == "2021-01-11"
    assert local_day(after.due).isoformat() == "2021-01-12"


@pytest.mark.parametrize(
    ("began", "budget", "given", "wanted"),
    [
        ("2021-01-15T09:00", "3 workday", {}, "2021-01-20"),
        ("2021-01-15T09:00", "3 workday", {"next_day": False}, "2021-01-19"),
        ("2021-01-16T09:00", "3 workday", {"next_day": False}, "2021-01-20"),
        ("2021-01-15T17:01", "3 workday", {"cutoff": time(17)}, "2021-01-21"),
        ("2021-01-15T17:00", "3 workday", {"cutoff": time(17)}, "2021-01-20"),
        ("2021-01-16T09:00", "3 workday", {"cutoff": time(17)}, "2021-01-21"),
        ("2021-01-15T09:00", "10 calendar_day", {}, "2021-01-25"),
    ],
)
def test_where_counting_begins(began, budget, given, wanted):
    assert due_day(started(began, budget, **given)) == wanted


@pytest.mark.parametrize(
    ("began", "budget", "given", "wanted"),
    [
        ("2021-01-15T09:00", "4 work_hour", {"next_day": False}, "2021-01-15T14:30"),
        ("2021-01-15T16:30", "4 work_hour", {"next_day": False}, "2021-01-18T11:30"),
        ("2021-01-16T10:00", "7 work_hour", {"next_day": False}, "2021-01-18T17:00"),
        ("2021-01-16T10:00", "4 work_hour", {"next_day": False}, "2021-01-18T14:00"),
        ("2021-01-15T12:30", "1 work_hour", {"next_day": False}, "2021-01-15T14:30"),
        ("2021-01-15T16:30", "4 work_hour", {"next_day": True}, "2021-01-18T14:00"),
        ("2021-01-15T23:00", "24 hour", {"next_day": False}, "2021-01-16T23:00"),
        ("2021-01-15T23:00", "24 hour", {"next_day": True}, "2021-01-17T00:00"),
        (
            "2021-01-15T09:00",
            "2 work_hour",
            {"next_day": False, "hours": hours_of("10:00-11:00 15:00-16:00")},
            "2021-01-15T16:00",
        ),
    ],
)
def test_hours_are_those_of_the_office_or_all(began, budget, given, wanted):
    assert clock_started(started(began, budget, **given), CN).due == at(wanted)


def test_a_fixed_day_ends_with_itself_also_on_a_day_off():
    sunday = Started(at("2021-01-04T09:00"), date(2021, 1, 17))
    clock = clock_started(sunday, CN)
    assert clock.due == end_of_day(date(2021, 1, 17)) and clock.total == 9
    same_day = clock_state(
        [sunday, Paused(at("2021-01-05T09:00")), Resumed(at("2021-01-05T18:00"))], CN, at("2021-01-06T09:00")
    )
    assert same_day.due == clock.due


def test_a_pause_gives_back_the_working_days_it_took():
    began = started("2021-01-11T09:00", "10 workday")
    paused = clock_state([began, Paused(at("2021-01-13T09:00"))], CN, at("2021-01-14T09:00"))
    assert (paused.due, paused.left, paused.verdict(at("2021-01-14T09:00"))) == (None, 8, Verdict.PAUSED)
    assert due_day(began, Paused(at("2021-01-13T09:00")), Resumed(at("2021-01-18T09:00"))) == "2021-01-28"
    assert due_day(began, Paused(at("2021-01-13T09:00")), Resumed(at("2021-01-13T17:00"))) == "2021-01-25"


def test_a_pause_on_the_due_day_leaves_the_day_of_its_end():
    events = [started("2021-01-11T09:00", "3 workday"), Paused(at("2021-01-14T10:00"))]
    assert due_day(*events, Resumed(at("2021-01-16T10:00"))) == "2021-01-18"


def test_a_bounded_pause_ends_by_itself_and_the_clock_runs_out():
    events = [
        started("2021-01-11T09:00", "5 workday"),
        Paused(at("2021-01-12T09:00"), until=end_of_day(date(2021, 1, 14))),
    ]
    for moment, verdict in (
        ("2021-01-14T12:00", Verdict.PAUSED),
        ("2021-01-15T00:00", Verdict.RUNNING),
        ("2021-01-20T23:59", Verdict.RUNNING),
        ("2021-01-21T00:00", Verdict.MISSED),
    ):
        # the verdict is the same whether or not anybody noticed that the pause is over
        unnoticed = clock_state(events, CN, at("2021-01-12T10:00"))
        assert clock_state(events, CN, at(moment)).verdict(at(moment)) is verdict
        assert unnoticed.verdict(at(moment)) is verdict
    assert local_day(clock_state(events, CN, at("2021-01-12T10:00")).bound).isoformat() == "2021-01-20"


def test_a_pause_or_extension_after_the_breach_cures_nothing():
    events = [started("2021-01-11T09:00", "2 workday")]
    late = at("2021-01-14T09:00")
    for cure in (Paused(late), Extended(late, 5), Resumed(late)):
        clock = clock_state([*events, cure], CN, late)
        assert clock.verdict(late) is Verdict.MISSED and local_day(clock.due) == date(2021, 1, 13)


def test_an_extension_moves_the_date_also_during_a_pause():
    began, paused = started("2021-01-11T09:00", "5 workday"), Paused(at("2021-01-12T09:00"))
    resumed = Resumed(at("2021-01-14T09:00"))
    assert due_day(began, Extended(at("2021-01-12T09:00"), 3)) == "2021-01-21"
    assert due_day(began, paused, Extended(at("2021-01-13T09:00"), 3), resumed) == "2021-01-25"


def test_who_stops_in_the_last_moment_is_on_time_and_one_later_is_late():
    began = started("2021-01-11T09:00", "5 workday")
    last = end_of_day(date(2021, 1, 18))
    for stop, verdict in ((last, Verdict.MET), (last + MOMENT, Verdict.MISSED)):
        assert clock_state([began, Stopped(stop)], CN, stop).verdict(last + 99 * MOMENT) is verdict


def test_void_is_void_for_ever_and_a_stop_taken_back_may_exclude_the_time():
    began, stopped = started("2021-01-11T09:00", "5 workday"), Stopped(at("2021-01-13T09:00"))
    back = at("2021-01-15T09:00")
    assert due_day(began, stopped, Continued(back, exclude=False)) == "2021-01-18"
    assert due_day(began, stopped, Continued(back, exclude=True)) == "2021-01-20"
    void = clock_state([began, Voided(back)], CN, back)
    assert void.verdict(back + timedelta(days=99)) is Verdict.VOID and not void.open


def test_gross_counts_pauses_and_net_does_not():
    events = [
        started("2021-01-11T09:00", "10 workday"),
        Paused(at("2021-01-13T09:00")),
        Resumed(at("2021-01-18T09:00")),
        Stopped(at("2021-01-20T09:00")),
    ]
    clock = clock_state(events, CN, at("2021-02-01T09:00"))
    assert (clock.gross(at("2021-02-01T09:00")), clock.net(at("2021-02-01T09:00"))) == (7, 4)
    waiting = clock_state(events[:2], CN, at("2021-01-15T09:00"))
    assert (waiting.gross(at("2021-01-15T09:00")), waiting.net(at("2021-01-15T09:00"))) == (4, 2)


@pytest.mark.parametrize(
    ("step", "wanted"),
    [
        ("-3 workday", "2021-01-27T08:30"),
        ("80%", "2021-01-27T08:30"),
        ("50%", "2021-01-20T08:30"),
        ("due", "2021-02-01T23:59:59.999"),
        ("+1 workday", "2021-02-02T08:30"),
        ("130%", "2021-02-05T08:30"),
    ],
)
def test_steps_of_a_ladder(step, wanted):
    clock = clock_started(started("2021-01-11T09:00"), CN)
    assert step_moment(ladder_step(step), clock) == at(wanted)


def test_no_step_comes_while_nothing_is_due():
    events = [started("2021-01-11T09:00"), Paused(at("2021-01-12T09:00"))]
    assert step_moment(ladder_step("80%"), clock_state(events, CN, at("2021-01-13T09:00"))) is None


@pytest.mark.parametrize("text", ["80 %", "0 workday", "-3", "due + 1 workday", "3 workday", "1000%"])
def test_a_step_not_written_so_is_refused(text):
    with pytest.raises(ValueError):
        ladder_step(text)


@pytest.mark.parametrize("text", ["12:00-08:30", "08:30-12:00 11:00-17:00", "8:30-12:00", ""])
def test_hours_out_of_order_are_refused(text):
    with pytest.raises(ValueError):
        hours_of(text)


def test_a_clock_begins_with_its_start():
    with pytest.raises(ValueError):
        clock_state([Stopped(at("2021-01-11T09:00"))], CN, at("2021-01-12T09:00"))
    with pytest.raises(ValueError):
        clock_state([], CN, at("2021-01-12T09:00"))
    assert Scale(Unit.HOUR, CN).after(at("2021-01-11T09:00"), Amount(2, Unit.HOUR).ticks) == at(
        "2021-01-11T11:00"
    )
