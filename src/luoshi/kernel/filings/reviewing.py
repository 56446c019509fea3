"""The steps of those who act on what was filed: sign, return, accept."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache

from django.db import transaction

from luoshi.core.actor import Actor, require
from luoshi.core.beijing import end_of_day, local_day
from luoshi.core.errors import Incomplete, Invalid, Refusal, SamePerson, WrongState
from luoshi.kernel.calendars.queries import work_calendar
from luoshi.kernel.definitions.fields import LONGEST_TEXT
from luoshi.kernel.filings.answering import answer_end, facts_told
from luoshi.kernel.filings.entries import LONGEST_REASON
from luoshi.kernel.filings.facts import came_late
from luoshi.kernel.filings.flows import Flow, Step, flow_of
from luoshi.kernel.filings.forms import Form, form_by_id
from luoshi.kernel.filings.models import Answer, Decision, Draft, Filing, Obligation, Review, State
from luoshi.kernel.filings.policy import require_step, unit_of_one
from luoshi.kernel.filings.submitting import filing_locked
from luoshi.kernel.ledger.actions import Entry, record, record_many

MEND_WORKDAYS = 3
MOST_ITEMS = 60
MOST_AT_ONCE = 500
DEFAULT_CALENDAR = "cn"

# Why a version is returned, one code for each item. Counted; the words beside it are for the filler.
RETURN_CODES: Mapping[str, str] = {
    "missing": "漏填",
    "wrong": "数据有误",
    "scope": "口径不符",
    "unclear": "说明不清",
    "evidence": "佐证不足",
    "other": "其他",
}


@dataclass(frozen=True, slots=True)
class ReturnItem:
    """One thing to be mended: ``field`` is a key of the form or empty for the whole, ``code`` of the list."""

    field: str
    code: str
    text: str


@transaction.atomic
def filing_sign(*, actor: Actor, filing_id: int, now: datetime) -> Filing:
    """Sign a version on behalf of the unit.

    Raises: NotFound, NotAllowed, WrongState (not waiting to be signed), SamePerson (the filler signs, unless
    the unit has no other person: then the version is marked).
    Ledger: ``filing.signed`` with the version.
    """
    obligation, filing = filing_locked(actor, filing_id)
    flow = flow_of(obligation.definition_id)
    today = local_day(now)
    require_step(actor, flow, Step.SIGN, obligation, today)
    _waiting(obligation, filing, State.SUBMITTED, "审签")
    if flow.apart and actor.account_id == filing.submitted_by_account:
        require(unit_of_one(actor.unit_id, today), "填报人不能审签自己填报的内容，请由他人审签。", SamePerson)
        filing.unit_of_one = True
    filing.state = State.SIGNED
    filing.signed_at = now
    filing.signed_by_account = actor.account_id
    filing.signed_by_post = actor.post_code
    filing.save()
    data = facts_told(obligation, filing) | {"unit_of_one": filing.unit_of_one}
    record(obligation, "filing.signed", by=actor.by, at=now, rows=[filing], data=data)
    return filing


@transaction.atomic
def filing_return(
    *,
    actor: Actor,
    filing_id: int,
    items: Sequence[ReturnItem],
    now: datetime,
    talk_note: str = "",
    mend_by: date | None = None,
) -> Review:
    """Send a version back with what is to be mended; the obligation is open again.

    ``mend_by``: last day for mending, the third working day when not given. A version that was on time stays
    on time when mended by then; one that was late stays late. ``talk_note``: what was talked over with the
    unit, needed from the second return on.
    Raises: NotFound, NotAllowed, SamePerson, WrongState (not waiting for review; returned as often as the
    form allows), Incomplete (no items, no talk note), Invalid (an item, the day).
    Ledger: ``filing.returned`` with obligation, version and review; its data name fields and codes.
    """
    obligation, filing, flow = _reviewable(actor, filing_id, now)
    form = form_by_id(obligation.definition_id)
    _items_check(form, items)
    talk_note = _talk_checked(flow, obligation, talk_note)
    until = _mend_until(form, mend_by, now)
    obligation.returns += 1
    cures = obligation.due_at is not None and until > obligation.due_at and not came_late(obligation, filing)
    obligation.mend_by = until if cures else None
    answer_end(form, obligation, filing, State.RETURNED, now)
    review = _review(obligation, filing, Decision.RETURN, actor, now)
    review.items = [{"field": each.field, "code": each.code, "text": each.text.strip()} for each in items]
    review.talk_note, review.mend_by = talk_note, until
    review.save()
    data = facts_told(obligation, filing) | {
        "items": [[each.field, each.code] for each in items],
        "mend_by": until,
    }
    record(obligation, "filing.returned", by=actor.by, at=now, rows=[filing, review], data=data)
    return review


@transaction.atomic
def filing_accept(*, actor: Actor, filing_id: int, now: datetime, comment: str = "") -> Review:
    """Accept a version; nothing is to be done on it any more.

    Raises: NotFound, NotAllowed, SamePerson, WrongState (not waiting for review), Invalid (comment).
    Ledger: ``filing.accepted`` with version and review.
    """
    obligation, filing, _ = _reviewable(actor, filing_id, now)
    comment = comment.strip()
    require(len(comment) <= LONGEST_TEXT, f"审核意见不得超过 {LONGEST_TEXT} 字。", Invalid)
    entry = _accepted(obligation, filing, actor, now, comment)
    record(obligation, entry.kind, by=actor.by, at=now, rows=entry.rows, data=entry.data)
    review = entry.rows[1]
    assert isinstance(review, Review)
    return review


@transaction.atomic
def filings_accept_batch(*, actor: Actor, filing_ids: Sequence[int], now: datetime) -> int:
    """Accept several versions, all of them or none; return how many.

    Raises: Incomplete (none given), Invalid (more than 500), else what ``filing_accept`` raises for the
    first that cannot be accepted, naming unit and period.
    Ledger: ``filing.accepted`` for each.
    """
    wanted = sorted(set(filing_ids))
    require(wanted, "请先勾选要通过的填报。", Incomplete)
    require(len(wanted) <= MOST_AT_ONCE, f"一次最多通过 {MOST_AT_ONCE} 份，请分批办理。", Invalid)
    flows = cache(flow_of)
    entries = [_accepted(*_of_batch(actor, filing_id, now, flows), actor, now, "") for filing_id in wanted]
    return record_many(entries, by=actor.by, at=now)


def _of_batch(
    actor: Actor, filing_id: int, now: datetime, flows: Callable[[int], Flow]
) -> tuple[Obligation, Filing]:
    try:
        obligation, filing, _ = _reviewable(actor, filing_id, now, flows)
    except Refusal as refusal:
        known = Filing.objects.select_related("obligation__unit").filter(pk=filing_id).first()
        if known is None or refusal.code == "not_found":
            raise
        named = f"{known.obligation.unit.title} {known.obligation.period_code}"
        raise type(refusal)(f"{named}：{refusal.message}本次一份也没有通过。") from refusal
    return obligation, filing


def _reviewable(
    actor: Actor, filing_id: int, now: datetime, flows: Callable[[int], Flow] = flow_of
) -> tuple[Obligation, Filing, Flow]:
    """Return a version that waits for the actor's review, its obligation locked."""
    obligation, filing = filing_locked(actor, filing_id)
    flow = flows(obligation.definition_id)
    require_step(actor, flow, Step.REVIEW, obligation, local_day(now))
    _waiting(obligation, filing, State(flow.review_state), "审核")
    own = {filing.submitted_by_account, filing.signed_by_account}
    require(actor.account_id not in own, "不能审核本人填报或审签的内容，请由他人审核。", SamePerson)
    return obligation, filing, flow


def _waiting(obligation: Obligation, filing: Filing, state: State, step: str) -> None:
    """Refuse a version that does not wait for a step, or is not the newest. Raises: WrongState."""
    if filing.version != obligation.current_version or obligation.answer not in (Answer.FILED, Answer.NIL):
        raise WrongState(f"第 {filing.version} 版已不是现行版本，请刷新页面后再{step}。")
    if filing.state != state:
        raise WrongState(f"该版本{State(filing.state).label}，不在待{step}状态。")


def _accepted(obligation: Obligation, filing: Filing, actor: Actor, now: datetime, comment: str) -> Entry:
    filing.state = State.ACCEPTED
    filing.save()
    obligation.mend_by = None
    obligation.save()
    review = _review(obligation, filing, Decision.ACCEPT, actor, now)
    review.comment = comment
    review.save()
    Draft.objects.filter(obligation=obligation).delete()
    return Entry(obligation, "filing.accepted", rows=[filing, review], data=facts_told(obligation, filing))


def _review(
    obligation: Obligation, filing: Filing, decision: Decision, actor: Actor, now: datetime
) -> Review:
    return Review(
        obligation=obligation,
        filing=filing,
        round=obligation.reviews.count() + 1,
        decision=decision,
        at=now,
        by_account=actor.account_id,
        by_post=actor.post_code,
        by_unit=actor.unit_code,
    )


def _items_check(form: Form, items: Sequence[ReturnItem]) -> None:
    require(items, "请逐项写明要补正什么。", Incomplete)
    require(len(items) <= MOST_ITEMS, f"退回事项最多 {MOST_ITEMS} 条，请合并。", Invalid)
    faults: dict[str, str] = {}
    for number, item in enumerate(items):
        if item.field and item.field not in form.keys:
            faults[f"items.{number}.field"] = f"表单没有字段“{item.field}”。"
        if item.code not in RETURN_CODES:
            faults[f"items.{number}.code"] = f"退回原因应为：{'、'.join(RETURN_CODES.values())}。"
        if not 0 < len(item.text.strip()) <= LONGEST_REASON:
            faults[f"items.{number}.text"] = f"请写明如何补正，不超过 {LONGEST_REASON} 字。"
    if faults:
        raise Invalid("退回事项有误，请改正后再退回。", fields=faults)


def _talk_checked(flow: Flow, obligation: Obligation, talk_note: str) -> str:
    """Return the talk note. Raises: WrongState at the limit of returns; Incomplete, Invalid."""
    if obligation.returns >= flow.returns:
        allowed = f"已退回 {obligation.returns} 次，达到上限" if flow.returns else "本表不设退回"
        raise WrongState(f"{allowed}。请与填报单位当面核实后通过。")
    talk_note = talk_note.strip()
    if obligation.returns and not talk_note:
        message = "再次退回须写明已与填报单位沟通的情况。"
        raise Incomplete(message, fields={"talk_note": message})
    require(len(talk_note) <= LONGEST_TEXT, f"沟通记录不得超过 {LONGEST_TEXT} 字。", Invalid)
    return talk_note


def _mend_until(form: Form, mend_by: date | None, now: datetime) -> datetime:
    today = local_day(now)
    if mend_by is None:
        calendar = work_calendar(form.window.calendar if form.window else DEFAULT_CALENDAR)
        mend_by = calendar.add_workdays(today, MEND_WORKDAYS).date
    if mend_by < today:
        message = "补正期限不得早于今天，请改选。"
        raise Invalid(message, fields={"mend_by": message})
    return end_of_day(mend_by)
