"""What may stand in a field, and how it is spelled canonically."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from luoshi.core.expr import parse
from luoshi.kernel.definitions.fields import Unfit, field_of
from luoshi.kernel.filings.columns import ReadColumn, rule_breakers
from luoshi.kernel.filings.forms import FormRule, rule_broken


def field(kind, **given):
    return field_of({"key": "x", "title": "甲项", "type": kind} | given, {"v": {"a": "甲", "b": "乙"}})


@pytest.mark.parametrize(
    ("kind", "raw", "text"),
    [
        ("int", 12, "12"),
        ("int", "12", "12"),
        ("int", Decimal("12.0"), "12"),
        ("int", " -3 ", "-3"),
        ("percent:2", Decimal("98.060"), "98.06"),
        ("percent:2", 100, "100"),
        ("percent:0", "0", "0"),
        ("decimal:3", "1.250", "1.25"),
        ("money", Decimal("10.05"), "10.05"),
        ("date", date(2021, 1, 5), "2021-01-05"),
        ("date", datetime(2021, 1, 5, 8, tzinfo=UTC), "2021-01-05"),
        ("date", "2021-01-05", "2021-01-05"),
        ("text", " 说明 ", "说明"),
        ("text", 12, "12"),
        ("vocab:v", "a", "a"),
        ("vocab:v", "乙", "b"),
    ],
)
def test_sound_values_are_spelled_canonically(kind, raw, text):
    assert field(kind).read(raw) == text


@pytest.mark.parametrize(
    ("kind", "raw", "rule"),
    [
        ("int", Decimal("1.5"), "应为整数"),
        ("int", True, "应为数字"),
        ("int", "1e3", "应为数字"),
        ("int", "１２", "应为数字"),
        ("int", "1,234", "应为数字"),
        ("int", "--", "应为数字"),
        ("int", date(2021, 1, 1), "应为数字"),
        ("percent:2", Decimal("100.01"), "百分率应在 0 至 100 之间"),
        ("percent:2", -1, "百分率应在 0 至 100 之间"),
        ("percent:1", Decimal("99.99"), "最多保留 1 位小数"),
        ("money", Decimal("0.001"), "最多保留 2 位小数"),
        ("money", 10**12, "不得大于 100000000000"),
        ("date", "2021-02-30", "应为日期"),
        ("date", "1月5日", "应为日期"),
        ("text", "a\x07b", "含有不可见的控制字符"),
        ("text", "长" * 2001, "不得超过 2000 字"),
        ("vocab:v", "丙", "应为：甲、乙"),
        ("int", None, "此项必填"),
        ("text", "  ", "此项必填"),
    ],
)
def test_what_does_not_fit_names_the_rule(kind, raw, rule):
    with pytest.raises(Unfit) as unfit:
        field(kind).read(raw)
    assert unfit.value.problem.rule == rule
    assert unfit.value.problem.remedy


def test_bounds_of_the_pack_are_kept_inclusive():
    bounded = field("int", min="2", max="4")
    assert [bounded.read(each) for each in (2, 4)] == ["2", "4"]
    for raw in (1, 5):
        with pytest.raises(Unfit):
            bounded.read(raw)
    assert bounded.bound == 4


def test_a_blank_is_none_where_allowed():
    assert field("int", blank=True).read("") is None
    assert field("text", blank=True).read(None) is None
    assert field("text", blank=True).display(None) == "—"
    assert field("vocab:v").display("a") == "甲"


@pytest.mark.parametrize("kind", ["int", "percent:2", "decimal:3", "money"])
@pytest.mark.parametrize("blank", [True, False])
def test_a_column_reads_as_its_cells_do(kind, blank):
    one = field(kind, blank=blank)
    samples = [0, 5, 100, Decimal("1.5"), Decimal("2.50"), Decimal("0.001"), -1, 101, "7", "x", None, 10**12]
    columns = [samples, [1, 2, 3], [Decimal("1.5"), 2, None], [None, None], [Decimal("3.0")], [5, 10**12]]
    for raws in columns:
        column = ReadColumn(one, raws)
        for row, raw in enumerate(raws):
            try:
                text = one.read(raw)
            except Unfit as unfit:
                assert column.problems[row] == unfit.problem, (raws, raw)
            else:
                assert row not in column.problems, (raws, raw)
                assert column.text(row) == text


RULES = [
    "x <= y",
    "x * 2 < y + 1",
    "not (x == y)",
    "-x <= 0 and y >= 0",
    "0 <= x <= y",
    "x / 2 <= y",
    "max(x, y) < 9",
]


@pytest.mark.parametrize("text", RULES)
def test_a_rule_over_columns_is_the_rule_over_rows(text):
    rule = FormRule(parse(text), "不符")
    whole = [(1, 2), (2, 1), (0, 0), (Decimal("1.5"), 1), (9, 9), (-1, 3)]
    for table in (whole, [*whole, (None, 1)], [*whole, ("3", 1)], [*whole, ("坏", 1)]):
        columns = {
            key: ReadColumn(field("decimal:2", blank=True), [row[index] for row in table])
            for index, key in enumerate("xy")
        }
        wanted = [
            row
            for row in range(len(table))
            if not any(row in column.problems for column in columns.values())
            and rule_broken(rule, {key: column.typed(row) for key, column in columns.items()})
        ]
        assert rule_breakers(rule, columns, len(table)) == wanted
