"""The compiled query gives what the plain fold gives, for random definitions over random rows.

Runs on whichever database the suite runs on; CI runs it on both.
"""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from luoshi.core.errors import ExpressionInvalid
from luoshi.kernel.filings.models import FilingFact
from luoshi.kernel.indicators.query import NOTHING, sums_of
from tests.kernel.indicators.parity import PERIOD, by_fold, by_query, outcome, stored, wanted_of

TEXTS = ["yes", "no", "一", "二", "Z", "a", "％", "100%", "it's", ""]
DATES = ["2020-01-31", "2020-02-01", "2021-12-31"]

small = st.integers(-999, 999)
rows = st.fixed_dictionaries(
    {
        "a": st.none() | small.map(Decimal),
        "b": st.none() | st.integers(-3, 3).map(Decimal),
        "p": st.none() | st.integers(0, 10000).map(lambda n: Decimal(n).scaleb(-2)),
        "m": st.none() | st.integers(-(10**6), 10**6).map(lambda n: Decimal(n).scaleb(-3)),
        "t": st.none() | st.sampled_from(TEXTS),
        "d": st.none() | st.sampled_from(DATES),
        "unit.kind": st.sampled_from(["street", "dept"]),
        "unit": st.integers(1, 3),
    }
)


def quoted(text: str) -> str:
    return '"' + text + '"'


literals = st.one_of(small.map(str), small.map(lambda n: f"{abs(n)}.{abs(n) % 10}"), st.just("0"))
texts = st.one_of(st.just("t"), st.just("unit.kind"), st.sampled_from(TEXTS).map(quoted))
compares = st.sampled_from(["==", "!=", "<", "<=", ">", ">="])


def numbers_over(number, condition):
    return st.one_of(
        st.tuples(number, st.sampled_from("+-*"), number).map(lambda x: f"({x[0]} {x[1]} {x[2]})"),
        st.tuples(number, st.sampled_from(["2", "100", "0.5", "8", "1.25"])).map(
            lambda x: f"({x[0]} / {x[1]})"
        ),
        number.map(lambda x: f"(-{x})"),
        st.tuples(st.sampled_from(["min", "max", "coalesce"]), number, number).map(
            lambda x: f"{x[0]}({x[1]}, {x[2]})"
        ),
        number.map(lambda x: f"abs({x})"),
        st.tuples(number, st.integers(0, 3)).map(lambda x: f"round({x[0]}, {x[1]})"),
        st.tuples(number, condition, number).map(lambda x: f"({x[0]} if {x[1]} else {x[2]})"),
        st.tuples(number, condition).map(lambda x: f"({x[0]} if {x[1]} else none)"),
    )


def conditions_over(number, condition):
    return st.one_of(
        st.tuples(number, compares, number).map(lambda x: f"({x[0]} {x[1]} {x[2]})"),
        st.tuples(number, compares, number, compares, number).map(lambda x: "({} {} {} {} {})".format(*x)),
        st.tuples(texts, compares, texts).map(lambda x: f"({x[0]} {x[1]} {x[2]})"),
        st.tuples(st.just("d"), compares, st.sampled_from(DATES).map(quoted)).map(
            lambda x: "({} {} {})".format(*x)
        ),
        st.tuples(
            texts, st.sampled_from(["in", "not in"]), st.lists(st.sampled_from(TEXTS), min_size=1, max_size=3)
        ).map(lambda x: f"({x[0]} {x[1]} [{', '.join(map(quoted, x[2]))}])"),
        st.tuples(number, st.sampled_from(["in", "not in"]), st.lists(literals, min_size=1, max_size=3)).map(
            lambda x: f"({x[0]} {x[1]} [{', '.join(x[2])}])"
        ),
        condition.map(lambda x: f"(not {x})"),
        st.tuples(condition, st.sampled_from(["and", "or"]), condition).map(
            lambda x: f"({x[0]} {x[1]} {x[2]})"
        ),
        st.tuples(condition, condition, condition).map(lambda x: f"({x[0]} if {x[1]} else {x[2]})"),
        st.sampled_from(["true", "false"]),
    )


def grown(depth: int):
    """Return strategies for numeric and for boolean expression texts up to a depth."""
    number = st.one_of(st.sampled_from(["a", "b", "p", "m"]), literals)
    condition = st.tuples(number, compares, number).map(lambda x: f"({x[0]} {x[1]} {x[2]})")
    for _ in range(depth):
        number, condition = (
            st.one_of(number, numbers_over(number, condition)),
            st.one_of(condition, conditions_over(number, condition)),
        )
    return number, condition


NUMBER, CONDITION = grown(3)
either = st.one_of(NUMBER, CONDITION)
ways = st.one_of(
    st.just({"count": "all"}),
    NUMBER.map(lambda x: {"sum": x}),
    NUMBER.map(lambda x: {"mean": x}),
    st.tuples(either, st.one_of(st.just("all"), either)).map(lambda x: {"num": x[0], "den": x[1]}),
)
bodies = st.tuples(
    ways,
    st.fixed_dictionaries(
        {"empty": st.sampled_from(["as_no", "skip", "refuse"]), "unit": st.sampled_from(["%", "件"])}
    ),
    st.one_of(st.just({}), CONDITION.map(lambda x: {"where": x})),
).map(lambda x: {"title": "试", **x[0], **x[1], **x[2]})


TABLES = {"body_list": st.lists(bodies, min_size=1, max_size=3), "table": st.lists(rows, max_size=8)}
QUIET = list(HealthCheck)


@pytest.mark.django_db
@settings(max_examples=150, deadline=None, suppress_health_check=QUIET)
@given(**TABLES)
def test_compiled_query_equals_plain_fold(body_list, table):
    compare(body_list, table)


@pytest.mark.deep
@pytest.mark.django_db
@settings(max_examples=5000, deadline=None, suppress_health_check=QUIET)
@given(**TABLES)
def test_compiled_query_equals_plain_fold_at_length(body_list, table):
    compare(body_list, table)


def compare(body_list, table):
    try:
        wanted = [wanted_of(body) for body in body_list]
    except ExpressionInvalid:
        assume(False)
    FilingFact.objects.all().delete()
    FilingFact.objects.bulk_create([stored(number, row) for number, row in enumerate(table, 1)])
    try:
        whole = sums_of(wanted, PERIOD, by_unit=False, unit_ids=None, at=None)
        split = sums_of(wanted, PERIOD, by_unit=True, unit_ids=None, at=None)
    except ExpressionInvalid as refusal:
        # too large for 64 bits, or too long: refused when compiled, never a wrong figure
        assert "精确" in refusal.message or "复杂" in refusal.message, refusal.message
        return
    for body, want, total, parts in zip(body_list, wanted, whole, split, strict=True):
        assert outcome(by_query, want.measure, total[None]) == outcome(by_fold, body, table), body
        for unit in {row["unit"] for row in table}:
            own = [row for row in table if row["unit"] == unit]
            found = outcome(by_query, want.measure, parts.get(unit, NOTHING))
            assert found == outcome(by_fold, body, own), (body, unit)
