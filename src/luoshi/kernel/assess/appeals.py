"""A round is previewed, its units appeal, somebody who did not score decides.

Source of the order: an objection window before publication, a reviewer who is not the scorer, a decision with
reasons. The days are parameters of each scheme.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from luoshi.core.actor import Actor, require
from luoshi.core.beijing import local_day
from luoshi.core.errors import Incomplete, Invalid, NotAllowed, NotFound, SamePerson, WrongState
from luoshi.core.workdays import WorkCalendar
from luoshi.kernel.access.policy import can, require_right
from luoshi.kernel.assess.models import Appeal, Line, Round, Sheet
from luoshi.kernel.assess.sight import appeal_visible, own_units, round_visible, sheets_visible
from luoshi.kernel.assess.telling import appeal_told, decision_told
from luoshi.kernel.calendars.queries import work_calendar
from luoshi.kernel.definitions.queries import definition_by_id
from luoshi.kernel.ledger.actions import record

LONGEST = 2000
SHORTEST = 10
WHOLE = "得分单整体"
DECISIONS = (Appeal.State.UPHELD, Appeal.State.PARTLY, Appeal.State.REJECTED)


@transaction.atomic
def appeal_file(*, actor: Actor, round_id: int, key: str, reason: str, now: datetime) -> Appeal:
    """Appeal against a criterion (``key``) of the sheet of one's own unit, or against the whole sheet ("").

    Until the end of ``appeal_until``; one open appeal for each criterion.
    Raises: NotAllowed, NotFound (round or criterion out of sight), WrongState (not previewed, too late, open
    already), Incomplete, Invalid.
    Ledger: ``appeal.filed``.
    """
    require_right(actor, "appeal.file", actor.unit_id)
    scored = Round.objects.select_for_update().filter(pk=round_visible(actor, round_id).pk).get()
    require(scored.state == Round.State.PREVIEW, "该轮次不在预告期间，不能提出申诉。", WrongState)
    until = scored.appeal_until
    assert until is not None, "a previewed round has its day"
    require(
        local_day(now) <= until,
        f"申诉已于 {until:%Y-%m-%d} 截止。如记录有误，请联系考核单位更正。",
        WrongState,
    )
    sheet = _own_sheet(actor, scored)
    line = _line(sheet, key) if key else None
    reason = _told(reason, "申诉理由")
    _none_open(scored, sheet, key)
    appeal = Appeal.objects.create(
        round=scored,
        unit_id=sheet.unit_id,
        key=key,
        title=line.title if line else WHOLE,
        stated=_stated(sheet, line),
        reason=reason,
        filed_at=now,
        filed_by=actor.account_id,
        filed_post=actor.post_code,
        due_on=_calendar(scored).add_workdays(local_day(now), _preview(scored)["decide"]).date,
    )
    record(appeal, "appeal.filed", by=actor.by, at=now, data={"round": scored.pk, "key": key})
    appeal_told(appeal, actor, now)
    return appeal


@transaction.atomic
def appeal_withdraw(*, actor: Actor, appeal_id: int, now: datetime) -> Appeal:
    """Take back an appeal of one's own unit that is not decided yet.

    Raises: NotAllowed, NotFound, WrongState.
    Ledger: ``appeal.withdrawn``.
    """
    require_right(actor, "appeal.file", actor.unit_id)
    appeal = _locked(actor, appeal_id)
    require(appeal.unit_id in own_units(actor), "只能撤回本单位的申诉。", NotAllowed)
    return _ended(appeal, Appeal.State.WITHDRAWN, "", actor, now, "appeal.withdrawn")


@transaction.atomic
def appeal_decide(*, actor: Actor, appeal_id: int, outcome: str, decision: str, now: datetime) -> Appeal:
    """Decide an appeal: ``upheld``, ``partly`` or ``rejected``, with reasons the unit reads.

    Whoever computed or previewed the round, and whoever belongs to the unit, does not decide.
    Raises: NotAllowed, NotFound, SamePerson, WrongState, Incomplete, Invalid.
    Ledger: ``appeal.decided``.
    """
    require_right(actor, "appeal.decide")
    appeal = _locked(actor, appeal_id)
    if actor.account_id in (appeal.round.computed_by, appeal.round.previewed_by, appeal.filed_by):
        raise SamePerson("本轮由您计分或由您申诉，复核须由其他人办理。")
    require(appeal.unit_id not in own_units(actor), "本单位的申诉由其他单位的人员复核。", SamePerson)
    require(outcome in DECISIONS, "请选择复核结论：予以采纳、部分采纳或不予采纳。", Incomplete)
    ended = _ended(appeal, Appeal.State(outcome), _told(decision, "复核意见"), actor, now, "appeal.decided")
    decision_told(ended, actor, now)
    return ended


def may_appeal(actor: Actor, scored: Round, now: datetime) -> bool:
    """Say whether the actor may appeal for its unit in a round now."""
    return (
        scored.state == Round.State.PREVIEW
        and scored.appeal_until is not None
        and local_day(now) <= scored.appeal_until
        and actor.unit_id is not None
        and can(actor, "appeal.file", actor.unit_id)
    )


def may_decide(actor: Actor, appeal: Appeal) -> bool:
    """Say whether the actor may decide an appeal now."""
    apart = (appeal.round.computed_by, appeal.round.previewed_by, appeal.filed_by)
    return (
        appeal.state == Appeal.State.OPEN
        and can(actor, "appeal.decide")
        and actor.account_id not in apart
        and appeal.unit_id not in own_units(actor)
    )


def _ended(
    appeal: Appeal, state: Appeal.State, decision: str, actor: Actor, now: datetime, kind: str
) -> Appeal:
    require(appeal.state == Appeal.State.OPEN, "该申诉已办结，请刷新页面查看结果。", WrongState)
    appeal.state = state
    appeal.decision = decision
    appeal.decided_at = now
    appeal.decided_by = actor.account_id
    appeal.decided_post = actor.post_code
    appeal.save()
    record(appeal, kind, by=actor.by, at=now, data={"round": appeal.round_id, "outcome": state.value})
    return appeal


def _locked(actor: Actor, appeal_id: int) -> Appeal:
    """Return an appeal in sight, locked, with its round."""
    appeal_visible(actor, appeal_id)
    return Appeal.objects.select_for_update(of=("self",)).select_related("round", "unit").get(pk=appeal_id)


def _own_sheet(actor: Actor, scored: Round) -> Sheet:
    found = sheets_visible(actor, scored.pk).filter(unit_id__in=own_units(actor)).first()
    if found is None:
        raise NotFound("本轮没有本单位的得分单，不能提出申诉。")
    return found


def _line(sheet: Sheet, key: str) -> Line:
    found = sheet.lines.filter(key=key).first()
    if found is None:
        raise NotFound("得分单上没有这个考核项，请从得分单中重新选择。")
    return found


def _stated(sheet: Sheet, line: Line | None) -> str:
    points = line.points if line else sheet.total
    return "—" if points is None else f"{points} 分"


def _none_open(scored: Round, sheet: Sheet, key: str) -> None:
    same = scored.appeals.filter(unit_id=sheet.unit_id, key=key, state=Appeal.State.OPEN)
    require(not same.exists(), "该考核项已有待复核的申诉；需要补充的，请先撤回再重新提出。", WrongState)


def _told(text: str, what: str) -> str:
    text = text.strip()
    if not text:
        raise Incomplete(f"请填写{what}。", fields={"reason": f"请填写{what}。"})
    if not SHORTEST <= len(text) <= LONGEST:
        message = f"{what}应为 {SHORTEST} 至 {LONGEST} 字，现为 {len(text)} 字。"
        raise Invalid(message, fields={"reason": message})
    return text


def _preview(scored: Round) -> dict[str, int]:
    found: dict[str, int] = definition_by_id(scored.definition_id).body["preview"]
    return found


def _calendar(scored: Round) -> WorkCalendar:
    return work_calendar(str(_preview(scored)["calendar"]))
