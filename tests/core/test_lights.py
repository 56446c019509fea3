"""Lights: a table of cases, and that each says itself without its colour."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luoshi.core.beijing import LOCAL
from luoshi.core.lights import LOOKS, Light, LightRules, Owed, light
from luoshi.core.workdays import WorkCalendar

CALENDAR = WorkCalendar("cn", {}, frozenset({2021}))
DUE = datetime(2021, 1, 15, 23, 59, 59, 999_000, tzinfo=LOCAL)
MOMENT = timedelta(milliseconds=1)


def at(day: int, hour: int = 8) -> datetime:
    return datetime(2021, 1, day, hour, tzinfo=LOCAL)


def shown(answer="none", now=None, rules=None, **given):
    owed = Owed(answer, **({"owed_by": DUE} | given))
    return light(owed, now=now or at(4), calendar=CALENDAR, rules=rules or LightRules()).value


@pytest.mark.parametrize(
    ("now", "wanted"),
    [
        (at(4), "white"),
        (at(9, 23), "white"),
        (at(10, 0), "blue"),
        (at(11, 23), "blue"),
        (at(12, 0), "yellow"),
        (DUE, "yellow"),
        (DUE + MOMENT, "red"),
    ],
)
def test_the_days_before_due_are_days_of_beijing(now, wanted):
    assert shown(now=now) == wanted


@pytest.mark.parametrize(
    ("answer", "submitted_at", "wanted"),
    [
        ("filed", DUE, "green"),
        ("filed", DUE + MOMENT, "green_late"),
        ("nil", DUE, "green"),
        ("nil", DUE + MOMENT, "green_late"),
        ("excused", None, "excused"),
    ],
)
def test_an_answer_keeps_its_light_for_ever(answer, submitted_at, wanted):
    for now in (at(4), DUE, at(31)):
        assert shown(answer, now, submitted_at=submitted_at) == wanted


def test_a_return_unanswered_for_three_working_days_warns():
    later = {"owed_by": at(29), "returned_at": at(8)}  # a Friday
    assert shown(now=at(12), **later) == "white"
    assert shown(now=at(13), **later) == "yellow"
    assert shown(now=at(31), **later) == "red"


def test_what_is_never_due_is_white_and_warns_only_after_a_return():
    assert shown(now=at(31), owed_by=None) == "white"
    assert shown(now=at(31), owed_by=None, returned_at=at(4)) == "yellow"
    assert shown("filed", owed_by=None, submitted_at=at(31)) == "green"


def test_the_days_are_parameters():
    rules = LightRules(remind_days=10, yellow_days=0, returned_workdays=1)
    assert shown(now=at(5), rules=rules) == "blue"
    assert shown(now=at(14), rules=rules) == "blue"
    assert shown(now=at(15), rules=rules) == "yellow"
    assert shown(now=at(5), rules=rules, returned_at=at(4)) == "yellow"


@pytest.mark.parametrize("wrong", [{"yellow_days": 6}, {"yellow_days": -1}, {"returned_workdays": -1}])
def test_rules_that_contradict_each_other_are_refused(wrong):
    with pytest.raises(ValueError, match="yellow_days"):
        LightRules(**wrong)


def test_every_light_has_a_word_and_a_shape_of_its_own():
    assert set(LOOKS) == set(Light)
    assert len({look.word for look in LOOKS.values()}) == len({look.shape for look in LOOKS.values()}) == 7


@given(st.integers(0, 60 * 24 * 60), st.integers(0, 60 * 24 * 60))
def test_while_nothing_happens_a_light_only_grows_more_urgent(first, second):
    order = ["white", "blue", "yellow", "red"]
    early, late = (at(1) + timedelta(minutes=each) for each in sorted((first, second)))
    assert order.index(shown(now=early)) <= order.index(shown(now=late))
