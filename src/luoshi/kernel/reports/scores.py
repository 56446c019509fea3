"""The ``{scheme.…}`` holes: what prose may say of a round as a whole."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from luoshi.core.errors import MissingInput
from luoshi.core.formulas import Rounding, rounded
from luoshi.kernel.assess.compute import SheetResult
from luoshi.kernel.documents.tree import Text
from luoshi.kernel.reports.bounds import Bound
from luoshi.kernel.reports.material import Material, ScoredRound


def scheme_hole(name: str, material: Material) -> Text | Bound:
    """Return what ``{scheme.name}`` says: units are words, numbers are bound figures.

    Raises: MissingInput when the report covers no round, or several (then there is no "the" first unit).
    """
    scored = _the_round(material)
    ranked = [sheet for sheet in scored.sheets if sheet.rank is not None]
    if name == "count":
        return _round_bound("count", str(len(ranked)), scored, material)
    if not ranked:
        raise MissingInput(f"{scored.period.title}没有参加排名的单位，不能写“{{scheme.{name}}}”。")
    if name == "mean":
        return _round_bound("mean", _mean(ranked, material), scored, material)
    end, part = name.split(".")
    place = 1 if end == "first" else max(sheet.rank or 0 for sheet in ranked)
    there = [sheet for sheet in ranked if sheet.rank == place]
    if part == "unit":
        return Text("、".join(sheet.unit.title for sheet in there))
    return total_bound(there[0], scored, material)


def total_bound(sheet: SheetResult, scored: ScoredRound, material: Material) -> Bound:
    """Bind the total of a sheet."""
    return sheet_bound("total", score_text(sheet.total, material), sheet, scored, material)


def sheet_bound(part: str, text: str, sheet: SheetResult, scored: ScoredRound, material: Material) -> Bound:
    """Bind something a whole sheet says: its total or its rank."""
    assert material.scheme is not None
    return Bound(
        key=f"{part}.{place_key(sheet.unit.code, scored, material)}",
        text=text,
        kind="sheet",
        part=part,
        ref=material.scheme.ref,
        period=scored.period.code,
        unit_id=sheet.unit.id,
        row_id=sheet.row_id,
    )


def place_key(unit_code: str, scored: ScoredRound, material: Material) -> str:
    """Return the end of a figure key: the unit, and the period when the report spans several."""
    return unit_code if len(material.rounds) == 1 else f"{unit_code}.{scored.period.code}"


def score_text(value: Decimal | None, material: Material) -> str:
    """Print a total with the digits of its scheme; "—" when there is none."""
    if value is None:
        return "—"
    return f"{rounded(value, _digits(material), Rounding.HALF_UP):f}"


def _the_round(material: Material) -> ScoredRound:
    if len(material.rounds) != 1:
        raise MissingInput(
            f"{material.period.title}内有 {len(material.rounds)} 个考核期，"
            "“第一名”“平均分”等只能按一个考核期写。"
        )
    return material.rounds[0]


def _round_bound(part: str, text: str, scored: ScoredRound, material: Material) -> Bound:
    assert material.scheme is not None
    return Bound(
        key=f"scheme.{part}",
        text=text,
        kind="round",
        part=part,
        ref=material.scheme.ref,
        period=scored.period.code,
        row_id=scored.round_id,
    )


def _mean(ranked: Sequence[SheetResult], material: Material) -> str:
    totals = [sheet.total for sheet in ranked if sheet.total is not None]
    return f"{rounded(sum(totals, Decimal(0)) / len(totals), _digits(material), Rounding.HALF_UP):f}"


def _digits(material: Material) -> int:
    assert material.scheme is not None
    combine = material.scheme.body["combine"]
    return 0 if combine == "none" else int(combine["digits"])
