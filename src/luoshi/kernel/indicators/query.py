"""One aggregate query for all figures of a grain: what is counted in each row, then one GROUP BY."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import chain
from typing import Any

from django.db import DataError, OperationalError, connection

from luoshi.core.errors import Invalid
from luoshi.core.expr import Kind
from luoshi.core.periods import Period
from luoshi.kernel.indicators.compiler import Sql
from luoshi.kernel.indicators.grains import END, PERIOD, filed_within, require_axis, within
from luoshi.kernel.indicators.measure import How
from luoshi.kernel.indicators.parts import Parts, Wanted, parts_of
from luoshi.kernel.org.models import Unit

TAG_PRIME = 2**31 - 1
SUMS = 6


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
    for group in dict.fromkeys((want.grain.word, want.as_of) for want in wanted):
        places = [place for place, want in enumerate(wanted) if (want.grain.word, want.as_of) == group]
        query = _Query([wanted[place] for place in places], period, unit_ids, at)
        for place, sums in zip(places, query.sums(by_unit=by_unit), strict=True):
            found[place] = sums
    return found


def rows_counted(
    wanted: Wanted, period: Period, *, unit_ids: Collection[int] | None, at: datetime | None
) -> list[int]:
    """Return the ids of the rows a figure counts, in the order of its grain."""
    return _Query([wanted], period, unit_ids, at).rows()


def rows_tagged(
    wanted: Wanted, period: Period, *, unit_ids: Collection[int] | None, at: datetime | None
) -> dict[int, tuple[Any, ...]]:
    """Return row id → what the figure took from it: the sums of tags and amounts of its rows."""
    return _Query([wanted], period, unit_ids, at).tagged()


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
        self.at = wanted[0].as_of or at
        self.parts = [parts_of(want, self._timed(want)) for want in wanted]

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

    def tagged(self) -> dict[int, tuple[Any, ...]]:
        """Return row id → (rows, tags, num, den) of the rows that the first figure counts."""
        inner, params = self._inner()
        query = (
            f"SELECT row_id, COUNT(*), SUM(tag), SUM(n0), SUM(d0) FROM ({inner}) AS rows_ "
            "WHERE k0 = 1 GROUP BY row_id ORDER BY row_id"
        )
        return {row_id: tuple(map(int, sums)) for row_id, *sums in _fetch(query, params)}

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


def _fetch(query: str, params: Sequence[Any]) -> list[tuple[Any, ...]]:
    try:
        with connection.cursor() as cursor:
            cursor.execute(query, params)
            return list(cursor.fetchall())
    except (DataError, OperationalError) as error:
        if "overflow" in str(error) or "out of range" in str(error):
            raise Invalid("合计超出可精确计算的范围，请缩短期间或改用较大的计量单位。") from error
        raise


def _sums(part: Parts, row: Sequence[Any]) -> Sums:
    base, empties, num, den, tags, squares = (int(value or 0) for value in row)
    return Sums(
        num=Decimal(num).scaleb(-part.num.scale),
        den=Decimal(den).scaleb(-part.den.scale),
        base=base,
        empties=empties,
        tags=tags,
        squares=squares,
    )


def _halved(part: Parts, sums: Sums, total: Any, count: int) -> Sums:
    """Return the sums of a median: the sum of the middle values over how many they are."""
    num = Decimal(int(total or 0)).scaleb(-part.num.scale)
    return Sums(num, Decimal(count), sums.base, sums.empties, sums.tags, sums.squares)
