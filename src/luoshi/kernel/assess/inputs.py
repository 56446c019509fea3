"""From a scheme and a period to scored sheets: picks the units of each group and evaluates the indicators."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from luoshi.core.periods import Period, parse_period
from luoshi.kernel.assess.compute import ScoredUnit, SheetResult, indicator_keys, score
from luoshi.kernel.definitions.queries import Def, definition, definitions_named
from luoshi.kernel.filings.models import Answer, Obligation
from luoshi.kernel.indicators.engine import FigureResult, evaluate
from luoshi.kernel.ledger.queries import position
from luoshi.kernel.org.queries import units_selected


@dataclass(frozen=True)
class Scored:
    """A scheme scored over a period.

    ``figures``: (indicator key, unit id) → figure; ``position``: ledger position of the reading.
    """

    scheme: Def
    period: Period
    sheets: Sequence[SheetResult]
    figures: Mapping[tuple[str, int], FigureResult]
    position: int


def score_period(
    scheme_ref: str,
    period: Period,
    *,
    version: int | None = None,
    at: datetime | None = None,
    now: datetime | None = None,
) -> Scored:
    """Score a scheme (newest installed, or the given pack version) over a period, as of ``at`` (default now).

    ``now``: the moment that judges running clocks when no ``at`` is given.

    Raises: NotFound (no such scheme), MissingInput.
    """
    scheme = definition("scheme", scheme_ref, version)
    groups = scheme_units(scheme, period.end)
    unit_ids = {unit.id for units in groups.values() for unit in units}
    found = evaluate(
        _indicator_refs(scheme),
        period,
        by_unit=True,
        unit_ids=unit_ids,
        at=at,
        now=now,
        versions=_versions(scheme),
    )
    figures = {
        (ref.partition(".")[2], unit_id): figure
        for (ref, unit_id), figure in found.items()
        if unit_id is not None
    }
    return Scored(scheme, period, score(scheme.body, groups, figures), figures, position())


def scored_periods(scheme: Def, within: Period) -> list[Period]:
    """Return the periods for which a scheme has filed inputs inside ``within``, in order.

    A scheme over a monthly form is scored month by month; when the period itself was filed, that one only.
    """
    indicators = definitions_named("indicator", _indicator_refs(scheme), _versions(scheme))
    forms = {f"{each.pack}.{each.body['form']}" for each in indicators.values() if each.body["form"]}
    if not forms:
        return [within]
    codes = (
        Obligation.objects.filter(
            form_ref__in=forms,
            period_start__gte=within.start,
            period_end__lte=within.end,
            answer=Answer.FILED,
        )
        .order_by("period_start", "period_code")
        .values_list("period_code", flat=True)
        .distinct()
    )
    found = list(dict.fromkeys(codes))
    return [within] if within.code in found else [parse_period(code) for code in found]


def _indicator_refs(scheme: Def) -> list[str]:
    return [f"{scheme.pack}.{key}" for key in indicator_keys(scheme.body)]


def _versions(scheme: Def) -> dict[str, int]:
    return {scheme.pack: scheme.pack_version}


def scheme_units(scheme: Def, on: date) -> dict[str, list[ScoredUnit]]:
    """Return the units of each group of a scheme under the unit tree of ``on``, in tree order."""
    return {
        group["key"]: [
            ScoredUnit(unit.id, unit.code, unit.title, order)
            for order, unit in enumerate(units_selected(group["of"], on))
        ]
        for group in scheme.body["groups"]
    }


def sheets_hash(sheets: Sequence[SheetResult]) -> str:
    """Return the SHA-256 over the canonical bytes of all sheets in order, each ended by a line feed."""
    joined = b"".join(sheet.canonical() + b"\n" for sheet in sheets)
    return hashlib.sha256(joined).hexdigest()
