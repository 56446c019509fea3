"""What a report is made of: the figures and score sheets its lines ask for, read for one period."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cached_property

from luoshi.core.formulas import rounded
from luoshi.core.periods import Period
from luoshi.kernel.assess.compute import SheetResult
from luoshi.kernel.assess.inputs import score_period, scored_periods
from luoshi.kernel.assess.queries import published_round, stored_results
from luoshi.kernel.definitions.queries import Def, definition, slot_target
from luoshi.kernel.indicators.engine import FigureResult, evaluate
from luoshi.kernel.ledger.queries import position
from luoshi.kernel.org.queries import UnitNode, unit_find, unit_tree
from luoshi.kernel.reports.holes import indicator_keys_in_prose, indicator_keys_in_tables

MOST_DIGITS = 2


@dataclass(frozen=True)
class ScoredRound:
    """The sheets of one period. ``round_id`` is None while no published round stands behind them."""

    period: Period
    round_id: int | None
    sheets: Sequence[SheetResult]


@dataclass(frozen=True)
class Material:
    """Everything a composition reads.

    ``overall``: indicator key → figure over all units; ``by_unit``: (indicator key, unit id) → figure;
    ``units``: unit id → unit, in tree order; ``position``: ledger position the figures were read at.
    """

    report: Def
    period: Period
    organ: str
    overall: Mapping[str, FigureResult]
    by_unit: Mapping[tuple[str, int], FigureResult]
    units: Mapping[int, UnitNode]
    scheme: Def | None
    rounds: Sequence[ScoredRound]
    position: int

    @property
    def empty(self) -> bool:
        """Say whether nothing was filed in the period that the report could state."""
        figures = (*self.overall.values(), *self.by_unit.values())
        return not self.rounds and not any(figure.base for figure in figures)

    @property
    def ranks(self) -> bool:
        """Say whether the report's scheme ranks units, so that those left out of the ranks must be named."""
        return self.scheme is not None and self.scheme.body["rank"] != "none"

    @cached_property
    def points_digits(self) -> Mapping[str, int]:
        """Return criterion key → decimals its points are printed with, and under "" those of all points.

        As many as the longest number has, at most two.
        """
        digits: dict[str, int] = {"": 0}
        for line in (line for scored in self.rounds for sheet in scored.sheets for line in sheet.lines):
            points = Decimal(0) if line.points is None else rounded(line.points, MOST_DIGITS).normalize()
            used = max(-int(points.as_tuple().exponent), 0)
            digits[line.key] = max(digits.get(line.key, 0), used)
            digits[""] = max(digits[""], used)
        return digits


def material_of(report_ref: str, period: Period, *, now: datetime, version: int | None = None) -> Material:
    """Read what a report needs for a period.

    Scores come from the published round of their period when there is one, else from the present records.
    Raises: NotFound (no such report), MissingInput (the scheme refuses to score incomplete inputs).
    """
    report = definition("report", report_ref, version)
    rounds: list[ScoredRound] = []
    scheme = None
    if report.body.get("scheme"):
        scheme = definition("scheme", f"{report.pack}.{report.body['scheme']}", report.pack_version)
        rounds = [_round(scheme, each, now) for each in scored_periods(scheme, period)]
    return Material(
        report=report,
        period=period,
        organ=_organ(report),
        overall=_overall(report, period, now),
        by_unit=_by_unit(report, period, now),
        units={unit.id: unit for unit in unit_tree(period.end)},
        scheme=scheme,
        rounds=rounds,
        position=position(),
    )


def _round(scheme: Def, period: Period, now: datetime) -> ScoredRound:
    found = published_round(scheme.ref, period)
    if found is not None:
        return ScoredRound(period, found.pk, stored_results(found))
    scored = score_period(scheme.ref, period, version=scheme.pack_version, now=now)
    return ScoredRound(period, None, scored.sheets)


def _overall(report: Def, period: Period, now: datetime) -> dict[str, FigureResult]:
    keys = indicator_keys_in_prose(report.body)
    found = evaluate(
        [f"{report.pack}.{key}" for key in keys], period, by_unit=False, now=now, versions=_versions(report)
    )
    return {ref.partition(".")[2]: figure for (ref, _), figure in found.items()}


def _by_unit(report: Def, period: Period, now: datetime) -> dict[tuple[str, int], FigureResult]:
    keys = indicator_keys_in_tables(report.body)
    found = evaluate(
        [f"{report.pack}.{key}" for key in keys], period, by_unit=True, now=now, versions=_versions(report)
    )
    return {
        (ref.partition(".")[2], unit_id): figure
        for (ref, unit_id), figure in found.items()
        if unit_id is not None
    }


def _versions(report: Def) -> dict[str, int]:
    return {report.pack: report.pack_version}


def _organ(report: Def) -> str:
    """Return the title of the unit that issues the report, from the slot that the district bound."""
    _, code = slot_target(report.pack, report.body["organ"])
    unit = unit_find(code)
    return unit.title if unit is not None else code
