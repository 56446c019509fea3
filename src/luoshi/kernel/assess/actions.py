"""Changes of state of a round: computed (a trial that may be computed again), previewed to its units where
the scheme says so, published for good. What units say against their sheets stands in ``appeals``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from luoshi.core.actor import Actor, require
from luoshi.core.beijing import local_day
from luoshi.core.canonical import decimal_text
from luoshi.core.errors import Frozen, MissingInput, NotFound, WrongState
from luoshi.core.periods import Period, parse_period
from luoshi.kernel.access.policy import require_right
from luoshi.kernel.assess.compute import LineResult, SheetResult
from luoshi.kernel.assess.inputs import Scored, score_period, sheets_hash
from luoshi.kernel.assess.models import Appeal, Line, Round, Sheet
from luoshi.kernel.assess.telling import preview_told
from luoshi.kernel.calendars.queries import work_calendar
from luoshi.kernel.definitions.queries import definition_by_id
from luoshi.kernel.indicators.models import Figure
from luoshi.kernel.indicators.queries import figure_row
from luoshi.kernel.ledger.actions import record, sequence_all
from luoshi.kernel.ledger.rows import Ledgered


@transaction.atomic
def round_compute(*, actor: Actor, scheme_ref: str, period: Period, now: datetime) -> Round:
    """Compute a scheme over a period as a trial, in place of an earlier trial; published rounds stay.

    When the period has a published round already, the trial is its correction and names it.
    A previewed round stands still: only an appeal that was upheld lets it be computed again, as a trial that
    has to be previewed once more.
    Raises: NotAllowed, NotFound (no such scheme), MissingInput (naming units and criteria that lack a value;
    or when nothing is filed at all, so that no empty trial is left to be published), WrongState (previewed).
    Ledger: ``round.computed`` with the digests of every sheet, line and figure.
    """
    require_right(actor, "round.compute")
    sequence_all()
    scored = score_period(scheme_ref, period, now=now)
    _require_something(scored, period)
    draft, removed = _draft_cleared(scored, period)
    draft.computed_at = now
    draft.computed_by = actor.account_id
    draft.state = Round.State.DRAFT
    draft.previewed_at = draft.previewed_by = draft.appeal_until = None
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
def round_preview(*, actor: Actor, round_id: int, now: datetime) -> Round:
    """Show every unit its own sheet of a trial, which stands still from now on, and let it appeal.

    For schemes that say ``preview``; appeals are open for the working days they name.
    Raises: NotAllowed, NotFound, WrongState (no preview in the scheme, not a trial, records changed since).
    Ledger: ``round.previewed``. Heads and clerks of the units are told.
    """
    require_right(actor, "round.publish")
    draft = _locked(round_id)
    rule = _preview_of(draft)
    if rule is None:
        raise WrongState("该方案没有规定预告和申诉，核对后可直接发布。")
    require(draft.state == Round.State.DRAFT, "该轮次已预告或已发布，不能再次预告。", WrongState)
    _require_still_true(draft)
    draft.state = Round.State.PREVIEW
    draft.previewed_at = now
    draft.previewed_by = actor.account_id
    draft.appeal_until = work_calendar(rule["calendar"]).add_workdays(local_day(now), rule["appeal"]).date
    draft.save()
    data = {"hash": draft.sheets_hash, "until": draft.appeal_until.isoformat()}
    record(draft, "round.previewed", by=actor.by, at=now, data=data)
    preview_told(draft, draft.sheets.order_by("seq").values_list("unit_id", flat=True), actor, now)
    return draft


@transaction.atomic
def round_publish(*, actor: Actor, round_id: int, now: datetime) -> Round:
    """Publish a trial: from now on the round, its sheets and figures never change.

    Under a scheme with ``preview``, only after the days for appeals, when every appeal is decided; what is
    published is what was previewed, whatever became of the records since.
    Raises: NotAllowed, NotFound, Frozen (published already), WrongState (records changed since the trial; not
    previewed; appeals still possible or undecided; an appeal upheld without a new trial).
    Ledger: ``round.published``.
    """
    require_right(actor, "round.publish")
    draft = _locked(round_id)
    if draft.state == Round.State.PUBLISHED:
        raise Frozen("该轮次已发布，不能再次发布；如需更正，请重新试算并发布更正轮次。")
    if _preview_of(draft) is None:
        _require_still_true(draft, now=now)
    else:
        _require_previewed(draft, now)
        _require_still_true(draft, at=draft.computed_at)
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


def _locked(round_id: int) -> Round:
    found = Round.objects.select_for_update().filter(pk=round_id).first()
    if found is None:
        raise NotFound("没有这个考核轮次，请从轮次列表中重新选择。")
    return found


def _preview_of(scored: Round) -> Mapping[str, Any] | None:
    """Return what the scheme of a round says of its preview."""
    found: Mapping[str, Any] | None = definition_by_id(scored.definition_id).body.get("preview")
    return found


def _require_previewed(draft: Round, now: datetime) -> None:
    """Nobody's time to appeal is cut short, and no upheld appeal is passed over."""
    if draft.appeal_until is None:
        raise WrongState("该方案规定发布前须向被考核单位预告，请先预告。")
    until = draft.appeal_until
    require(local_day(now) > until, f"申诉期至 {until:%Y-%m-%d} 止，期满后方可发布。", WrongState)
    waiting = draft.appeals.filter(state=Appeal.State.OPEN).count()
    require(not waiting, f"尚有 {waiting} 件申诉待复核，办结后方可发布。", WrongState)
    if _upheld_since(draft):
        raise WrongState("有申诉已被采纳，请更正记录并重新试算、预告后再发布。")


def _upheld_since(draft: Round) -> bool:
    """Say whether an appeal was upheld since the trial was computed."""
    taken = (Appeal.State.UPHELD, Appeal.State.PARTLY)
    return draft.appeals.filter(state__in=taken, decided_at__gt=draft.computed_at).exists()


def _require_open(draft: Round) -> None:
    """A previewed round may be computed again only for an appeal."""
    if draft.state != Round.State.PREVIEW:
        return
    waiting = draft.appeals.filter(state=Appeal.State.OPEN).count()
    require(not waiting, f"尚有 {waiting} 件申诉待复核，请先复核再重新试算。", WrongState)
    require(_upheld_since(draft), "该轮次已预告，得分不再变动；只有申诉被采纳后才可以重新试算。", WrongState)


def _require_still_true(draft: Round, *, at: datetime | None = None, now: datetime | None = None) -> None:
    """What is published must be what the records say at that moment: now, or when a preview was computed."""
    scored = score_period(
        draft.scheme_ref,
        parse_period(draft.period_code),
        version=draft.definition.pack_version.version,
        now=now,
        at=at,
    )
    if sheets_hash(scored.sheets) != draft.sheets_hash:
        raise WrongState("试算之后填报数据有变动，得分已不一致。请重新试算，核对后再发布。")


def _draft_cleared(scored: Scored, period: Period) -> tuple[Round, list[tuple[str, int]]]:
    """Return the draft round to write into, and the rows of its earlier trial, which are removed."""
    ref = scored.scheme.ref
    draft = (
        Round.objects.select_for_update()
        .filter(scheme_ref=ref, period_code=period.code, state__in=[Round.State.DRAFT, Round.State.PREVIEW])
        .first()
    )
    removed: list[tuple[str, int]] = []
    if draft is not None:
        _require_open(draft)
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
        grade=result.grade,
        grade_title=result.grade_title,
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
