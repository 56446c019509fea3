"""Reading rounds and sheets, limited to what the actor may see; and the explanation of a point."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import Count, QuerySet

from luoshi.core.actor import Actor
from luoshi.core.errors import MissingInput, NotFound
from luoshi.core.periods import Period, parse_period
from luoshi.kernel.access.policy import can, require_right
from luoshi.kernel.assess.compute import LineResult, ScoredUnit, SheetResult
from luoshi.kernel.assess.inputs import score_period, sheets_hash
from luoshi.kernel.assess.models import Line, Round, Sheet
from luoshi.kernel.assess.sight import round_visible, rounds_visible, sheets_visible
from luoshi.kernel.definitions.queries import Def, definition, definitions_of
from luoshi.kernel.indicators.engine import RowsView, rows_behind

__all__ = [
    "line_explained",
    "published_round",
    "round_compared",
    "round_visible",
    "rounds_visible",
    "scheme_of",
    "schemes_visible",
    "sheets_visible",
    "stored_results",
]


@dataclass(frozen=True)
class SchemeCard:
    """A scheme as the list of rounds shows it."""

    scheme: Def
    title: str
    basis: str
    rounds: int


@dataclass(frozen=True)
class LineExplained:
    """Why a line has its points: steps in words, the scheme's note, the rows the value was taken from."""

    line: Line
    sheet: Sheet
    round: Round
    scheme: Def
    rows: RowsView | None


@dataclass(frozen=True)
class Comparison:
    """A published round against the present records. ``changed``: (unit title, published, present) totals."""

    same: bool
    refused: str
    changed: tuple[tuple[str, Decimal | None, Decimal | None], ...]


def line_explained(actor: Actor, line_id: int, now: datetime) -> LineExplained:
    """Return why a line has its points. Raises: NotFound when the line or its round may not be seen."""
    line = (
        Line.objects.select_related("sheet__round__definition__pack_version", "sheet__unit", "figure")
        .filter(pk=line_id)
        .first()
    )
    if line is None:
        raise NotFound("没有这个得分项，或您无权查看。")
    scored = round_visible(actor, line.sheet.round_id)
    if not sheets_visible(actor, scored.pk).filter(pk=line.sheet_id).exists():
        raise NotFound("没有这个得分项，或您无权查看。")
    scheme = scheme_of(scored)
    rows = None
    if line.figure is not None:
        rows = rows_behind(
            actor,
            line.figure.indicator_ref,
            parse_period(scored.period_code),
            line.sheet.unit_id,
            now=now,
            version=line.figure.pack_version,
        )
    return LineExplained(line, line.sheet, scored, scheme, rows)


def scheme_of(scored: Round) -> Def:
    """Return the scheme under which a round was computed, in the version of that time."""
    return definition("scheme", scored.scheme_ref, scored.definition.pack_version.version)


def schemes_visible(actor: Actor) -> list[SchemeCard]:
    """Return the installed schemes with the number of rounds the actor may see."""
    if not can(actor, "round.view"):
        return []
    counts = dict(
        rounds_visible(actor)
        .order_by()
        .values_list("scheme_ref")
        .annotate(n=Count("pk", distinct=True))
        .values_list("scheme_ref", "n")
    )
    return [
        SchemeCard(scheme, scheme.body["title"], scheme.body.get("basis", ""), counts.get(scheme.ref, 0))
        for scheme in definitions_of("scheme")
    ]


def published_round(scheme_ref: str, period: Period) -> Round | None:
    """Return the published round in force for a scheme and period: the last correction, if there are any."""
    return (
        Round.objects.filter(scheme_ref=scheme_ref, period_code=period.code, state=Round.State.PUBLISHED)
        .select_related("definition__pack_version")
        .order_by("-id")
        .first()
    )


def stored_results(scored: Round) -> list[SheetResult]:
    """Return the sheets of a stored round in the shape that scoring gives, with the ids of their rows."""
    inputs = {criterion["key"]: criterion["input"] for criterion in scheme_of(scored).body["criteria"]}
    sheets = scored.sheets.select_related("unit").prefetch_related("lines").order_by("seq")
    return [_stored(sheet, inputs) for sheet in sheets]


def _stored(sheet: Sheet, inputs: Mapping[str, str]) -> SheetResult:
    lines = sorted(sheet.lines.all(), key=lambda line: line.seq)
    return SheetResult(
        unit=ScoredUnit(sheet.unit_id, sheet.unit.code, sheet.unit.title, sheet.seq),
        group=sheet.group,
        group_title=sheet.group_title,
        total=_decimal(sheet.total),
        rank=sheet.rank,
        status=sheet.status,
        reason=sheet.reason,
        steps=tuple(sheet.steps),
        lines=tuple(
            LineResult(
                key=line.key,
                title=line.title,
                indicator=inputs[line.key],
                input=_decimal(line.input),
                input_text=line.input_text,
                points=_decimal(line.points),
                weight=_decimal(line.weight),
                note=line.note,
                steps=tuple(line.steps),
                row_id=line.pk,
            )
            for line in lines
        ),
        row_id=sheet.pk,
        grade=sheet.grade,
        grade_title=sheet.grade_title,
    )


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def round_compared(actor: Actor, round_id: int, now: datetime) -> Comparison:
    """Score the round's scheme on the present records and compare: 发布值 and 现值 side by side.

    Raises: NotAllowed (present scores are not published yet), NotFound.
    """
    require_right(actor, "present.compare")
    scored = round_visible(actor, round_id)
    version = scored.definition.pack_version.version
    try:
        period = parse_period(scored.period_code)
        present = score_period(scored.scheme_ref, period, version=version, now=now)
    except MissingInput as refusal:
        return Comparison(False, refusal.message, ())
    if sheets_hash(present.sheets) == scored.sheets_hash:
        return Comparison(True, "", ())
    return Comparison(
        False, "", _differences(scored.sheets.select_related("unit").order_by("seq"), present.sheets)
    )


def _differences(
    then: QuerySet[Sheet], now: Sequence[SheetResult]
) -> tuple[tuple[str, Decimal | None, Decimal | None], ...]:
    present = {(sheet.unit.id, sheet.group): sheet.total for sheet in now}
    rows = []
    for sheet in then:
        old = _decimal(sheet.total)
        new = present.get((sheet.unit_id, sheet.group))
        if old != new:
            rows.append((sheet.unit.title, old, new))
    return tuple(rows)
