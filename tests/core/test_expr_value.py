from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from luoshi.core.errors import MissingInput
from luoshi.core.expr import Kind, parse

D = Decimal
ENV: dict[str, object] = {
    "n": 3,
    "m": D("0.5"),
    "zero": 0,
    "t": "yes",
    "yes": True,
    "no": False,
    "gone": None,
    "d": date(2023, 1, 31),
}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("n + m", D("3.5")),
        ("n - m * 2", D(2)),
        ("n / 2", D("1.5")),
        ("0.1 + 0.2", D("0.3")),
        ("-n", D(-3)),
        ("n / zero", None),
        ("n + gone", None),
        ("gone * n", None),
        ("-gone", None),
        ("min(n, m)", D("0.5")),
        ("max(n, m, 7)", D(7)),
        ("abs(-n)", D(3)),
        ("min(n, gone)", None),
        ("round(gone, 1)", None),
        ("round(2.5)", D(3)),
        ("round(2.345, 2)", D("2.35")),
        ("round(-2.5)", D(-3)),
        ("coalesce(gone, m, n)", D("0.5")),
        ("coalesce(gone, none)", None),
        ("1 < n <= 3", True),
        ("1 < n < 3", False),
        ("n == 3.0", True),
        ("n != 3", False),
        ("t == 'yes'", True),
        ("t != 'yes'", False),
        ("yes == true", True),
        ("gone == 1", False),
        ("gone != 1", False),
        ("1 < gone < 3", False),
        ("not (gone == 1)", True),
        ("gone in (1, 2)", False),
        ("gone not in (1, 2)", False),
        ("n in (1, 3)", True),
        ("n not in (1, 3)", False),
        ("t in ('no', 'yes')", True),
        ("d == '2023-01-31'", True),
        ("'2023-01-30' < d", True),
        ("d > '2023-01-31'", False),
        ("d in ('2023-01-31',)", True),
        ("yes and no", False),
        ("yes or no", True),
        ("yes and gone", False),
        ("gone or yes", True),
        ("not gone", True),
        ("n if yes else m", D(3)),
        ("n if gone else m", D("0.5")),
        ("none if yes else m", None),
        ("d", date(2023, 1, 31)),
        ("'区'", "区"),
    ],
)
def test_values(text: str, value: object) -> None:
    found = parse(text).value(ENV)
    assert found == value
    assert type(found) is type(value)


def test_a_name_without_entry_is_refused_by_name() -> None:
    with pytest.raises(MissingInput, match="rate") as caught:
        parse("rate + 1").value({})
    assert caught.value.fields == {"rate": "缺少这个值。"}


@pytest.mark.parametrize("value", [1.5, D("NaN"), D("Infinity"), [1], datetime(2023, 1, 1, tzinfo=UTC)])
def test_foreign_values_are_faults(value: object) -> None:
    with pytest.raises(TypeError, match="no value of this language"):
        parse("a").value({"a": value})


@pytest.mark.parametrize(
    "text", ["t + 1", "n and yes", "not t", "t == 1", "n < 'x'", "d < 'x'", "yes == 1", "-t", "abs(t)"]
)
def test_an_unchecked_clash_is_a_fault_not_a_value(text: str) -> None:
    with pytest.raises(TypeError):
        parse(text).value(ENV)


numbers = st.integers(-999, 999).map(str).map(lambda text: f"({text})") | st.sampled_from(["x", "y"])
sums = st.recursive(
    numbers,
    lambda part: (
        st.builds("({} {} {})".format, part, st.sampled_from("+-*"), part)
        | st.builds("min({}, {})".format, part, part)
        | st.builds("(-{})".format, part)
    ),
    max_leaves=8,
)


@settings(deadline=None, max_examples=300)
@given(sums, st.integers(-99, 99), st.integers(-99, 99))
def test_arithmetic_agrees_with_exact_fractions(text: str, x: int, y: int) -> None:
    expected = eval(text, {"min": min}, {"x": Fraction(x), "y": Fraction(y)})  # noqa: S307 - the oracle
    value = parse(text).value({"x": x, "y": y})
    assert isinstance(value, Decimal)
    assert Fraction(value) == expected


number_texts = st.sampled_from(["n", "m", "gone_n", "1", "0.5", "none"])
bool_texts = st.sampled_from(["b", "gone_b", "true", "t == 'x'", "d < '2023-01-31'", "n in (1, 2)"])


def grown(part: st.SearchStrategy[tuple[str, str]]) -> st.SearchStrategy[tuple[str, str]]:
    """Build bigger (number text, bool text) pairs out of smaller ones."""
    number = st.one_of(
        st.builds(lambda a, op, b: f"({a[0]} {op} {b[0]})", part, st.sampled_from("+-*/"), part),
        st.builds(lambda a, b, c: f"({a[0]} if {b[1]} else {c[0]})", part, part, part),
        st.builds(lambda a, b: f"coalesce({a[0]}, {b[0]}, n)", part, part),
        st.builds(lambda a: f"round({a[0]}, 1)", part),
    )
    truth = st.one_of(
        st.builds(lambda a, b: f"({a[1]} and not {b[1]})", part, part),
        st.builds(lambda a, b: f"(0 + {a[0]} <= 0 + {b[0]})", part, part),
    )
    return st.tuples(number, truth)


pairs = st.recursive(st.tuples(number_texts, bool_texts), grown, max_leaves=6)
KINDS = {
    "n": Kind.NUMBER,
    "m": Kind.NUMBER,
    "gone_n": Kind.NUMBER,
    "b": Kind.BOOL,
    "gone_b": Kind.BOOL,
    "t": Kind.TEXT,
    "d": Kind.DATE,
}


@settings(deadline=None, max_examples=400)
@given(pairs, st.integers(-5, 5), st.booleans())
def test_a_checked_expression_always_has_a_value_of_its_kind(pair: tuple[str, str], n: int, b: bool) -> None:
    env: dict[str, Any] = {"n": n, "m": D("2.5"), "gone_n": None, "b": b, "gone_b": None, "t": "x"}
    env["d"] = date(2023, 1, 1)
    for text, kind, python in ((f"0 + {pair[0]}", Kind.NUMBER, Decimal), (f"not {pair[1]}", Kind.BOOL, bool)):
        expr = parse(text)
        assert expr.check(KINDS) is kind
        value = expr.value(env)
        assert isinstance(value, python) or (value is None and kind is Kind.NUMBER)
        assert expr.explain(env).value == value
