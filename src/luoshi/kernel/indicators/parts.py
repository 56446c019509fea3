"""What one figure takes from each row, as SQL: whether it counts, whether a value is blank, what it adds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import connection

from luoshi.core.expr import Expr, Kind
from luoshi.kernel.indicators.compiler import Column, Compiler, Sql
from luoshi.kernel.indicators.dialects import DIALECTS
from luoshi.kernel.indicators.grains import FILING, PERIOD, Grain
from luoshi.kernel.indicators.measure import Empty, Measure, is_boolean


@dataclass(frozen=True, slots=True)
class Wanted:
    """One figure to be computed: its meaning, whose rows it counts, the columns of its names.

    ``scope``: the form or item type, ``part``: the clock where clocks are counted. ``axes``: time axis →
    month column. ``always``: a join that its rows need in any case. ``as_of``: the moment at
    which its rows stand, whatever else is asked: the end of the period.
    """

    measure: Measure
    scope: str
    columns: Mapping[str, Column]
    grain: Grain = FILING
    time: str = PERIOD
    axes: Mapping[str, str] = field(default_factory=dict)
    part: str = ""
    always: str = ""
    as_of: datetime | None = None

    @property
    def owned(self) -> tuple[str, ...]:
        """Return what the scope columns of the grain must hold."""
        return (self.scope, self.part)[: len(self.grain.scope)]

    @property
    def judges(self) -> bool:
        """Say whether it reads how clocks stand, so that a moment is needed."""
        return any(name.rpartition(".")[2] == "verdict" for name in self.measure.names)

    @property
    def joins(self) -> list[str]:
        """Return the joins that its names and its time axis need."""
        names = [*sorted(self.measure.names), *([self.time] if self.time in self.columns else [])]
        return [self.always, *(self.columns[name].needs for name in names if name in self.columns)]


@dataclass(frozen=True, slots=True)
class Parts:
    """The columns of the inner query for one figure; ``num`` and ``den`` with their scale."""

    counted: Sql
    empty: Sql
    num: Sql
    den: Sql


def parts_of(wanted: Wanted, timed: Sql) -> Parts:
    """Return what a figure takes from each row; ``timed``: whether a row lies in the period."""
    measure = wanted.measure
    compiler = Compiler(wanted.columns, DIALECTS[connection.vendor])
    where = [timed]
    for column, value in zip(wanted.grain.scope, wanted.owned, strict=True):
        where.append(Sql(f"({column} = %s)", (value,), Kind.BOOL, sure=True))
    if measure.where is not None:
        where.append(compiler.truth(measure.where))
    empty = [_emptiness(expr, compiler) for expr in measure.valued]
    any_empty = Sql("FALSE", (), Kind.BOOL, sure=True)
    if empty:
        any_empty = _joined("OR", empty)
    counted = where
    if empty and measure.empty is Empty.SKIP:
        counted = [*where, Sql(f"(NOT {any_empty.text})", any_empty.params, Kind.BOOL, sure=True)]
    return Parts(
        counted=_joined("AND", counted),
        empty=_joined("AND", [*where, any_empty]),
        num=_amount(measure.num, compiler),
        den=_amount(measure.den, compiler),
    )


def _joined(word: str, conditions: Sequence[Sql]) -> Sql:
    text = "(" + f" {word} ".join(each.text for each in conditions) + ")"
    return Sql(text, tuple(p for each in conditions for p in each.params), Kind.BOOL, sure=True)


def _emptiness(expr: Expr, compiler: Compiler) -> Sql:
    """A number is empty when it is null, a condition when one of the names it reads is."""
    if is_boolean(expr.tree):
        compiler.truth(expr)
        columns = sorted(compiler.names[name].sql for name in expr.names)
        text = " OR ".join(f"{column} IS NULL" for column in columns) or "FALSE"
        return Sql(f"({text})", (), Kind.BOOL, sure=True)
    number = compiler.compile(expr)
    return Sql(f"({number.text} IS NULL)", number.params, Kind.BOOL, sure=True)


def _amount(expr: Expr | None, compiler: Compiler) -> Sql:
    """What one row adds: 1 when rows are counted, its number, or 1 where its condition is true."""
    if expr is None:
        return Sql("1", (), Kind.NUMBER)
    if is_boolean(expr.tree):
        truth = compiler.truth(expr)
        return Sql(f"(CASE WHEN {truth.text} THEN 1 ELSE 0 END)", truth.params, Kind.NUMBER)
    number = compiler.compile(expr)
    return Sql(f"COALESCE({number.text}, 0)", number.params, Kind.NUMBER, number.scale)
