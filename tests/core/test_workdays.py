from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from luoshi.core.workdays import Due, WorkCalendar
from tests.core.tables import table

D = date.fromisoformat
EXCEPTIONS = {D(row["date"]): row["is_workday"] == "1" for row in table("cn_exceptions_2018_2026")}
CN = WorkCalendar("cn", EXCEPTIONS, frozenset(range(2018, 2027)))
days = st.dates(D("2018-01-01"), D("2030-12-31"))


def test_all_golden_due_dates_are_met() -> None:
    golden = table("golden_add_workdays")
    assert len(golden) == 40
    for row in golden:
        assert CN.add_workdays(D(row["start_date"]), int(row["workdays"])) == Due(D(row["due_date"]), False)


def test_the_national_day_of_2020_is_stepped_over() -> None:
    assert CN.add_workdays(D("2020-09-25"), 15) == Due(D("2020-10-22"), False)


@pytest.mark.parametrize(
    ("day", "worked"),
    [("2020-10-01", False), ("2020-10-10", True), ("2020-10-12", True), ("2020-10-17", False)],
)
def test_the_notice_overrides_the_weekday(day: str, worked: bool) -> None:
    assert CN.is_workday(D(day)) is worked


@settings(deadline=None, max_examples=200)
@given(days, st.integers(1, 800))
def test_counting_forward_agrees_with_walking_day_by_day(start: date, amount: int) -> None:
    day, left = start, amount
    while left:
        day += timedelta(days=1)
        left -= CN.is_workday(day)
    assert CN.add_workdays(start, amount).date == day
    assert CN.workdays_between(start, day) == amount
    assert CN.workdays_between(day, start) == -amount


@settings(deadline=None, max_examples=200)
@given(days, st.integers(1, 800))
def test_counting_back_agrees_with_walking_day_by_day(start: date, amount: int) -> None:
    day, left = start, amount
    while left:
        day -= timedelta(days=1)
        left -= CN.is_workday(day)
    assert CN.add_workdays(start, -amount).date == day


def test_no_working_days_give_the_day_itself() -> None:
    assert CN.add_workdays(D("2020-10-01"), 0) == Due(D("2020-10-01"), False)
    assert CN.workdays_between(D("2020-10-01"), D("2020-10-01")) == 0


@pytest.mark.parametrize(
    ("start", "amount", "provisional"),
    [
        ("2026-12-01", 5, False),
        ("2026-12-25", 10, True),
        ("2027-01-04", 1, True),
        ("2027-01-04", -1, True),
        ("2018-01-05", -10, True),
        ("2028-05-01", 0, True),
        ("2026-12-31", 1, True),
        ("2017-12-31", 5, False),
        ("2027-01-01", -1, False),
    ],
)
def test_a_due_day_beyond_the_published_years_is_provisional(
    start: str, amount: int, provisional: bool
) -> None:
    assert CN.add_workdays(D(start), amount).provisional is provisional


def test_unpublished_years_are_worked_monday_to_friday() -> None:
    assert CN.add_workdays(D("2029-09-28"), 3).date == D("2029-10-03")


def test_absurd_amounts_are_faults() -> None:
    with pytest.raises(ValueError, match="more than"):
        CN.add_workdays(D("2020-01-01"), 10_001)
    with pytest.raises(OverflowError):
        CN.add_workdays(D("9999-12-01"), 100)
    with pytest.raises(OverflowError):
        CN.add_workdays(D("0001-01-10"), -100)
