"""One aggregate query for all figures of a grain: what is counted in each row, then one GROUP BY."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import DataError, OperationalError, connection

from luoshi.core.errors import Invalid
from luoshi.core.expr import Expr, Kind
from luoshi.core.periods import Period, PeriodKind
from luoshi.kernel.filings.models import FilingFact
from luoshi.kernel.indicators.compiler import Column, Compiler, Sql
from luoshi.kernel.indicators.dialects import DIALECTS
from luoshi.kernel.indicators.measure import Empty, Measure, is_boolean
from luoshi.kernel.ledger.rows import milliseconds

TAG_PRIME = 2**31 - 1
TABLE = FilingFact._meta.db_table


@dataclass(frozen=True, slots=True)
class Wanted:
    """One figure to be computed: its meaning, the form whose filings it counts, the columns of its names."""

    measure: Measure
    form_ref: str
    columns: Mapping[str, Column]


@dataclass(frozen=True, slots=True)
class Sums:
    """The sums of one figure over one unit or all: exact num and den, rows, fingerprint parts."""

    num: Decimal
    den: Decimal
    base: int
    empties: int
    tags: int
    squares: int


NOTHING = Sums(Decimal(0), Decimal(0), 0, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class _Parts:
    """The columns of the inner query for one figure; ``num`` and ``den`` with their scale."""

    counted: Sql
    empty: Sql
    num: Sql
    den: Sql


def sums_of(
    wanted: Sequence[Wanted],
    period: Period,
    *,
    by_unit: bool,
    unit_ids: Collection[int] | None,
    at: datetime | None,
) -> list[dict[int | None, Sums]]:
    """Return, for each of ``wanted``, its sums by unit id (or under None for all units together).

    Rows: versions in force at ``at`` (None: now) whose period lies within ``period``. One query.
    Raises: ExpressionInvalid; Invalid when a sum leaves 64 bits.
    """
    if not wanted:
        return []
    parts = [_parts(each) for each in wanted]
    inner, params = _inner(parts, wanted, period, unit_ids, at)
    outer = ", ".join(
        f"SUM(k{i}), SUM(e{i}), SUM(k{i} * n{i}), SUM(k{i} * d{i}), SUM(k{i} * tag), "
        f"SUM(k{i} * ((tag * tag) %% {TAG_PRIME}))"
        for i in range(len(parts))
    )
    grouped = " GROUP BY unit_id" if by_unit else ""
    key = "unit_id" if by_unit else "NULL"
    found: list[dict[int | None, Sums]] = [{} for _ in wanted]
    for unit_id, *sums in _fetch(f"SELECT {key}, {outer} FROM ({inner}) AS rows_{grouped}", params):
        for i, part in enumerate(parts):
            found[i][unit_id] = _sums(part, sums[6 * i : 6 * i + 6])
    return found


def rows_counted(
    wanted: Wanted, period: Period, *, unit_ids: Collection[int] | None, at: datetime | None
) -> list[tuple[int, int, int, str]]:
    """Return (filing id, obligation id, unit id, period code) of the rows a figure counts, by period and
    unit.
    """
    inner, params = _inner([_parts(wanted)], [wanted], period, unit_ids, at)
    query = (
        f"SELECT filing_id, obligation_id, unit_id, period_code FROM ({inner}) AS rows_ WHERE k0 = 1 "
        "ORDER BY period_code, unit_code, filing_id"
    )
    return _fetch(query, params)


def _parts(wanted: Wanted) -> _Parts:
    measure = wanted.measure
    compiler = Compiler(wanted.columns, DIALECTS[connection.vendor])
    of_form = Sql("(form_ref = %s)", (wanted.form_ref,), Kind.BOOL, sure=True)
    where = [of_form] if measure.where is None else [of_form, compiler.truth(measure.where)]
    empty = [_emptiness(expr, compiler) for expr in measure.valued]
    any_empty = Sql("FALSE", (), Kind.BOOL, sure=True)
    if empty:
        any_empty = _joined("OR", empty)
    counted = where
    if empty and measure.empty is Empty.SKIP:
        counted = [*where, Sql(f"(NOT {any_empty.text})", any_empty.params, Kind.BOOL, sure=True)]
    return _Parts(
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


def _inner(
    parts: Sequence[_Parts],
    wanted: Sequence[Wanted],
    period: Period,
    unit_ids: Collection[int] | None,
    at: datetime | None,
) -> tuple[str, list[Any]]:
    columns = ["filing_id", "obligation_id", "unit_id", "unit_code", "period_code", "tag"]
    params: list[Any] = []
    for i, part in enumerate(parts):
        columns += [
            f"(CASE WHEN {part.counted.text} THEN 1 ELSE 0 END) AS k{i}",
            f"(CASE WHEN {part.empty.text} THEN 1 ELSE 0 END) AS e{i}",
            f"{part.num.text} AS n{i}",
            f"{part.den.text} AS d{i}",
        ]
        params += [*part.counted.params, *part.empty.params, *part.num.params, *part.den.params]
    forms = sorted({each.form_ref for each in wanted})
    conditions = [f"form_ref IN ({', '.join(['%s'] * len(forms))})"]
    params += forms
    conditions += _within(period, params)
    conditions += _in_force(at, params)
    if unit_ids is not None:
        listed = ", ".join(str(int(unit_id)) for unit_id in sorted(unit_ids)) or "NULL"
        conditions.append(f"unit_id IN ({listed})")
    return f"SELECT {', '.join(columns)} FROM {TABLE} WHERE {' AND '.join(conditions)}", params


def _within(period: Period, params: list[Any]) -> list[str]:
    """Rows of the period. Nodes of a year stand for the whole year each, so only the very node is meant."""
    if period.kind is PeriodKind.NODE:
        params.append(period.code)
        return ["period_code = %s"]
    months = period.months
    params += [months[0], months[-1], PeriodKind.NODE.value, period.start, period.end]
    return ["month BETWEEN %s AND %s", "period_kind <> %s", "period_start >= %s", "period_end <= %s"]


def _in_force(at: datetime | None, params: list[Any]) -> list[str]:
    if at is None:
        return ["to_ms IS NULL"]
    moment = milliseconds(at)
    params += [moment, moment]
    return ["from_ms <= %s", "(to_ms IS NULL OR to_ms > %s)"]


def _fetch(query: str, params: Sequence[Any]) -> list[tuple[Any, ...]]:
    try:
        with connection.cursor() as cursor:
            cursor.execute(query, params)
            return list(cursor.fetchall())
    except (DataError, OperationalError) as error:
        if "overflow" in str(error) or "out of range" in str(error):
            raise Invalid("合计超出可精确计算的范围，请缩短期间或改用较大的计量单位。") from error
        raise


def _sums(part: _Parts, row: Sequence[Any]) -> Sums:
    base, empties, num, den, tags, squares = (int(value or 0) for value in row)
    return Sums(
        num=Decimal(num).scaleb(-part.num.scale),
        den=Decimal(den).scaleb(-part.den.scale),
        base=base,
        empties=empties,
        tags=tags,
        squares=squares,
    )
