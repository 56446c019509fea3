"""Each part of the language, row by row: SQL says what ``core.expr`` says, with every kind of absence."""

from __future__ import annotations

from decimal import Decimal
from itertools import product

import pytest
from django.db import connection

from luoshi.core.errors import ExpressionInvalid
from luoshi.core.expr import Kind, parse
from luoshi.kernel.definitions.fields import field_of
from luoshi.kernel.definitions.slots import slots_planned
from luoshi.kernel.filings.models import FilingFact
from luoshi.kernel.indicators.compiler import Column, Compiler
from luoshi.kernel.indicators.dialects import DIALECTS
from luoshi.kernel.indicators.grain import check_definition, columns_of
from luoshi.kernel.indicators.query import sums_of
from tests.kernel.indicators.parity import FIELDS, PERIOD, SLOTS, by_fold, by_query, stored, wanted_of

NUMBERS = [
    "a + m",
    "a - m",
    "a * m",
    "p / 8",
    "p / 100 * a",
    "-m",
    "0.25",
    "-1.5 * a",
    "a / 0.5",
    "min(a, m)",
    "max(a, m)",
    "min(a, m, 0)",
    "abs(m)",
    "abs(-a)",
    "round(m)",
    "round(m, 1)",
    "round(m, 2)",
    "round(m, 3)",
    "round(-m, 2)",
    "round(m / 2, 3)",
    "round(a)",
    "coalesce(a, 7)",
    "coalesce(a, m, 0.5)",
    "coalesce(none, a)",
    "a if a > m else m",
    "a if t == 'yes' else none",
    "none if a > 0 else 1",
    "m if t in ('yes', '一') else 0",
]
CONDITIONS = [
    "a == m",
    "a != m",
    "a < m",
    "a <= m",
    "a > m",
    "a >= m",
    "0 < a < 2",
    "0 <= a <= m",
    "not (a == 1)",
    "not (a != 1)",
    "not (true if a > 0 else none)",
    "(a > 0) and not (m > 0)",
    "a > 0 or m > 0",
    "(true if a > 0 else none) or t == 'yes'",
    "t == 'yes'",
    "t != 'yes'",
    "t < 'z'",
    "t > '一'",
    "t in ('yes', '二')",
    "t not in ('yes', '二')",
    "a in (0, 1)",
    "a not in (0, 1)",
    "m in (0.5, -1)",
    "a in (0.5, 1)",
    "d >= '2020-02-01'",
    "coalesce(t, '空') == '空'",
    "unit.kind == 'street'",
    "true",
    "not false",
    "(t == 'yes') == true",
    "t == '100%'",
    't == "it\'s"',
]
TABLE = [
    {"a": a, "b": None, "p": p, "m": m, "t": t, "d": d, "unit.kind": "street", "unit": number}
    for number, (a, (m, p), (t, d)) in enumerate(
        product(
            [None, Decimal(-1), Decimal(0), Decimal(1)],
            [
                (None, None),
                (Decimal("-0.125"), Decimal("33.33")),
                (Decimal("0.5"), Decimal(0)),
                (Decimal("2.445"), Decimal(100)),
            ],
            [
                (None, None),
                ("yes", "2020-02-01"),
                ("一", "2020-01-31"),
                ("100%", "2021-01-01"),
                ("it's", None),
            ],
        ),
        1,
    )
]


@pytest.fixture
def facts(db):
    FilingFact.objects.bulk_create([stored(number, row) for number, row in enumerate(TABLE, 1)])


def bodies():
    for text in NUMBERS:
        yield {"sum": text, "empty": "skip"}
    for text in CONDITIONS:
        yield {"num": text, "den": "all", "empty": "as_no"}
        yield {"num": "a", "den": text, "empty": "skip"}
        yield {"count": "all", "where": text, "empty": "skip"}


def test_every_part_of_the_language_row_by_row(facts, django_assert_num_queries):
    listed = list(bodies())
    wanted = [wanted_of(body) for body in listed]
    with django_assert_num_queries(1):
        found = sums_of(wanted, PERIOD, by_unit=True, unit_ids=None, at=None)
    for body, want, by_unit in zip(listed, wanted, found, strict=True):
        for row in TABLE:
            assert by_query(want.measure, by_unit[row["unit"]]) == by_fold(body, [row]), (body, row)


def compiled(text, **columns):
    return Compiler(columns, DIALECTS[connection.vendor]).compile(parse(text))


BIG = Column("x", Kind.NUMBER, 0, 10**10)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x * x", "请为相乘的字段写明 max"),
        ("x + 0.0000000001", "请为相乘的字段写明 max"),
        ("y + 1", "没有可统计的字段“y”"),
        ("x > 'a'", "须同为数字或同为文字"),
        ("x in ('a', 'b')", "须与前面同为数字或同为文字"),
        ("x + 't'", "只有数字可以加减乘除"),
        ("1 if x else 2", "条件须是比较或判断"),
        ("coalesce(x, 'a')", "须同为数字或同为文字"),
        ("x / x", "除数只能是常数"),
    ],
)
def test_what_would_not_be_exact_is_refused_when_compiled(text, message):
    with pytest.raises(ExpressionInvalid, match=message):
        compiled(text, x=BIG)


def test_nesting_that_explodes_is_refused():
    text = "x"
    for _ in range(15):
        text = f"min({text}, 1)"
    with pytest.raises(ExpressionInvalid, match="过于复杂"):
        compiled(text, x=Column("x", Kind.NUMBER, 3, 10))


def test_texts_are_parameters_and_never_sql():
    sql = compiled("t == 'x OR 1=1 --'", t=Column("c01", Kind.TEXT))
    assert "1=1" not in sql.text and sql.params == ("x OR 1=1 --",)


FORM = {
    "fields": [
        {"key": "cases", "title": "件数", "type": "int", "fact": True},
        {"key": "note", "title": "备注", "type": "text"},
        {"key": "kind", "title": "类型", "type": "vocab:kind", "fact": True},
    ]
}


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"sum": "case"}, "没有可统计的字段“case”。是否想写 cases"),
        ({"sum": "cases", "where": "note == 'x'"}, "没有可统计的字段“note”"),
        ({"sum": "kind"}, "应得出数字或是否"),
        ({"sum": "kind == 'a'"}, "计数请用 num 与 den"),
        ({"num": "cases", "den": "cases / cases"}, "除得尽的常数"),
        ({"num": "cases", "den": "all", "where": "cases"}, "条件须是比较或判断"),
    ],
)
def test_a_definition_is_checked_against_its_form(body, message):
    with pytest.raises(ExpressionInvalid, match=message):
        check_definition(body | {"empty": "skip"}, FORM, {"kind": {}})


def test_a_sound_definition_passes():
    measure = check_definition(
        {"num": "cases", "den": "all", "where": "timing == 'late' and unit.branch == 'A'", "empty": "skip"},
        FORM,
        {"kind": {}},
    )
    assert measure.names == {"cases", "timing", "unit.branch"}


def test_a_field_without_a_column_is_null_in_every_row(facts):
    fields = [*FIELDS, field_of({"key": "new", "title": "新", "type": "int", "fact": True}, {})]
    want = wanted_of({"sum": "a + new", "empty": "skip"})
    want = type(want)(want.measure, want.scope, columns_of(fields, SLOTS))
    (found,) = sums_of([want], PERIOD, by_unit=False, unit_ids=None, at=None)
    assert found[None].base == 0
    assert slots_planned(SLOTS, fields)["new"].column == "i05"
