"""The filler's steps: claim, save a draft, submit, submit a nil return, withdraw."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from luoshi.core.actor import Actor
from luoshi.core.beijing import local_day
from luoshi.core.errors import Incomplete, Invalid, NotAllowed, Stale, WrongState
from luoshi.kernel.filings.answering import Said, answer_end, answer_write, facts_told
from luoshi.kernel.filings.at_hand import at_hand, evidence_check
from luoshi.kernel.filings.entries import (
    Typed,
    jumps_explained,
    late_reason_checked,
    lock_check,
    minutes_read,
    moment_text,
    occurred_check,
    occurred_read,
    typed_check,
    values_read,
)
from luoshi.kernel.filings.flows import Flow, Step, flow_of
from luoshi.kernel.filings.forms import Form, form_by_id
from luoshi.kernel.filings.models import Answer, Draft, Filing, How, Obligation, State
from luoshi.kernel.filings.offers import confirm_check, noted, offers_of
from luoshi.kernel.filings.policy import require_step
from luoshi.kernel.filings.sight import filing_visible, obligation_locked
from luoshi.kernel.ledger.actions import record

NOTE = "note"


@transaction.atomic
def obligation_claim(
    *, actor: Actor, obligation_id: int, now: datetime, take_over: bool = False
) -> Obligation:
    """Say that one sees to an obligation; ``take_over`` takes it from whoever claimed it before.

    A claim shuts nobody out: it tells colleagues who is at it. Claimed by the actor already: nothing happens.
    Raises: NotFound, NotAllowed, WrongState (answered; claimed by somebody else).
    Ledger: ``obligation.claimed``.
    """
    obligation, _ = fillable(actor, obligation_id, now)
    if obligation.claimed_by_account == actor.account_id:
        return obligation
    if obligation.claimed_at is not None and not take_over:
        raise WrongState(
            f"本条已由岗位 {obligation.claimed_by_post} 于 {moment_text(obligation.claimed_at)} 认领。"
            "确需由您办理的，请选择接手。"
        )
    former = obligation.claimed_by_account
    obligation.claimed_at = now
    obligation.claimed_by_account = actor.account_id
    obligation.claimed_by_post = actor.post_code
    obligation.save()
    data = {"form": obligation.form_ref, "unit": obligation.unit_code, "period": obligation.period_code}
    record(obligation, "obligation.claimed", by=actor.by, at=now, data=data | {"former": former})
    return obligation


@transaction.atomic
def draft_save(*, actor: Actor, obligation_id: int, rev: int, typed: Typed, now: datetime) -> Draft:
    """Keep what was typed so far. ``rev``: of the draft the page was filled from, 0 when there was none.

    Texts are kept as typed, right or wrong. The same texts again change nothing, whatever the ``rev``.
    Raises: NotFound, NotAllowed, WrongState (answered), Frozen (hard lock), Invalid (what cannot be kept);
    Stale when somebody saved other texts meanwhile: nothing is overwritten, and ``fields`` hold for every
    text that differs the one that stands as ``KEY.theirs`` and the one refused as ``KEY.yours``.
    Ledger: none. A draft says nothing yet.
    """
    obligation, _ = fillable(actor, obligation_id, now)
    lock_check(obligation, now)
    typed_check(form_by_id(obligation.definition_id), typed)
    draft = _draft_checked(obligation, rev, typed)
    if draft is not None and _typed_of(draft).texts() == typed.texts():
        return draft
    return _draft_write(draft or Draft(obligation=obligation, rev=0), typed, actor, now)


@transaction.atomic
def filing_submit(
    *,
    actor: Actor,
    obligation_id: int,
    rev: int,
    typed: Typed,
    now: datetime,
    occurred_on: date | None = None,
) -> Filing:
    """Answer an obligation with values: the next version, in force until it is returned or withdrawn.

    ``rev``: of the draft the page was filled from, 0 when there was none; ``occurred_on``: when it happened.
    Raises: NotFound, NotAllowed, WrongState (answered), Frozen (hard lock), Stale (see ``draft_save``);
    Incomplete for required fields, known values nobody confirmed, a jump without explanation, lateness
    without reason; Invalid for values
    that do not fit or break a rule. Each with ``fields``.
    Ledger: ``filing.submitted`` with obligation and version.
    """
    obligation, flow = fillable(actor, obligation_id, now)
    form = form_by_id(obligation.definition_id)
    lock_check(obligation, now)
    typed_check(form, typed)
    draft = _draft_checked(obligation, rev, typed)
    offers = offers_of(form, [obligation])[obligation.pk]
    values = values_read(form, {key: _typed_or_same(typed, key) for key in form.keys}, {})
    confirm_check(form, typed, values, offers)
    evidence_check(form, at_hand([obligation])[obligation.pk])
    occurred_on = occurred_on or occurred_read(form, typed)
    occurred_check(occurred_on, local_day(now))
    said = Said(
        values=values,
        note=typed.note.strip(),
        explained=jumps_explained(form, obligation, values, typed.explained),
        late_reason=late_reason_checked(obligation, typed.late_reason, now),
        minutes=minutes_read(typed.minutes),
        occurred_on=occurred_on,
        noted=noted(values, offers, shown=typed.shown, otherwise=How.TYPED),
    )
    return _submit(form, flow, obligation, draft, said, typed, actor, now)


@transaction.atomic
def filing_submit_nil(*, actor: Actor, obligation_id: int, rev: int, typed: Typed, now: datetime) -> Filing:
    """Answer an obligation with a nil return, giving what the form needs for it: a note, some fields.

    Raises: as ``filing_submit``; WrongState when the form has no nil return.
    Ledger: ``filing.nil_submitted`` with obligation and version.
    """
    obligation, flow = fillable(actor, obligation_id, now)
    if flow.nil_needs is None:
        raise WrongState(f"表单“{flow.title}”没有零报告，请如实填报各项。")
    form = form_by_id(obligation.definition_id)
    lock_check(obligation, now)
    typed_check(form, typed)
    draft = _draft_checked(obligation, rev, typed)
    if NOTE in flow.nil_needs and not typed.note.strip():
        raise Incomplete("零报告须说明情况。", fields={NOTE: "零报告须说明情况。"})
    needed = {key: typed.values.get(key, "") for key in flow.nil_needs if key != NOTE}
    values = values_read(form, needed, {})
    said = Said(
        values=values,
        nil=True,
        note=typed.note.strip(),
        late_reason=late_reason_checked(obligation, typed.late_reason, now),
        minutes=minutes_read(typed.minutes),
        noted=noted(values, {}, shown=(), otherwise=How.TYPED),
    )
    return _submit(form, flow, obligation, draft, said, typed, actor, now)


@transaction.atomic
def filing_withdraw(*, actor: Actor, filing_id: int, now: datetime) -> Filing:
    """Take one's own version back while nobody has acted on it; what was typed stands in the draft.

    Raises: NotFound, NotAllowed (not the author), WrongState (signed, reviewed, or nobody is to act on it).
    Ledger: ``filing.withdrawn`` with obligation and version.
    """
    obligation, filing = filing_locked(actor, filing_id)
    if filing.submitted_by_account != actor.account_id:
        raise NotAllowed("只有提交人可以撤回。需要改动的，请提交人撤回，或由审核人退回。")
    if flow_of(obligation.definition_id).final_state == State.SUBMITTED:
        raise WrongState("本表提交即生效，不能撤回。需要改动的，请用更正并说明理由。")
    if filing.state != State.SUBMITTED:
        raise WrongState(f"该版本{State(filing.state).label}，不能撤回。")
    answer_end(form_by_id(obligation.definition_id), obligation, filing, State.WITHDRAWN, now)
    data = facts_told(obligation, filing)
    record(obligation, "filing.withdrawn", by=actor.by, at=now, rows=[filing], data=data)
    return filing


def filing_locked(actor: Actor, filing_id: int) -> tuple[Obligation, Filing]:
    """Return a version in sight with its obligation, which is locked. Raises: NotFound."""
    obligation = obligation_locked(actor, filing_visible(actor, filing_id).obligation_id)
    return obligation, obligation.filings.get(pk=filing_id)


def fillable(actor: Actor, obligation_id: int, now: datetime) -> tuple[Obligation, Flow]:
    """Return an unanswered obligation that the actor fills, locked."""
    obligation = obligation_locked(actor, obligation_id)
    flow = flow_of(obligation.definition_id)
    require_step(actor, flow, Step.FILL, obligation, local_day(now))
    if obligation.answer == Answer.EXCUSED:
        raise WrongState("该单位本期已免报，无需填报。")
    if obligation.answer != Answer.NONE:
        raise WrongState("该单位本期已提交，不能再填。需要改动的，请先撤回，或等退回后修改。")
    return obligation, flow


def _typed_or_same(typed: Typed, key: str) -> str:
    """Return what was typed into a field, or the value confirmed in its place."""
    text = typed.values.get(key, "")
    return typed.shown.get(key, "") if key in typed.same and not text.strip() else text


def _submit(
    form: Form,
    flow: Flow,
    obligation: Obligation,
    draft: Draft | None,
    said: Said,
    typed: Typed,
    actor: Actor,
    now: datetime,
) -> Filing:
    """Write the version; keep what was typed for mending, unless nobody is to act on it any more."""
    if flow.final_state != State.SUBMITTED:
        _draft_write(draft or Draft(obligation=obligation, rev=0), typed, actor, now)
    elif draft is not None:
        draft.delete()
    return answer_write(form, obligation, said, actor, now)


def _draft_checked(obligation: Obligation, rev: int, typed: Typed) -> Draft | None:
    """Return the draft of an obligation. Raises: Stale when other texts than of ``rev`` stand in it."""
    draft = Draft.objects.filter(obligation=obligation).order_by("id").first()
    if draft is None:
        if rev:
            raise Invalid("草稿已不存在，请刷新页面后重新保存。")
        return None
    theirs, yours = _typed_of(draft).texts(), typed.texts()
    if draft.rev == rev or theirs == yours:
        return draft
    fields: dict[str, str] = {}
    for key in sorted({*theirs, *yours}):
        if theirs.get(key) != yours.get(key):
            fields[f"{key}.theirs"] = theirs.get(key, "")
            fields[f"{key}.yours"] = yours.get(key, "")
    raise Stale(
        f"这份草稿已由{draft.saved_by_name}于 {moment_text(draft.saved_at)} 保存，"
        "您填写的内容没有覆盖它，也没有丢失。请逐项对照后再保存。",
        fields=fields,
    )


def _typed_of(draft: Draft) -> Typed:
    return Typed(draft.values, draft.note, draft.explained, draft.late_reason, occurred=draft.occurred)


def _draft_write(draft: Draft, typed: Typed, actor: Actor, now: datetime) -> Draft:
    draft.values, draft.note = dict(typed.values), typed.note
    draft.explained, draft.late_reason = dict(typed.explained), typed.late_reason
    draft.occurred = typed.occurred
    draft.rev += 1
    draft.saved_at = now
    draft.saved_by_account = actor.account_id
    draft.saved_by_name = actor.person_name
    draft.save()
    return draft
