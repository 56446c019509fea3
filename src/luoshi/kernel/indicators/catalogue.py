"""The catalogue of indicators and what its cards show: comparisons, trend, units, versions, as-of."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from luoshi.core.actor import Actor
from luoshi.core.errors import Invalid, MissingInput
from luoshi.core.periods import Period, PeriodKind, parse_period, period_of
from luoshi.kernel.access.queries import units_in_sight
from luoshi.kernel.definitions.queries import Def, definitions_ever, definitions_of, pack_versions
from luoshi.kernel.filings.models import Filing, FilingFact, Obligation
from luoshi.kernel.indicators.engine import FigureResult, RowChange, evaluate
from luoshi.kernel.indicators.grain import owner_of
from luoshi.kernel.indicators.grains import FILING, grain_of
from luoshi.kernel.items.models import Item
from luoshi.kernel.items.queries import ids_in_sight
from luoshi.kernel.ledger.queries import EventView, events_of
from luoshi.kernel.org.models import Unit

TREND = 12
MOST_CHANGES = 50
WAY_TITLES = {
    "count": "计数",
    "sum": "合计",
    "mean": "平均",
    "median": "中位数",
    "share": "占比",
    "num": "比率",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One indicator of the catalogue. ``area``: the title of its pack; ``counts``: what it counts."""

    ref: str
    title: str
    pack: str
    area: str
    counts: str
    way: str
    unit: str

    @property
    def way_title(self) -> str:
        """Return how it is made, in a word."""
        return WAY_TITLES[self.way]

    def fits(self, text: str, pack: str, way: str) -> bool:
        """Say whether it has a word in its name, code or what it counts, and is of a pack and way."""
        named = f"{self.title} {self.ref} {self.counts}".lower()
        return text.lower() in named and pack in ("", self.pack) and way in ("", self.way)


@dataclass(frozen=True, slots=True)
class Compared:
    """A figure of another period beside the one shown; ``figure`` None where it refuses to be computed."""

    title: str
    period: Period
    figure: FigureResult | None


@dataclass(frozen=True, slots=True)
class UnitFigure:
    """The figure of one unit."""

    code: str
    title: str
    figure: FigureResult


@dataclass(frozen=True, slots=True)
class VersionRow:
    """One version of a pack in which a definition changed."""

    version: int
    installed_at: datetime
    title: str
    digest: str


@dataclass(frozen=True, slots=True)
class ChangeView:
    """A row that makes a difference, with the events since, for who may see it."""

    label: str
    what: str
    root: tuple[str, int]
    events: tuple[EventView, ...]


def catalogue() -> list[Entry]:
    """Return the indicators in force, by area and place in its file. Four queries."""
    areas = {row.pack: row.title for row in pack_versions() if row.newest}
    owners = {("form", each.ref): each.title for each in definitions_of("form")}
    owners |= {("item", each.ref): each.title for each in definitions_of("item")}
    return [_entry(each, areas, owners) for each in definitions_of("indicator")]


def _entry(found: Def, areas: dict[str, str], owners: dict[tuple[str, str], str]) -> Entry:
    kind, key = owner_of(found.body)
    owner = owners.get((kind, f"{found.pack}.{key}"), key)
    way = next(name for name in WAY_TITLES if found.body.get(name) is not None)
    counted = grain_of(found.body["grain"]).title
    return Entry(
        ref=found.ref,
        title=found.title,
        pack=found.pack,
        area=areas.get(found.pack, found.pack),
        counts=f"{counted}“{owner}”",
        way=way,
        unit=found.body["unit"],
    )


def default_period(found: Def, today: date) -> Period:
    """Return the period a card opens with: the newest that was filed, or the current month."""
    if grain_of(found.body["grain"]) is FILING:
        facts = FilingFact.objects.filter(form_ref=f"{found.pack}.{found.body['form']}", to_ms=None)
        code = facts.order_by("-period_end", "-period_code").values_list("period_code", flat=True).first()
        if code is not None:
            return parse_period(code)
    return period_of(PeriodKind.MONTH, today)


def compared(
    ref: str, period: Period, *, unit_ids: Collection[int] | None, at: datetime | None, now: datetime
) -> list[Compared]:
    """Return the figures of the period before, of the same one last year, and of the year to date."""
    beside = [("上期", period.previous()), ("去年同期", period.same_last_year())]
    if period.kind in (PeriodKind.MONTH, PeriodKind.QUARTER, PeriodKind.HALF):
        beside.append(("年初至今", _year_to_date(period)))
    return [Compared(title, each, _figure_or_none(ref, each, unit_ids, at, now)) for title, each in beside]


def _year_to_date(period: Period) -> Period:
    year, last = period.end.year, period.end.month
    return parse_period(f"{year}-01" if last == 1 else f"{year}-01..{year}-{last:02}")


def trend(
    ref: str, period: Period, *, unit_ids: Collection[int] | None, at: datetime | None, now: datetime
) -> list[tuple[Period, FigureResult | None]]:
    """Return the figure of twelve periods of the same kind, the one given last. One query for each."""
    periods = [period]
    while len(periods) < TREND:
        periods.insert(0, periods[0].previous())
    return [(each, _figure_or_none(ref, each, unit_ids, at, now)) for each in periods]


def _figure_or_none(
    ref: str, period: Period, unit_ids: Collection[int] | None, at: datetime | None, now: datetime
) -> FigureResult | None:
    """Return a figure; None where its definition refuses, as for a blank or an overflow."""
    try:
        return evaluate([ref], period, by_unit=False, unit_ids=unit_ids, at=at, now=now)[ref, None]
    except (Invalid, MissingInput):
        return None


def by_unit(
    actor: Actor, ref: str, period: Period, *, at: datetime | None, now: datetime
) -> list[UnitFigure]:
    """Return the figure of each unit in the actor's sight that has rows, in the order of units.

    None where the definition refuses, as for a blank.
    """
    sight = units_in_sight(actor, date.max)
    try:
        found = evaluate([ref], period, by_unit=True, at=at, now=now)
    except (Invalid, MissingInput):
        return []
    figures = {unit_id: figure for (_, unit_id), figure in found.items() if unit_id in sight}
    units = Unit.objects.filter(pk__in=figures.keys()).order_by("sort", "code")
    return [UnitFigure(unit.code, unit.title, figures[unit.pk]) for unit in units]


def versions_of(ref: str) -> list[VersionRow]:
    """Return the pack versions in which a definition was new or differs from before, the newest first."""
    packs = {row.id: row for row in pack_versions(ref.partition(".")[0])}
    rows: list[VersionRow] = []
    for found in sorted(definitions_ever("indicator", ref), key=lambda each: each.pack_version):
        if not rows or rows[-1].digest != found.body_hash:
            installed = packs[found.pack_version_id].installed_at
            rows.append(VersionRow(found.pack_version, installed, found.title, found.body_hash))
    return rows[::-1]


def changes_in_sight(
    actor: Actor, found: Def, changes: Sequence[RowChange], since: datetime
) -> tuple[list[ChangeView], int]:
    """Return what made a difference since a moment, for who may see it, and how many others there are.

    At most 50 rows with their events; those beyond count among the others.
    """
    ids = list(dict.fromkeys(change.row_id for change in changes))
    if grain_of(found.body["grain"]) is FILING:
        roots = _obligations(actor, ids)
    else:
        seen = ids_in_sight(actor, ids)[:MOST_CHANGES]
        numbers = dict(Item.objects.filter(pk__in=seen).order_by("id").values_list("pk", "number"))
        roots = {item_id: ("item", item_id, number) for item_id, number in numbers.items()}
    views: list[ChangeView] = []
    for change in changes:
        root = roots.get(change.row_id)
        if root is not None and len(views) < MOST_CHANGES:
            kind, root_id, label = root
            events = tuple(event for event in events_of(kind, root_id) if event.at > since)
            views.append(ChangeView(label, change.what, (kind, root_id), events))
    return views, len(changes) - len(views)


def _obligations(actor: Actor, filing_ids: Sequence[int]) -> dict[int, tuple[str, int, str]]:
    """Return filing id → (root type, root id, label) of the filings of units in sight."""
    sight = units_in_sight(actor, date.max)
    filings = Filing.objects.filter(pk__in=filing_ids[:500]).order_by("id").values_list("pk", "obligation_id")
    owners = dict(filings)
    rows = Obligation.objects.filter(pk__in=owners.values(), unit_id__in=sight).select_related("unit")
    named = {row.pk: f"{row.unit.title} 第 {row.current_version} 版" for row in rows.order_by("id")}
    return {
        filing_id: (Obligation.ledger_type, owner, named[owner])
        for filing_id, owner in owners.items()
        if owner in named
    }
