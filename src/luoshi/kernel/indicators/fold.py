"""The plain meaning of an indicator: one pass over rows in Python, exact.

Packs' own tests use it, and it is the oracle that the SQL compiler is compared with.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal, localcontext
from typing import Any, TypeAlias

from luoshi.core.errors import ExpressionInvalid
from luoshi.core.expr import Expr
from luoshi.kernel.indicators.measure import (
    EXACT,
    Empty,
    How,
    is_boolean,
    measure_of,
    plain,
    printed,
    refuse_empty,
    value_of,
)

Row: TypeAlias = "Mapping[str, Decimal | str | bool | None]"

__all__ = ["FoldResult", "fold", "printed"]


@dataclass(frozen=True, slots=True)
class FoldResult:
    """One figure. ``value`` is not rounded and None for a dash; ``den`` is None for counts and sums.

    ``base`` is the number of rows counted.
    """

    num: Decimal
    den: Decimal | None
    value: Decimal | None
    base: int


def fold(definition_body: Mapping[str, Any], rows: Iterable[Row]) -> FoldResult:
    """Fold ``rows`` by an indicator definition.

    ``rows``: one mapping per row of the grain, from name to Decimal (numbers), text (codes, dates as
    ISO text), bool or None (left blank): field keys and whatever other names are used.
    Raises: ExpressionInvalid (unknown name, inexact division), MissingInput (``empty: refuse`` and a blank).

    >>> body = {"num": "assigned * done_rate / 100", "den": "assigned", "empty": "skip", "unit": "%"}
    >>> fold(body, [{"assigned": Decimal(4226), "done_rate": Decimal("98.06")}])
    FoldResult(num=Decimal('4144.0156'), den=Decimal('4226'), value=Decimal('98.06'), base=1)
    """
    measure = measure_of(definition_body)
    amounts: list[Decimal] = []
    den = Decimal(0)
    base = empties = 0
    with localcontext(EXACT):
        for row in rows:
            if measure.where is not None and _value(measure.where, row) is not True:
                continue
            if any(_empty(expr, row) for expr in measure.valued):
                empties += 1
                if measure.empty is Empty.SKIP:
                    continue
            base += 1
            amounts.append(_amount(measure.num, row))
            den += _amount(measure.den, row)
        refuse_empty(measure, empties)
        if measure.how is How.MEDIAN:
            amounts = _middle(amounts)
            den = Decimal(len(amounts))
        num = sum(amounts, Decimal(0))
        num, total = plain(num), plain(den) if measure.divided else None
    return FoldResult(num, total, value_of(measure, num, total, base), base)


def _amount(expr: Expr | None, row: Row) -> Decimal:
    """Return what one row adds: its number, 1 for a true boolean or a counted row, 0 for an empty one."""
    found = True if expr is None else _value(expr, row)
    return found if isinstance(found, Decimal) else Decimal(found is True)


def _middle(amounts: list[Decimal]) -> list[Decimal]:
    """Return the middle value, the two middle ones of an even number, none of none."""
    return sorted(amounts)[(len(amounts) - 1) // 2 : len(amounts) // 2 + 1] if amounts else []


def _empty(expr: Expr, row: Row) -> bool:
    if is_boolean(expr.tree):
        return any(row[name] is None for name in expr.names)
    return _value(expr, row) is None


def _value(expr: Expr, row: Row) -> object:
    unknown = expr.names - row.keys()
    if unknown:
        raise ExpressionInvalid(f"算式“{expr.text}”用到的 {'、'.join(sorted(unknown))} 不在数据行中。")
    return expr.value(row)
