"""Being excused: asked for by the unit, decided by somebody else, or granted by the office at once."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from luoshi.core.actor import Actor, require
from luoshi.core.beijing import local_day
from luoshi.core.errors import Invalid, NotAllowed, SamePerson, WrongState
from luoshi.kernel.access.policy import can, require_right
from luoshi.kernel.filings.entries import LONGEST_REASON, reason_given
from luoshi.kernel.filings.flows import Flow, Step, flow_of
from luoshi.kernel.filings.models import Answer, Draft, Obligation
from luoshi.kernel.filings.policy import may_step
from luoshi.kernel.filings.sight import LATEST, obligation_locked
from luoshi.kernel.ledger.actions import record
from luoshi.kernel.org.succession import units_answered, units_held

RIGHT = "filing.excuse"


@transaction.atomic
def obligation_excuse_ask(*, actor: Actor, obligation_id: int, reason: str, now: datetime) -> Obligation:
    """Ask that the unit need not answer; the obligation stays owed until somebody else decides.

    Raises: NotFound, NotAllowed (neither fills nor signs), WrongState (answered, asked already), Incomplete,
    Invalid (reason).
    Ledger: ``obligation.excuse_asked``.
    """
    obligation, flow = _unanswered(actor, obligation_id)
    today = local_day(now)
    if not any(may_step(actor, flow, step, obligation, today) for step in (Step.FILL, Step.SIGN)):
        raise NotAllowed("只有本单位的填报人或审签人可以申请免报。")
    require(obligation.excuse_asked_at is None, "已经申请免报，请等待答复。", WrongState)
    obligation.excuse_reason = reason_given(reason, "reason", "请说明免报理由。")
    obligation.excuse_asked_at = now
    obligation.excuse_asked_by_account = actor.account_id
    obligation.excuse_asked_by_post = actor.post_code
    obligation.save()
    record(obligation, "obligation.excuse_asked", by=actor.by, at=now, data=_told(obligation))
    return obligation


@transaction.atomic
def obligation_excuse_decide(
    *, actor: Actor, obligation_id: int, approve: bool, now: datetime, reply: str = ""
) -> Obligation:
    """Grant or refuse what was asked. Refused, the unit still owes and may ask again.

    Raises: NotFound, NotAllowed (neither reviews the form nor may excuse), SamePerson (who asked),
    WrongState (nothing asked), Incomplete (a refusal without reply), Invalid.
    Ledger: ``obligation.excused`` or ``obligation.excuse_refused``.
    """
    obligation, flow = _unanswered(actor, obligation_id)
    reviews = may_step(actor, flow, Step.REVIEW, obligation, local_day(now))
    if not reviews:
        require_right(actor, RIGHT, obligation.unit_id)
    require(obligation.excuse_asked_at is not None, "该单位没有申请免报。", WrongState)
    _apart(actor, obligation, now)
    if not approve:
        reply = reason_given(reply, "reply", "请说明不同意免报的理由。")
    require(len(reply) <= LONGEST_REASON, f"答复不得超过 {LONGEST_REASON} 字。", Invalid)
    obligation.excuse_reply = reply.strip()
    _decided(obligation, actor, now)
    if approve:
        return _excused(obligation, actor, now)
    obligation.excuse_asked_at = None
    obligation.excuse_asked_by_account = None
    obligation.excuse_asked_by_post = ""
    obligation.save()
    record(obligation, "obligation.excuse_refused", by=actor.by, at=now, data=_told(obligation))
    return obligation


@transaction.atomic
def obligation_excuse_direct(*, actor: Actor, obligation_id: int, reason: str, now: datetime) -> Obligation:
    """Excuse a unit without its asking, for instance one that was closed without a successor.

    Raises: NotFound, NotAllowed, SamePerson (who asked, or one's own unit), WrongState (answered),
    Incomplete, Invalid (reason).
    Ledger: ``obligation.excused``.
    """
    obligation, _ = _unanswered(actor, obligation_id)
    require_right(actor, RIGHT, obligation.unit_id)
    _apart(actor, obligation, now)
    obligation.excuse_reason = reason_given(reason, "reason", "请说明免报理由。")
    _decided(obligation, actor, now)
    return _excused(obligation, actor, now)


def may_excuse(actor: Actor, flow: Flow, obligation: Obligation, now: datetime) -> bool:
    """Say whether an actor may decide on an excuse; who asked is not looked at."""
    return can(actor, RIGHT, obligation.unit_id) or may_step(
        actor, flow, Step.REVIEW, obligation, local_day(now)
    )


def _unanswered(actor: Actor, obligation_id: int) -> tuple[Obligation, Flow]:
    obligation = obligation_locked(actor, obligation_id)
    if obligation.answer != Answer.NONE:
        raise WrongState(f"该单位本期{Answer(obligation.answer).label}，不能再免报。")
    return obligation, flow_of(obligation.definition_id)


def _apart(actor: Actor, obligation: Obligation, now: datetime) -> None:
    """Refuse who asked, and who holds any post of the unit that owes. Raises: SamePerson."""
    if actor.account_id == obligation.excuse_asked_by_account:
        raise SamePerson("不能批准本人申请的免报，请由他人决定。")
    # Whoever holds two posts does not become another person by acting in the other one.
    own = units_held(actor.person_id, local_day(now))
    if actor.unit_id is not None:
        own.add(actor.unit_id)
    if obligation.unit_id in units_answered(own, LATEST):
        raise SamePerson("不能为本单位决定免报，请由他人决定。")


def _decided(obligation: Obligation, actor: Actor, now: datetime) -> None:
    obligation.excuse_decided_at = now
    obligation.excuse_decided_by_account = actor.account_id
    obligation.excuse_decided_by_post = actor.post_code


def _excused(obligation: Obligation, actor: Actor, now: datetime) -> Obligation:
    obligation.answer = Answer.EXCUSED
    obligation.save()
    Draft.objects.filter(obligation=obligation).delete()
    record(obligation, "obligation.excused", by=actor.by, at=now, data=_told(obligation))
    return obligation


def _told(obligation: Obligation) -> dict[str, str]:
    return {"form": obligation.form_ref, "unit": obligation.unit_code, "period": obligation.period_code}
