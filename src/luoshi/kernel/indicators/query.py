"""One aggregate query for all figures of a grain: what is counted in each row, then one GROUP BY."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from itertools import chain
from typing import Any

from django.db import DataError, OperationalError, connection

from luoshi.core.errors import Invalid
from luoshi.core.expr import Expr, Kind
from luoshi.core.periods import Period
from luoshi.kernel.indicators.compiler import Column, Compiler, Sql
from luoshi.kernel.indicators.dialects import DIALECTS
from luoshi.kernel.indicators.grains import END, FILING, PERIOD, Grain, filed_within, require_axis, within
from luoshi.kernel.indicators.measure import Empty, How, Measure, is_boolean
from luoshi.kernel.org.models import Unit

TAG_PRIME = 2**31 - 1
SUMS = 6


@dataclass(frozen=True, slots=True)
class Wanted:
    """One figure to be computed: its meaning, whose rows it counts, the columns of its names.

    ``scope``: the form or item type, and what else its grain asks for. ``axes``: time axis → month column.
    """

    measure: Measure
    scope: str
    columns: Mapping[str, Column]
    grain: Grain = FILING
    time: str = PERIOD
    axes: Mapping[str, str] = field(default_factory=dict)
    part: str = ""

    @property
    def owned(self) -> tuple[str, ...]:
        """Return what the scope columns of the grain must hold."""
        return (self.scope, self.part)[: len(self.grain.scope)]

    @property
    def judges(self) -> bool:
        """Say whether it reads how clocks stand, so that a moment is needed."""
        return any(name.endswith(".verdict") for name in self.measure.names)

    @property
    def joins(self) -> list[str]:
        """Return the joins that its names and its time axis need."""
        names = [*sorted(self.measure.names), *([self.time] if self.time in self.columns else [])]
        return [self.columns[name].needs for name in names if name in self.columns]


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

    Rows: versions in force at ``at`` (None: now) whose time axis lies within ``period``. One query for all
    figures of a grain, one more for each median. Rows of no unit are in no unit's figure.
    Raises: ExpressionInvalid; Invalid when a sum leaves 64 bits.
    """
    found: list[dict[int | None, Sums]] = [{} for _ in wanted]
    for word in sorted({want.grain.word for want in wanted}):
        places = [place for place, want in enumerate(wanted) if want.grain.word == word]
        query = _Query([wanted[place] for place in places], period, unit_ids, at)
        for place, sums in zip(places, query.sums(by_unit=by_unit), strict=True):
            found[place] = sums
    return found


def rows_counted(
    wanted: Wanted, period: Period, *, unit_ids: Collection[int] | None, at: datetime | None
) -> list[int]:
    """Return the ids of the rows a figure counts, in the order of its grain."""
    return _Query([wanted], period, unit_ids, at).rows()


class _Query:
    """The query over one grain: one inner row for each fact, with what each figure takes from it."""

    def __init__(
        self,
        wanted: Sequence[Wanted],
        period: Period,
        unit_ids: Collection[int] | None,
        at: datetime | None,
    ) -> None:
        self.wanted = wanted
        self.grain = wanted[0].grain
        self.period = period
        self.unit_ids = unit_ids
        self.at = at
        self.parts = [_parts(want, self._timed(want)) for want in wanted]

    def sums(self, *, by_unit: bool) -> list[dict[int | None, Sums]]:
        """Return the sums of each figure by unit id, or under None."""
        inner, params = self._inner()
        sums = ", ".join(
            f"SUM(k{i}), SUM(e{i}), SUM(k{i} * n{i}), SUM(k{i} * d{i}), SUM(k{i} * tag), "
            f"SUM(k{i} * ((tag * tag) %% {TAG_PRIME}))"
            for i in range(len(self.parts))
        )
        key, grouped = ("unit_key", " GROUP BY unit_key") if by_unit else ("NULL", "")
        rows = _fetch(f"SELECT {key}, {sums} FROM ({inner}) AS rows_{grouped}", params)
        middles = [
            _fetch(_middle(inner, i, by_unit=by_unit), params) if want.measure.how is How.MEDIAN else []
            for i, want in enumerate(self.wanted)
        ]
        ids = self._unit_ids(row[0] for row in rows) if by_unit else {None: None}
        found: list[dict[int | None, Sums]] = [{} for _ in self.wanted]
        for unit, *numbers in rows:
            if unit not in ids:
                continue
            for i, part in enumerate(self.parts):
                found[i][ids[unit]] = _sums(part, numbers[SUMS * i : SUMS * (i + 1)])
        for i, middle in enumerate(middles):
            for unit, total, count in middle:
                if unit in ids:
                    found[i][ids[unit]] = _halved(self.parts[i], found[i][ids[unit]], total, count)
        return found

    def rows(self) -> list[int]:
        """Return the ids of the rows that the first figure counts."""
        inner, params = self._inner()
        ordered = ", ".join(f"o{place}" for place in range(len(self.grain.order.split(", "))))
        query = f"SELECT row_id FROM ({inner}) AS rows_ WHERE k0 = 1 ORDER BY {ordered}"
        return [row_id for (row_id,) in _fetch(query, params)]

    def _unit_ids(self, keys: Any) -> dict[Any, int | None]:
        """Return unit key → id; the key of rows without a unit is not among them."""
        if not self.grain.coded:
            return {key: key for key in keys if key is not None}
        codes = [key for key in keys if key]
        return dict(Unit.objects.filter(code__in=codes).order_by("id").values_list("code", "id"))

    def _timed(self, want: Wanted) -> Sql:
        if want.time == END:
            return Sql("TRUE", (), Kind.BOOL, sure=True)
        if want.time == PERIOD:
            text, params = filed_within(self.period)
        else:
            text, params = within(self.period, require_axis(want.time, dict(want.axes)))
        return Sql(f"({text})", params, Kind.BOOL, sure=True)

    def _inner(self) -> tuple[str, list[Any]]:
        grain = self.grain
        columns = [f"{grain.row} AS row_id", f"{grain.unit} AS unit_key", "f.tag AS tag"]
        columns += [f"{sql} AS o{place}" for place, sql in enumerate(grain.order.split(", "))]
        params: list[Any] = []
        for i, part in enumerate(self.parts):
            columns += [
                f"(CASE WHEN {part.counted.text} THEN 1 ELSE 0 END) AS k{i}",
                f"(CASE WHEN {part.empty.text} THEN 1 ELSE 0 END) AS e{i}",
                f"{part.num.text} AS n{i}",
                f"{part.den.text} AS d{i}",
            ]
            params += [*part.counted.params, *part.empty.params, *part.num.params, *part.den.params]
        joins = dict.fromkeys(chain.from_iterable(want.joins for want in self.wanted))
        conditions = []
        for text, given in (self._scoped(), self._anytime(), grain.in_force(self.at), self._of_units()):
            if text:
                conditions.append(text)
                params += given
        joined = "".join(f" {join}" for join in joins if join)
        return (
            f"SELECT {', '.join(columns)} FROM {grain.table} AS f{joined} WHERE {' AND '.join(conditions)}",
            params,
        )

    def _scoped(self) -> tuple[str, Sequence[Any]]:
        """Rows of the forms or types that are counted at all, so that an index can be used."""
        if not self.grain.scope:
            return "", ()
        owners = sorted({want.scope for want in self.wanted})
        return f"{self.grain.scope[0]} IN ({', '.join(['%s'] * len(owners))})", owners

    def _anytime(self) -> tuple[str, Sequence[Any]]:
        """Rows that lie in the period on one of the time axes."""
        timed = list(dict.fromkeys((each.text, each.params) for each in map(self._timed, self.wanted)))
        text = " OR ".join(text for text, _ in timed)
        return f"({text})", [value for _, params in timed for value in params]

    def _of_units(self) -> tuple[str, Sequence[Any]]:
        if self.unit_ids is None:
            return "", ()
        keys: Sequence[Any] = sorted(self.unit_ids)
        if self.grain.coded:
            keys = list(Unit.objects.filter(pk__in=keys).order_by("code").values_list("code", flat=True))
        return f"{self.grain.unit} IN ({', '.join(['%s'] * len(keys)) or 'NULL'})", keys


def _middle(inner: str, place: int, *, by_unit: bool) -> str:
    """Return the query for the one or two middle values of a figure: (unit, their sum, how many)."""
    key, parted = ("unit_key", "PARTITION BY unit_key ") if by_unit else ("NULL", "")
    ranked = (
        f"SELECT unit_key, n{place} AS n, ROW_NUMBER() OVER ({parted}ORDER BY n{place}, row_id) AS r, "
        f"COUNT(*) OVER ({parted.strip()}) AS c FROM ({inner}) AS rows_ WHERE k{place} = 1"
    )
    grouped = " GROUP BY unit_key" if by_unit else ""
    return (
        f"SELECT {key}, SUM(n), COUNT(*) FROM ({ranked}) AS ranked WHERE 2 * r BETWEEN c AND c + 2{grouped}"
    )


def _parts(wanted: Wanted, timed: Sql) -> _Parts:
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


def _halved(part: _Parts, sums: Sums, total: Any, count: int) -> Sums:
    """Return the sums of a median: the sum of the middle values over how many they are."""
    num = Decimal(int(total or 0)).scaleb(-part.num.scale)
    return Sums(num, Decimal(count), sums.base, sums.empties, sums.tags, sums.squares)
