"""Changes of state of a round: computed (a trial that may be computed again), then published for good."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from luoshi.core.actor import Actor
from luoshi.core.canonical import decimal_text
from luoshi.core.errors import Frozen, MissingInput, NotFound, WrongState
from luoshi.core.periods import Period, parse_period
from luoshi.kernel.access.policy import require_right
from luoshi.kernel.assess.compute import LineResult, SheetResult
from luoshi.kernel.assess.inputs import Scored, score_period, sheets_hash
from luoshi.kernel.assess.models import Line, Round, Sheet
from luoshi.kernel.indicators.models import Figure
from luoshi.kernel.indicators.queries import figure_row
from luoshi.kernel.ledger.actions import record, sequence_all
from luoshi.kernel.ledger.rows import Ledgered


@transaction.atomic
def round_compute(*, actor: Actor, scheme_ref: str, period: Period, now: datetime) -> Round:
    """Compute a scheme over a period as a trial, in place of an earlier trial; published rounds stay.

    When the period has a published round already, the trial is its correction and names it.
    Raises: NotAllowed, NotFound (no such scheme), MissingInput (naming units and criteria that lack a value;
    or when nothing is filed at all, so that no empty trial is left to be published).
    Ledger: ``round.computed`` with the digests of every sheet, line and figure.
    """
    require_right(actor, "round.compute")
    sequence_all()
    scored = score_period(scheme_ref, period, now=now)
    _require_something(scored, period)
    draft, removed = _draft_cleared(scored, period)
    draft.computed_at = now
    draft.position = scored.position
    draft.sheets_hash = sheets_hash(scored.sheets)
    draft.save()
    rows = _sheets_written(draft, scored)
    record(
        draft,
        "round.computed",
        by=actor.by,
        at=now,
        rows=rows,
        removed=removed,
        data={
            "scheme": scheme_ref,
            "period": period.code,
            "sheets": len(scored.sheets),
            "hash": draft.sheets_hash,
        },
    )
    return draft


@transaction.atomic
def round_publish(*, actor: Actor, round_id: int, now: datetime) -> Round:
    """Publish a trial: from now on the round, its sheets and figures never change.

    Raises: NotAllowed, NotFound, Frozen (published already), WrongState (records changed since the trial).
    Ledger: ``round.published``.
    """
    require_right(actor, "round.publish")
    draft = Round.objects.select_for_update().filter(pk=round_id).first()
    if draft is None:
        raise NotFound("没有这个考核轮次，请从轮次列表中重新选择。")
    if draft.state == Round.State.PUBLISHED:
        raise Frozen("该轮次已发布，不能再次发布；如需更正，请重新试算并发布更正轮次。")
    _require_still_true(draft, now)
    draft.state = Round.State.PUBLISHED
    draft.published_at = now
    draft.save()
    record(
        draft,
        "round.published",
        by=actor.by,
        at=now,
        data={"scheme": draft.scheme_ref, "period": draft.period_code, "hash": draft.sheets_hash},
    )
    return draft


def _require_something(scored: Scored, period: Period) -> None:
    if not any(line.points is not None for sheet in scored.sheets for line in sheet.lines):
        raise MissingInput(
            f"{period.title}没有可以计分的填报，不能试算。请核对期间，或先在“节点填报”中导入本期数据。"
        )


def _require_still_true(draft: Round, now: datetime) -> None:
    """What is published must be what the records say at that moment, not what they said at the trial."""
    scored = score_period(
        draft.scheme_ref,
        parse_period(draft.period_code),
        version=draft.definition.pack_version.version,
        now=now,
    )
    if sheets_hash(scored.sheets) != draft.sheets_hash:
        raise WrongState("试算之后填报数据有变动，得分已不一致。请重新试算，核对后再发布。")


def _draft_cleared(scored: Scored, period: Period) -> tuple[Round, list[tuple[str, int]]]:
    """Return the draft round to write into, and the rows of its earlier trial, which are removed."""
    ref = scored.scheme.ref
    draft = (
        Round.objects.select_for_update()
        .filter(scheme_ref=ref, period_code=period.code, state=Round.State.DRAFT)
        .first()
    )
    removed: list[tuple[str, int]] = []
    if draft is not None:
        removed = _trial_removed(draft)
    else:
        draft = Round(scheme_ref=ref, period_code=period.code, supersedes=_newest_published(ref, period))
    draft.definition_id = scored.scheme.id
    draft.period_start, draft.period_end = period.start, period.end
    return draft, removed


def _newest_published(scheme_ref: str, period: Period) -> Round | None:
    return (
        Round.objects.filter(scheme_ref=scheme_ref, period_code=period.code, state=Round.State.PUBLISHED)
        .order_by("-id")
        .first()
    )


def _trial_removed(draft: Round) -> list[tuple[str, int]]:
    """Delete the rows of an earlier trial, lower rows first; return (row type, id) of each."""
    removed: list[tuple[str, int]] = []
    owned: Sequence[tuple[str, object]] = (
        (Line.ledger_type, Line.objects.filter(sheet__round=draft)),
        (Sheet.ledger_type, Sheet.objects.filter(round=draft)),
        (Figure.ledger_type, Figure.objects.filter(owner_type=Round.ledger_type, owner_id=draft.pk)),
    )
    for row_type, rows in owned:
        ids = list(rows.order_by("pk").values_list("pk", flat=True))  # type: ignore[attr-defined]
        rows.all().delete()  # type: ignore[attr-defined]
        removed += [(row_type, pk) for pk in ids]
    return removed


def _sheets_written(draft: Round, scored: Scored) -> list[Ledgered]:
    """Write figures, sheets and lines of a trial; return them for the ledger."""
    figures = Figure.objects.bulk_create(
        figure_row(result, owner=draft, key=key) for (key, _), result in scored.figures.items()
    )
    figure_of = dict(zip(scored.figures, figures, strict=True))
    sheets = Sheet.objects.bulk_create(
        _sheet(draft, seq, result) for seq, result in enumerate(scored.sheets, 1)
    )
    lines = Line.objects.bulk_create(
        _line(sheet, seq, line, figure_of.get((line.indicator, result.unit.id)))
        for sheet, result in zip(sheets, scored.sheets, strict=True)
        for seq, line in enumerate(result.lines, 1)
    )
    return [*figures, *sheets, *lines]


def _sheet(draft: Round, seq: int, result: SheetResult) -> Sheet:
    return Sheet(
        round=draft,
        unit_id=result.unit.id,
        group=result.group,
        group_title=result.group_title,
        seq=seq,
        total=None if result.total is None else decimal_text(result.total),
        rank=result.rank,
        status=result.status,
        reason=result.reason,
        steps=list(result.steps),
    )


def _line(sheet: Sheet, seq: int, line: LineResult, figure: Figure | None) -> Line:
    return Line(
        sheet=sheet,
        seq=seq,
        key=line.key,
        title=line.title,
        input=None if line.input is None else decimal_text(line.input),
        input_text=line.input_text,
        points=None if line.points is None else decimal_text(line.points),
        weight=None if line.weight is None else decimal_text(line.weight),
        note=line.note,
        steps=list(line.steps),
        figure=figure,
    )
