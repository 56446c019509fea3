"""Taking a form out of use, and letting it run longer: records of the district, the pack stays as it is.

An issuer may withdraw its own form at any time; longer it runs only when another person, who admits forms,
agrees (docs/adr/0008). What is open when a form stops or runs out stays owed.
"""

from __future__ import annotations

from datetime import date, datetime

from django.db import connection, transaction
from django.db.models import Max

from luoshi.core.actor import Actor, require
from luoshi.core.beijing import local_day
from luoshi.core.errors import Duplicate, Invalid, NotAllowed, NotFound, SamePerson, WrongState
from luoshi.db.sql import advisory_lock
from luoshi.kernel.access.policy import can, require_right
from luoshi.kernel.filings.entries import LONGEST_REASON, reason_given
from luoshi.kernel.filings.forms import Form, form_def
from luoshi.kernel.filings.models import FormStanding, StandingKind, StandingState
from luoshi.kernel.filings.standing import FormState, Standing, standings_of
from luoshi.kernel.ledger.actions import record

ADMIT, PROPOSE = "form.admit", "form.propose"
MOST_YEARS = 3
LONGEST_BASIS = 100


@transaction.atomic
def form_stop(*, actor: Actor, form_ref: str, reason: str, now: datetime) -> FormStanding:
    """Take a form out of use from today on: no further period opens.

    By whoever admits forms, or proposes them for the unit that owns this one.
    Raises: NotFound, NotAllowed, WrongState (stopped already), Incomplete, Invalid (reason).
    Ledger: ``form.stopped`` on the decision.
    """
    form, standing = _locked(form_ref)
    _require_issuer(actor, form, standing, "停用")
    stopped = standing.stopped_since(local_day(now))
    require(stopped is None, f"表单“{form.title}”已经停用。", WrongState)
    row = FormStanding.objects.create(
        form_ref=form.ref,
        seq=_next(form.ref),
        kind=StandingKind.STOP,
        state=StandingState.GRANTED,
        reason=reason_given(reason, "reason", "请说明停用理由。"),
        decided_at=now,
        decided_by_account=actor.account_id,
        decided_by_post=actor.post_code,
        **_asked(actor, now),
    )
    record(row, "form.stopped", by=actor.by, at=now, data={"form": form.ref})
    return row


@transaction.atomic
def form_renew_ask(
    *, actor: Actor, form_ref: str, until: date, basis: str, reason: str, now: datetime
) -> FormStanding:
    """Ask that a form may open until a later day, also one that ran out or was stopped.

    Nothing changes until another person agrees.
    Raises: NotFound, NotAllowed, WrongState (not registered), Duplicate (asked already), Incomplete, Invalid
    (day, basis, reason).
    Ledger: ``form.renewal_asked`` on the decision.
    """
    form, standing = _locked(form_ref)
    _require_issuer(actor, form, standing, "申请续期")
    today = local_day(now)
    if standing.lacking:
        lacking = "、".join(standing.lacking)
        raise WrongState(f"表单“{form.title}”没有完成准入登记，缺少：{lacking}。请先补全登记，再申请续期。")
    waiting = FormStanding.objects.filter(form_ref=form.ref, state=StandingState.ASKED)
    require(not waiting.exists(), f"表单“{form.title}”已有一份续期申请等待答复。", Duplicate)
    _until_fits(standing, until, today)
    row = FormStanding.objects.create(
        form_ref=form.ref,
        seq=_next(form.ref),
        kind=StandingKind.RENEW,
        state=StandingState.ASKED,
        until=until,
        basis=reason_given(basis, "basis", "请填写续期依据。", LONGEST_BASIS),
        reason=reason_given(reason, "reason", "请说明仍须填报的理由。"),
        **_asked(actor, now),
    )
    record(row, "form.renewal_asked", by=actor.by, at=now, data=_told(row))
    return row


@transaction.atomic
def form_renew_decide(
    *, actor: Actor, standing_id: int, approve: bool, now: datetime, reply: str = ""
) -> FormStanding:
    """Let a form run longer, or not. Agreed, a stopped form is in use again from today.

    Periods whose opening day lay in between are not made up for.
    Raises: NotFound, NotAllowed, SamePerson (who asked), WrongState (decided; the day has passed),
    Incomplete (a refusal without reply), Invalid.
    Ledger: ``form.renewed`` or ``form.renewal_refused`` on the decision.
    """
    require_right(actor, ADMIT)
    row = FormStanding.objects.select_for_update().filter(pk=standing_id).order_by("id").first()
    if row is None:
        raise NotFound("没有这份续期申请。")
    require(row.state == StandingState.ASKED, "这份续期申请已经答复。", WrongState)
    if actor.account_id == row.asked_by_account:
        raise SamePerson("不能批准本人提出的续期，请由他人决定。")
    assert row.until is not None  # a constraint of the table
    if approve and row.until < local_day(now):
        raise WrongState(f"申请的有效期 {row.until:%Y-%m-%d} 已经过去，请答复不同意，由申请人重新申请。")
    row.reply = reply.strip() if approve else reason_given(reply, "reply", "请说明不同意续期的理由。")
    require(len(row.reply) <= LONGEST_REASON, f"答复不得超过 {LONGEST_REASON} 字。", Invalid)
    row.state = StandingState.GRANTED if approve else StandingState.REFUSED
    row.decided_at = now
    row.decided_by_account = actor.account_id
    row.decided_by_post = actor.post_code
    row.save()
    kind = "form.renewed" if approve else "form.renewal_refused"
    record(row, kind, by=actor.by, at=now, data=_told(row))
    return row


def may_issue(actor: Actor, standing: Standing) -> bool:
    """Say whether an actor may stop a form or ask for its renewal: as its owner, or by admitting forms."""
    owns = bool(standing.owner) and actor.unit_code == standing.owner
    return can(actor, ADMIT) or (owns and can(actor, PROPOSE))


def _require_issuer(actor: Actor, form: Form, standing: Standing, what: str) -> None:
    if not may_issue(actor, standing):
        raise NotAllowed(f"表单“{form.title}”只能由其责任单位的报送岗位或督查专员{what}。")


def _locked(form_ref: str) -> tuple[Form, Standing]:
    """Return a form in force and how it stands; decisions about it queue behind one another."""
    form = form_def(form_ref)
    advisory_lock(connection, f"filings.standing:{form.ref}")
    return form, standings_of([form])[form.ref]


def _until_fits(standing: Standing, until: date, today: date) -> None:
    known = standing.until_on(today)
    assert known is not None  # registered
    fault = ""
    if until <= today:
        fault = "有效期应晚于今天。"
    elif standing.state_on(today) is not FormState.STOPPED and until <= known:
        fault = f"有效期应晚于现有的 {known:%Y-%m-%d}。"
    elif until > today.replace(year=today.year + MOST_YEARS, day=min(today.day, 28)):
        fault = f"一次续期不超过 {MOST_YEARS} 年，请改填较早的日期。"
    if fault:
        raise Invalid(fault, fields={"until": fault})


def _next(form_ref: str) -> int:
    newest = FormStanding.objects.filter(form_ref=form_ref).aggregate(newest=Max("seq"))["newest"]
    return (newest or 0) + 1


def _asked(actor: Actor, now: datetime) -> dict[str, object]:
    return {
        "asked_at": now,
        "asked_by_account": actor.account_id,
        "asked_by_post": actor.post_code,
        "asked_by_unit": actor.unit_code,
    }


def _told(row: FormStanding) -> dict[str, object]:
    return {"form": row.form_ref, "until": row.until}
