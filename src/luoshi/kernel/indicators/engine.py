"""Figures: indicators evaluated over a period, with numerator, denominator, rows and fingerprint."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal

from luoshi.core.actor import Actor
from luoshi.core.periods import Period
from luoshi.kernel.definitions.queries import Def, definition, definitions_named
from luoshi.kernel.filings.forms import form_def
from luoshi.kernel.filings.queries import FiledRow, filed_rows
from luoshi.kernel.indicators.grain import Named, moment_of, named_of, owner_of, wanted_of
from luoshi.kernel.indicators.grains import FILING, grain_of
from luoshi.kernel.indicators.item_names import Moment
from luoshi.kernel.indicators.measure import How, plain, printed, refuse_empty, value_of
from luoshi.kernel.indicators.parts import Wanted
from luoshi.kernel.indicators.query import NOTHING, Sums, rows_counted, rows_tagged, sums_of
from luoshi.kernel.items.queries import ItemRow, ids_in_sight, rows_of
from luoshi.kernel.items.types import type_of
from luoshi.kernel.ledger.queries import position

MOST_ITEMS = 200


@dataclass(frozen=True, slots=True)
class FigureResult:
    """One figure. ``value`` is not rounded; ``text`` is the printed form, "—" when there is nothing to state.

    ``den`` is None for counts and sums. ``base``: rows counted. ``position``: ledger position at that time.
    """

    ref: str
    title: str
    unit_id: int | None
    period: Period
    num: Decimal
    den: Decimal | None
    value: Decimal | None
    base: int
    fingerprint: str
    formula_hash: str
    pack_version: int
    position: int
    digits: int
    unit: str
    text: str


@dataclass(frozen=True, slots=True)
class RowsView:
    """The rows behind a figure: those the reader may see, and how many others there are.

    ``rows`` are filings, ``items`` items, at most 200 with ``more`` besides; one of the two is empty.
    ``columns``: (field key, title, unit of measure) of the fields the indicator reads, in the form's order.
    ``fingerprint`` is that of all rows, seen or not: equal to a stored one when the same rows still count.
    """

    rows: list[FiledRow]
    hidden: int
    columns: list[tuple[str, str, str]]
    fingerprint: str
    items: list[ItemRow] = field(default_factory=list)
    more: int = 0


@dataclass(frozen=True, slots=True)
class RowChange:
    """A row that counts differently than it did. ``row_id``: a filing, or an item."""

    row_id: int
    what: str


def evaluate(
    refs: Sequence[str],
    period: Period,
    *,
    by_unit: bool,
    unit_ids: Collection[int] | None = None,
    at: datetime | None = None,
    now: datetime | None = None,
    versions: Mapping[str, int] | None = None,
) -> dict[tuple[str, int | None], FigureResult]:
    """Evaluate indicators over the rows in force whose time axis lies within ``period``.

    All definitions of a pack come in one query, each form or item type is read once, and one query a grain
    makes all the sums.

    Keys: (ref, unit id), or (ref, None) when not ``by_unit``. With ``unit_ids`` only their rows count, and by
    unit each of them has a figure, with a base of 0 where it has no row; without it, those that have rows.
    ``at``: as things stood at that moment, which also judges what ran then. ``now``: judges what still runs
    when no ``at`` is given. ``versions``: pack → version, where not the newest is meant.
    Raises: NotFound (no such indicator), MissingInput (``empty: refuse`` and a blank), Invalid (overflow).
    """
    found = definitions_named("indicator", refs, versions)
    wanted = _wanted(found.values(), period, at, now)
    place = position()
    sums = sums_of(wanted, period, by_unit=by_unit, unit_ids=unit_ids, at=at)
    figures: dict[tuple[str, int | None], FigureResult] = {}
    for each, want, by_key in zip(found.values(), wanted, sums, strict=True):
        asked = sorted(unit_ids) if by_unit and unit_ids is not None else by_key if by_unit else [None]
        for unit_id in asked:
            total = by_key.get(unit_id, NOTHING)
            figures[each.ref, unit_id] = _figure(each, want, period, unit_id, total, place)
    return figures


def rows_behind(
    actor: Actor,
    ref: str,
    period: Period,
    unit_id: int | None = None,
    *,
    at: datetime | None = None,
    now: datetime | None = None,
    version: int | None = None,
) -> RowsView:
    """Open the rows a figure counts: those the actor may see with filing and event, the others counted.

    Raises: NotFound (no such indicator).
    """
    found = definition("indicator", ref, version)
    (wanted,) = _wanted([found], period, at, now)
    unit_ids = None if unit_id is None else [unit_id]
    counted = rows_counted(wanted, period, unit_ids=unit_ids, at=at)
    (sums,) = sums_of([wanted], period, by_unit=False, unit_ids=unit_ids, at=at)
    print_ = fingerprint(sums.get(None, NOTHING))
    named = wanted.measure.names
    if wanted.grain is FILING:
        rows = filed_rows(actor, counted)
        form = form_def(wanted.scope, found.pack_version)
        columns = [(field.key, field.title, field.unit) for field in form.fields if field.key in named]
        return RowsView(rows, len(counted) - len(rows), columns, print_)
    counted = list(dict.fromkeys(counted))
    seen = ids_in_sight(actor, counted)
    of = type_of(definition("item", wanted.scope, found.pack_version))
    columns = [(key, field.title, field.unit) for key, field in of.fields.items() if key in named]
    items = rows_of(seen[:MOST_ITEMS])
    return RowsView([], len(counted) - len(seen), columns, print_, items, len(seen) - len(items))


def rows_left_out(
    ref: str,
    period: Period,
    *,
    unit_ids: Collection[int] | None,
    at: datetime | None = None,
    now: datetime | None = None,
) -> int:
    """Return how many rows lie in the period but are not counted, by the condition or for a blank.

    Raises: NotFound (no such indicator).
    """
    (wanted,) = _wanted([definition("indicator", ref)], period, at, now)
    whole = replace(wanted.measure, where=None, num=None, den=None, how=How.COUNT)
    (all_, own) = sums_of(
        [replace(wanted, measure=whole), wanted], period, by_unit=False, unit_ids=unit_ids, at=at
    )
    return all_.get(None, NOTHING).base - own.get(None, NOTHING).base


def rows_then_and_now(
    ref: str, period: Period, *, unit_ids: Collection[int] | None, then: datetime, now: datetime
) -> list[RowChange]:
    """Return the rows that make the difference between the figure as of ``then`` and the present one.

    A filing that was corrected is two rows: the version that counted no more and the one that does. One query
    for each of the two moments. Raises: NotFound (no such indicator).
    """
    found = definition("indicator", ref)
    (was,), (present,) = _wanted([found], period, then, now), _wanted([found], period, None, now)
    before = rows_tagged(was, period, unit_ids=unit_ids, at=then)
    after = rows_tagged(present, period, unit_ids=unit_ids, at=None)
    changes = [RowChange(key, "不再计入") for key in before if key not in after]
    changes += [RowChange(key, "新计入") for key in after if key not in before]
    changes += [RowChange(key, "内容有变") for key in after if before.get(key, after[key]) != after[key]]
    return sorted(changes, key=lambda change: (change.row_id, change.what))


def fingerprint(sums: Sums) -> str:
    """Return in hex the number of rows, the sum of their 31-bit tags, and of the squares mod 2^31-1.

    It names the rows and their values well enough to notice a change; it is no proof against a forger.
    """
    return f"{sums.base:x}-{sums.tags:x}-{sums.squares:x}"


def _wanted(
    indicators: Iterable[Def], period: Period, at: datetime | None, now: datetime | None
) -> list[Wanted]:
    named: dict[tuple[str, tuple[str, str], str, int, Moment], Named] = {}
    wanted = []
    for found in indicators:
        moment = moment_of(found, period, at, now)
        word = grain_of(found.body["grain"]).word
        owner = word, owner_of(found.body), found.pack, found.pack_version, moment
        if owner not in named:
            named[owner] = named_of(found, moment)
        want = wanted_of(found, named[owner], moment)
        if now is None and at is None and want.judges:
            raise ValueError(f"{found.ref} reads how clocks stand: say when")
        wanted.append(want)
    return wanted


def _figure(
    found: Def, wanted: Wanted, period: Period, unit_id: int | None, sums: Sums, place: int
) -> FigureResult:
    measure = wanted.measure
    refuse_empty(measure, sums.empties)
    num = plain(sums.num)
    den = plain(sums.den) if measure.divided else None
    value = value_of(measure, num, den, sums.base)
    return FigureResult(
        ref=found.ref,
        title=measure.title,
        unit_id=unit_id,
        period=period,
        num=num,
        den=den,
        value=value,
        base=sums.base,
        fingerprint=fingerprint(sums),
        formula_hash=found.body_hash,
        pack_version=found.pack_version,
        position=place,
        digits=measure.digits,
        unit=measure.unit,
        text=printed(value, num, den, measure.digits, measure.unit),
    )
