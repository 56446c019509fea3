"""What a definition means, stated on small tables."""

from __future__ import annotations

from decimal import Decimal

import pytest

from luoshi.core.errors import ExpressionInvalid, MissingInput
from luoshi.kernel.indicators.fold import FoldResult, fold, printed

PANJIN = [
    {"assigned": Decimal(4226), "done_rate": Decimal("98.06")},
    {"assigned": Decimal(1922), "done_rate": Decimal("98.44")},
    {"assigned": Decimal(0), "done_rate": None},
]


def test_ratio_is_made_of_sums_and_never_a_mean_of_rates():
    body = {"num": "assigned * done_rate / 100", "den": "assigned", "empty": "skip", "unit": "%"}
    result = fold(body, PANJIN)
    assert (result.num, result.den, result.base) == (Decimal("6036.0324"), Decimal(6148), 2)
    assert printed(result.value, result.num, result.den, 2, "%") == "98.18%"


def test_sum_counts_filed_zero_but_states_nothing_over_no_rows():
    body = {"sum": "assigned", "empty": "skip"}
    assert fold(body, PANJIN[2:]).value == 0
    assert fold(body, []) == FoldResult(Decimal(0), None, None, 0)
    assert fold({"count": "all", "empty": "skip"}, []).value == 0


@pytest.mark.parametrize(("empty", "num", "den", "base"), [("as_no", "3", "2", 2), ("skip", "3", "1", 1)])
def test_empty_rule_of_a_number(empty, num, den, base):
    rows = [{"rating": Decimal(3)}, {"rating": None}]
    assert fold({"mean": "rating", "empty": empty}, rows) == FoldResult(
        Decimal(num), Decimal(den), Decimal(num) / Decimal(den), base
    )


@pytest.mark.parametrize(("empty", "value", "base"), [("as_no", "25", 4), ("skip", "50", 2)])
def test_empty_rule_of_a_boolean_looks_at_its_fields(empty, value, base):
    rows = [{"solved": each} for each in ("yes", "no", None, None)]
    body = {"num": "solved == 'yes'", "den": "all", "empty": empty, "unit": "%"}
    assert (fold(body, rows).value, fold(body, rows).base) == (Decimal(value), base)


def test_refuse_names_the_indicator_and_the_rows():
    with pytest.raises(MissingInput, match=r"指标“评分”要求逐行有值，现有 1 行空缺"):
        fold({"title": "评分", "sum": "r", "empty": "refuse"}, [{"r": Decimal(1)}, {"r": None}])


def test_where_that_is_null_is_not_true():
    body = {"count": "all", "where": "kind != 'void'", "empty": "skip"}
    assert fold(body, [{"kind": None}, {"kind": "void"}, {"kind": "case"}]).num == 1


def test_zero_denominator_is_a_dash():
    body = {"num": "cases - overdue", "den": "cases", "empty": "skip", "unit": "%"}
    result = fold(body, [{"cases": Decimal(0), "overdue": Decimal(0)}])
    assert result.value is None and result.base == 1
    assert printed(result.value, result.num, result.den, 1, "%") == "—"


def test_hundred_is_printed_only_when_all_are_done():
    body = {"num": "solved", "den": "cases", "empty": "skip", "unit": "%"}
    open_left = fold(body, [{"solved": Decimal(254567), "cases": Decimal(254592)}])
    all_done = fold(body, [{"solved": Decimal(254592), "cases": Decimal(254592)}])
    assert printed(open_left.value, open_left.num, open_left.den, 1, "%") == "99.9%"
    assert printed(all_done.value, all_done.num, all_done.den, 1, "%") == "100.0%"
    assert printed(Decimal("93.75"), Decimal(240), Decimal(256), 1, "%") == "93.8%"


def test_unit_is_attached_only_when_it_is_percent():
    assert printed(Decimal(15262), Decimal(15262), None, 0, "件") == "15262"


@pytest.mark.parametrize("text", ["a / b", "a / 3", "a / (2 - 2)", "a / 0", "a > b / a"])
def test_row_by_row_division_is_refused(text):
    with pytest.raises(ExpressionInvalid, match="除得尽的常数"):
        fold({"sum": text, "empty": "skip"}, [])


@pytest.mark.parametrize("text", ["a / 100", "a / 0.5", "a / 8", "a / 1.25"])
def test_division_by_a_constant_that_ends_is_exact(text):
    assert fold({"sum": text, "empty": "skip"}, [{"a": Decimal(1)}] * 3).num == 3 / Decimal(
        text.split("/ ")[1]
    )


def test_unknown_field_is_named():
    with pytest.raises(ExpressionInvalid, match="用到的 b 不在数据行中"):
        fold({"sum": "a + b", "empty": "skip"}, [{"a": Decimal(1)}])


@pytest.mark.parametrize(
    "body", [{"empty": "skip"}, {"sum": "a", "mean": "a", "empty": "skip"}, {"num": "a", "empty": "skip"}]
)
def test_exactly_one_way_of_counting(body):
    with pytest.raises(ValueError, match="exactly one"):
        fold(body, [])
