"""Rows of one made-up form, stored as facts and as plain mappings, and both ways to compute over them."""

from __future__ import annotations

from decimal import Decimal

from luoshi.core.errors import ExpressionInvalid, MissingInput
from luoshi.core.periods import parse_period
from luoshi.kernel.definitions.fields import field_of
from luoshi.kernel.definitions.slots import slots_planned
from luoshi.kernel.filings.models import FilingFact
from luoshi.kernel.indicators.fold import fold
from luoshi.kernel.indicators.grain import columns_of
from luoshi.kernel.indicators.measure import measure_of, plain, refuse_empty, value_of
from luoshi.kernel.indicators.parts import Wanted

SPECS = [("a", "int"), ("b", "int"), ("p", "percent:2"), ("m", "decimal:3"), ("t", "text"), ("d", "date")]
LIMITS = {"int": {"min": "-1000", "max": "1000"}, "decimal:3": {"min": "-1000", "max": "1000"}}
FIELDS = [
    field_of({"key": key, "title": key, "type": kind, "fact": True} | LIMITS.get(kind, {}), {})
    for key, kind in SPECS
]
SLOTS = slots_planned({}, FIELDS)
PERIOD = parse_period("2020-12")


def wanted_of(body) -> Wanted:
    return Wanted(measure_of(body), "t.f", columns_of(FIELDS, SLOTS))


def stored(number: int, row: dict) -> FilingFact:
    columns = {}
    for field in FIELDS:
        value, slot = row[field.key], SLOTS[field.key]
        columns[slot.column] = int(value.scaleb(slot.scale)) if isinstance(value, Decimal) else value
    return FilingFact(
        filing_id=number,
        obligation_id=number,
        form_ref="t.f",
        unit_id=row["unit"],
        unit_code=str(row["unit"]),
        unit_kind=row["unit.kind"],
        period_code=PERIOD.code,
        period_kind=PERIOD.kind,
        period_start=PERIOD.start,
        period_end=PERIOD.end,
        month=PERIOD.month_int,
        answer="filed",
        submitted_ms=0,
        from_ms=0,
        tag=number * 1_234_567 % 2**31,
        **columns,
    )


def outcome(compute, *given):
    """Return what a computation gives, or the class of its refusal."""
    try:
        return compute(*given)
    except (ExpressionInvalid, MissingInput) as refusal:
        return type(refusal)


def by_fold(body, table):
    result = fold(body, [{key: value for key, value in row.items() if key != "unit"} for row in table])
    return result.num, result.den, result.value, result.base


def by_query(measure, sums):
    refuse_empty(measure, sums.empties)
    num = plain(sums.num)
    den = plain(sums.den) if measure.divided else None
    return num, den, value_of(measure, num, den, sums.base), sums.base
