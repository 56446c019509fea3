from __future__ import annotations

from datetime import date

import pytest

from luoshi.core.errors import Invalid
from luoshi.core.periods import PeriodKind, parse_period, period_of, periods_between

D = date.fromisoformat


@pytest.mark.parametrize(
    ("code", "kind", "start", "end", "title"),
    [
        ("2023-01", "month", "2023-01-01", "2023-01-31", "2023年1月"),
        ("2024-02", "month", "2024-02-01", "2024-02-29", "2024年2月"),
        ("2023-Q1", "quarter", "2023-01-01", "2023-03-31", "2023年第一季度"),
        ("2023-Q4", "quarter", "2023-10-01", "2023-12-31", "2023年第四季度"),
        ("2023-H1", "half", "2023-01-01", "2023-06-30", "2023年上半年"),
        ("2023-H2", "half", "2023-07-01", "2023-12-31", "2023年下半年"),
        ("2023", "year", "2023-01-01", "2023-12-31", "2023年"),
        ("2020-N12", "node", "2020-01-01", "2020-12-31", "2020年第12节点"),
        ("2023-01..2023-04", "range", "2023-01-01", "2023-04-30", "2023年1—4月"),
        ("2021-07..2023-01", "range", "2021-07-01", "2023-01-31", "2021年7月—2023年1月"),
    ],
)
def test_a_code_names_its_days_and_title(code: str, kind: str, start: str, end: str, title: str) -> None:
    period = parse_period(code)
    assert (period.code, period.kind, period.start, period.end) == (code, kind, D(start), D(end))
    assert period.title == title


@pytest.mark.parametrize(
    ("code", "remedy"),
    [
        ("", "请写作"),
        ("2023-1", "请写作"),
        ("2023-Q5", "请写作"),
        ("2023-N0", "请写作"),
        ("2023-01\n", "请写作"),
        ("２０２３-01", "请写作"),
        ("2023-00", "01 至 12"),
        ("2023-01..2023-13", "01 至 12"),
        ("1899", "1900 至 2999"),
        ("2023-01..3000-01", "1900 至 2999"),
        ("2023-04..2023-01", "请调换"),
        ("2023-04..2023-04", "请写作 2023-04"),
    ],
)
def test_a_wrong_code_is_refused_with_its_remedy(code: str, remedy: str) -> None:
    with pytest.raises(Invalid, match=remedy):
        parse_period(code)


@pytest.mark.parametrize(
    ("code", "previous", "last_year"),
    [
        ("2023-01", "2022-12", "2022-01"),
        ("2023-Q1", "2022-Q4", "2022-Q1"),
        ("2023-H2", "2023-H1", "2022-H2"),
        ("2023", "2022", "2022"),
        ("2023-N3", "2022-N3", "2022-N3"),
        ("2023-01..2023-04", "2022-09..2022-12", "2022-01..2022-04"),
    ],
)
def test_neighbours_keep_kind_and_length(code: str, previous: str, last_year: str) -> None:
    assert parse_period(code).previous().code == previous
    assert parse_period(code).same_last_year().code == last_year


def test_there_is_nothing_before_the_first_year() -> None:
    with pytest.raises(Invalid):
        parse_period("1900-01").previous()


def test_months_are_listed_as_integers_and_the_last_one_files_the_period() -> None:
    assert parse_period("2022-12..2023-02").months == (202212, 202301, 202302)
    assert parse_period("2022-12..2023-02").month_int == 202302
    assert parse_period("2023-01").months == (202301,)
    assert len(parse_period("2023").months) == 12


def test_a_period_contains_what_lies_wholly_within() -> None:
    quarter = parse_period("2023-Q1")
    assert quarter.contains(quarter) and quarter.contains(parse_period("2023-03"))
    assert not quarter.contains(parse_period("2023-03..2023-04"))
    assert not quarter.contains(parse_period("2022-12"))


@pytest.mark.parametrize(
    ("kind", "codes"),
    [
        ("month", ["2022-12", "2023-01", "2023-02"]),
        ("quarter", ["2022-Q4", "2023-Q1"]),
        ("half", ["2022-H2", "2023-H1"]),
        ("year", ["2022", "2023"]),
    ],
)
def test_periods_between_are_those_that_have_a_day_inside(kind: str, codes: list[str]) -> None:
    found = periods_between(PeriodKind(kind), D("2022-12-31"), D("2023-02-01"))
    assert [period.code for period in found] == codes
    assert period_of(PeriodKind(kind), D("2022-12-31")).code == codes[0]
    assert periods_between(PeriodKind(kind), D("2023-02-01"), D("2022-01-01")) == []


@pytest.mark.parametrize("kind", [PeriodKind.NODE, PeriodKind.RANGE])
def test_a_day_does_not_determine_a_node_or_range(kind: PeriodKind) -> None:
    with pytest.raises(ValueError, match="determine"):
        period_of(kind, D("2023-01-01"))
