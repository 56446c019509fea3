"""Every change of slips by the office: issue, escalate, cancel, accept, return. The unit's: ``replying``."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import connection, transaction

from luoshi.core.actor import Actor, require
from luoshi.core.errors import Incomplete, Invalid, NotAllowed, SamePerson, WrongState
from luoshi.db.sql import advisory_lock
from luoshi.domains.slips.about_items import slip_follow
from luoshi.domains.slips.issuing import issuing, slip_followed, slip_numbered, slip_write, told
from luoshi.domains.slips.models import Decision, Slip, SlipReply, SlipState
from luoshi.domains.slips.proposals import first_level, unanswered
from luoshi.domains.slips.rules import Rules, rules_by_id, rules_get
from luoshi.domains.slips.sight import issues, slip_locked, took_part
from luoshi.domains.slips.telling import tell_unit
from luoshi.domains.slips.texts import short
from luoshi.kernel.access.policy import require_right
from luoshi.kernel.ledger.actions import Entry, record, record_many
from luoshi.kernel.ledger.rows import Ledgered
from luoshi.kernel.org.models import Unit

MOST_UNITS = 200
OPEN = (SlipState.ISSUED, SlipState.REPLIED, SlipState.SIGNED)


@transaction.atomic
def slips_issue(
    *, actor: Actor, rules_ref: str, unit_ids: Collection[int], now: datetime, text: str = ""
) -> list[Slip]:
    """Issue a slip of the first level to each unit, about everything it owes that no slip presses for yet.

    All or none. Numbers follow one another without gaps in the order of the units.
    Raises: NotFound (rules), NotAllowed (not the issuing office), Incomplete (no unit), Invalid (text, too
    many), WrongState (a unit owes nothing that is overdue long enough and not pressed for).
    Ledger: ``slip.issued`` for each with its lines.
    """
    rules = issuing(actor, rules_get(rules_ref))
    require(rules.forms, f"“{rules.title}”按事项逐件发出，请在事项一栏办理。", Invalid)
    require(unit_ids, "请先选择要发的单位。", Incomplete)
    require(len(unit_ids) <= MOST_UNITS, f"一次最多发 {MOST_UNITS} 份，请分批办理。", Invalid)
    text = short(text)
    # The lock comes first: what is proposed is judged after every slip issued at the same time.
    advisory_lock(connection, "slips.number")
    proposed = {each.unit.pk: each for each in first_level(rules, now, unit_ids)}
    level = rules.levels[0]
    for unit in Unit.objects.filter(pk__in=unit_ids).order_by("sort", "code"):
        if unit.pk not in proposed:
            raise WrongState(
                f"{unit.title}没有应发{level.title}的事项：逾期事项都已发过，"
                f"或逾期未超过 {level.after} 个工作日。"
            )
    require(proposed.keys() == set(unit_ids), "所选单位有误，请刷新页面后重新选择。", Invalid)
    return [
        slip_write(actor, rules, level, each.unit, each.owed, now, text=text)
        for each in sorted(proposed.values(), key=lambda each: (each.unit.sort, each.unit.code))
    ]


@transaction.atomic
def slip_escalate(*, actor: Actor, slip_id: int, now: datetime, text: str = "") -> Slip:
    """Follow a slip by one of the next level, about what of it is still owed.

    Raises: NotFound, NotAllowed, Invalid (text), WrongState (followed, cancelled or of the highest level;
    nothing of it is owed any more; the days of the next level have not passed).
    Ledger: ``slip.issued`` for the new one, ``slip.escalated`` for the former.
    """
    former, rules = _office(actor, slip_id)
    require(
        former.state in (*OPEN, SlipState.ACCEPTED),
        f"该督办单{former.get_state_display()}，不能升级。",
        WrongState,
    )
    if rules.items:
        return slip_follow(actor=actor, former=former, rules=rules, text=text, now=now)
    level = rules.next_of(former.level)
    if level is None:
        raise WrongState(f"{former.level_title}已是最高级别，不能再升级。")
    text = short(text)
    advisory_lock(connection, "slips.number")
    owed = unanswered(rules, former, now)
    require(owed, "所督办的事项都已报送，无须升级；请认可单位的回复。", WrongState)
    longest = max(each.days for each in owed)
    assert level.after is not None
    if longest <= level.after:
        raise WrongState(f"逾期超过 {level.after} 个工作日才能发{level.title}，现逾期 {longest} 个工作日。")
    slip = slip_write(actor, rules, level, former.unit, owed, now, text=text, former=former)
    slip_followed(former, slip, actor, now)
    return slip


@transaction.atomic
def slip_cancel(*, actor: Actor, slip_id: int, reason: str, now: datetime) -> Slip:
    """Withdraw a slip by a cancelling one with a number of its own; both stay in the list.

    What it pressed for may be pressed for again; the slip it followed goes on.
    Raises: NotFound, NotAllowed, SamePerson (replied or signed), Incomplete, Invalid (reason), WrongState
    (followed, cancelled already or itself a cancelling slip).
    Ledger: ``slip.cancelling`` for the new one, ``slip.cancelled`` with its lines, ``slip.resumed`` for the
    one it followed.
    """
    slip, rules = _office(actor, slip_id)
    require(
        slip.state in (*OPEN, SlipState.ACCEPTED),
        f"该督办单{slip.get_state_display()}，不能撤销。",
        WrongState,
    )
    _apart(slip, actor)
    reason = short(reason)
    if not reason:
        raise Incomplete("请写明撤销理由。", fields={"text": "请写明撤销理由。"})
    advisory_lock(connection, "slips.number")
    notice = slip_numbered(actor, rules, rules.level(slip.level), slip.unit, now)
    notice.text, notice.cancels, notice.state = reason, slip, SlipState.NOTICE
    notice.save()
    slip.state = SlipState.CANCELLED
    slip.save()
    lines = list(slip.lines.order_by("id"))
    for line in lines:
        line.standing = False
        line.save()
    entries = [
        Entry(notice, "slip.cancelling", data=told(notice) | {"cancels": str(slip)}),
        Entry(slip, "slip.cancelled", rows=lines, data=told(slip) | {"by": str(notice)}),
    ]
    if slip.former_id is not None:
        former = Slip.objects.select_for_update().get(pk=slip.former_id)
        former.state = _state_before(former)
        former.save()
        entries.append(Entry(former, "slip.resumed", data=told(former)))
    record_many(entries, by=actor.by, at=now)
    tell_unit(slip, "cancelled", f"{slip}已撤销，见{notice}。", actor, now)
    return notice


@transaction.atomic
def slip_accept(*, actor: Actor, slip_id: int, now: datetime, comment: str = "") -> SlipReply:
    """Accept the signed reply; the slip is done.

    Raises: NotFound, NotAllowed, SamePerson (replied or signed), WrongState (no signed reply waits), Invalid
    (comment).
    Ledger: ``slip.accepted`` with the reply.
    """
    slip, _ = _office(actor, slip_id)
    reply = _decided(slip, actor, Decision.ACCEPT, short(comment), now)
    slip.state = SlipState.ACCEPTED
    _saved(slip, "slip.accepted", actor, now, reply)
    tell_unit(slip, f"accepted:{reply.version}", f"{slip}的回复已认可，督办办结。", actor, now)
    return reply


@transaction.atomic
def slip_return(*, actor: Actor, slip_id: int, comment: str, now: datetime) -> SlipReply:
    """Send the signed reply back; the unit replies again, the time to reply stays as it was.

    Raises: NotFound, NotAllowed, SamePerson (replied or signed), WrongState (no signed reply waits),
    Incomplete, Invalid (comment).
    Ledger: ``slip.returned`` with the reply.
    """
    slip, _ = _office(actor, slip_id)
    comment = short(comment)
    if not comment:
        raise Incomplete("请写明退回理由。", fields={"text": "请写明退回理由。"})
    reply = _decided(slip, actor, Decision.RETURN, comment, now)
    slip.state = SlipState.ISSUED
    _saved(slip, "slip.returned", actor, now, reply)
    tell_unit(slip, f"returned:{reply.version}", f"{slip}的回复已退回，请补充后重新回复。", actor, now)
    return reply


def _office(actor: Actor, slip_id: int) -> tuple[Slip, Rules]:
    """Return a slip, locked, and its rules, to who issues under them."""
    slip = slip_locked(actor, slip_id)
    require_right(actor, "slip.issue")
    require(
        issues(actor, slip.organ_code),
        f"该督办单由{slip.organ_title}发出，您当前的岗位不能办理。",
        NotAllowed,
    )
    return slip, rules_by_id(slip.definition_id)


def _apart(slip: Slip, actor: Actor) -> None:
    """Refuse who replied for the unit or signed, in whichever post. Raises: SamePerson."""
    message = "您曾为被督办单位回复或签批本单，不能再由您认可、退回或撤销，请由他人办理。"
    require(not took_part(actor, slip), message, SamePerson)


def _decided(slip: Slip, actor: Actor, decision: Decision, comment: str, now: datetime) -> SlipReply:
    require(slip.state == SlipState.SIGNED, "没有已签批的回复待处理。", WrongState)
    _apart(slip, actor)
    reply = slip.replies.order_by("-version")[0]
    reply.decision, reply.comment, reply.decided_at = decision, comment, now
    reply.decided_by_account, reply.decided_by_post = actor.account_id, actor.post_code
    reply.save()
    return reply


def _state_before(slip: Slip) -> SlipState:
    """Return the state that the newest reply of an escalated slip leaves it in."""
    reply = slip.replies.order_by("-version").first()
    if reply is None or reply.decision == Decision.RETURN:
        return SlipState.ISSUED
    if reply.decision == Decision.ACCEPT:
        return SlipState.ACCEPTED
    return SlipState.SIGNED if reply.signed_at else SlipState.REPLIED


def _saved(slip: Slip, kind: str, actor: Actor, now: datetime, *rows: Ledgered) -> None:
    slip.save()
    record(slip, kind, by=actor.by, at=now, rows=rows, data=told(slip))
