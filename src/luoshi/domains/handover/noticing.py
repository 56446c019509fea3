"""What the office does: sets the limit, gives notice, names the successor, withdraws a notice."""

from __future__ import annotations

from datetime import date, datetime

from django.db import connection, transaction
from django.db.models import Max

from luoshi.core.actor import Actor, require
from luoshi.core.beijing import local_day
from luoshi.core.errors import Invalid, NotAllowed, NotFound, SamePerson, WrongState
from luoshi.db.sql import advisory_lock
from luoshi.domains.handover.models import Ground, Handover, HandoverRules, State
from luoshi.domains.handover.packaging import package_refresh
from luoshi.domains.handover.queries import limit_days
from luoshi.domains.handover.sight import MANAGE, handover_locked, manages
from luoshi.domains.handover.telling import tell
from luoshi.domains.handover.texts import short
from luoshi.kernel.access.policy import require_right
from luoshi.kernel.calendars.queries import work_calendar
from luoshi.kernel.ledger.actions import record
from luoshi.kernel.org.models import Appointment, Person, Post
from luoshi.kernel.org.queries import post_get

CALENDAR = "cn"
MOST_DAYS = 60
OPEN = (State.PREPARING, State.OFFERED, State.CHECKED)


@transaction.atomic
def limit_set(*, actor: Actor, workdays: int, now: datetime) -> HandoverRules:
    """Set how many working days a handover may take; those under way keep their day.

    Raises: NotAllowed, Invalid. Ledger: ``handover.rules_set``.
    """
    require_right(actor, MANAGE)
    fits = 1 <= workdays <= MOST_DAYS
    message = f"交接期限应为 1 至 {MOST_DAYS} 个工作日。"
    if not fits:
        raise Invalid(message, fields={"workdays": message})
    rules = HandoverRules.objects.select_for_update().order_by("id").first() or HandoverRules()
    rules.workdays, rules.set_at = workdays, now
    rules.save()
    record(rules, "handover.rules_set", by=actor.by, at=now, data={"days": workdays})
    return rules


@transaction.atomic
def handover_notice(
    *,
    actor: Actor,
    appointment_id: int,
    ground: str,
    leaves_on: date,
    witness_post: str,
    now: datetime,
    taker_id: int | None = None,
    to_post: str = "",
) -> Handover:
    """Give notice that a post is to be handed over, and make the package out of what hangs on it now.

    ``leaves_on``: the first day without the holder; the limit counts from it, or from the notice when that
    is later. ``to_post``: the post that goes on with the duties; empty for the same.
    Raises: NotFound, NotAllowed (not the office, an own handover), Invalid (ground, day, posts), WrongState
    (under way already), SamePerson (giver, successor and witness are not three).
    Ledger: ``handover.noticed`` with the lines of the package.
    """
    appointment = Appointment.objects.select_related("post__unit").filter(pk=appointment_id).first()
    if appointment is None:
        raise NotFound("没有这项任职。")
    post = appointment.post
    require_right(actor, MANAGE, post.unit_id)
    require(actor.person_id != appointment.person_id, "不能给自己发离任交接通知，请由他人办理。", NotAllowed)
    if ground not in Ground.values:
        raise Invalid("请选择离任原因。", fields={"ground": "请选择离任原因。"})
    if leaves_on <= appointment.from_on:
        message = f"离任日期应晚于任职起始日期 {appointment.from_on:%Y-%m-%d}。"
        raise Invalid(message, fields={"leaves_on": message})
    advisory_lock(connection, "handover.number")
    if Handover.objects.filter(appointment=appointment).exclude(state=State.CANCELLED).exists():
        raise WrongState("这项任职已经发过离任交接通知，请在原交接中办理。")
    today = local_day(now)
    due = work_calendar(CALENDAR).add_workdays(max(leaves_on, today), limit_days())
    newest = Handover.objects.filter(year=today.year).aggregate(newest=Max("number"))["newest"]
    handover = Handover(
        year=today.year,
        number=(newest or 0) + 1,
        appointment=appointment,
        post=post,
        post_title=post.title,
        unit=post.unit,
        unit_title=post.unit.title,
        giver_id=appointment.person_id,
        to_post=post_get(to_post) if to_post else post,
        witness_post=_witness(witness_post, post),
        organ_title=actor.unit_title,
        ground=ground,
        leaves_on=leaves_on,
        due_on=due.date,
        due_provisional=due.provisional,
        noticed_at=now,
        noticed_by_account=actor.account_id,
        state=State.PREPARING,
    )
    _take(handover, taker_id)
    handover.save()
    rows, _ = package_refresh(handover, now)
    data = {"number": str(handover), "post": post.code, "person": handover.giver_id, "rows": len(rows)}
    record(handover, "handover.noticed", by=actor.by, at=now, rows=rows, data=data | {"on": leaves_on})
    text = f"{handover}：请于 {handover.due_on:%Y-%m-%d} 前完成“{post.title}”的离任交接。"
    tell(handover, "noticed", text, actor, now)
    return handover


@transaction.atomic
def successor_set(*, actor: Actor, handover_id: int, taker_id: int, now: datetime) -> Handover:
    """Name who takes over, as long as nobody has begun to check.

    Raises: NotFound, NotAllowed, WrongState, SamePerson. Ledger: ``handover.successor_set``.
    """
    handover = _managed(actor, handover_id, "确定接收人")
    require(handover.state == State.PREPARING, "清单已提交核对，不能再换接收人；请先退回补充。", WrongState)
    _take(handover, taker_id)
    handover.save()
    data = {"number": str(handover), "person": taker_id}
    record(handover, "handover.successor_set", by=actor.by, at=now, data=data)
    return handover


@transaction.atomic
def handover_cancel(*, actor: Actor, handover_id: int, reason: str, now: datetime) -> Handover:
    """Withdraw a notice that was given by mistake; a signed handover stays.

    Raises: NotFound, NotAllowed, WrongState, Incomplete, Invalid. Ledger: ``handover.cancelled``.
    """
    handover = _managed(actor, handover_id, "撤销交接")
    require(handover.state in OPEN, f"本交接{handover.get_state_display()}，不能撤销。", WrongState)
    require(not handover.signs.exists(), "已有人签字，不能撤销。", WrongState)
    handover.reason = short(reason, must="请写明撤销理由。")
    handover.state = State.CANCELLED
    handover.save()
    record(handover, "handover.cancelled", by=actor.by, at=now, data={"number": str(handover)})
    return handover


def _managed(actor: Actor, handover_id: int, doing: str) -> Handover:
    handover = handover_locked(actor, handover_id)
    require(manages(actor, handover), f"“{doing}”由发通知的办公室办理，您不能办理。", NotAllowed)
    return handover


def _take(handover: Handover, taker_id: int | None) -> None:
    """Put the successor in. Raises: NotFound, SamePerson."""
    if taker_id is None:
        return
    taker = Person.objects.filter(pk=taker_id).first()
    if taker is None:
        raise NotFound("没有这名接收人，请从名册中选择。")
    require(taker.pk != handover.giver_id, "接收人不能是移交人本人。", SamePerson)
    handover.taker = taker


def _witness(code: str, post: Post) -> Post:
    witness = Post.objects.select_related("unit").filter(code=code).order_by("id").first()
    message = "请选择监交岗位。"
    if witness is None:
        raise Invalid(message, fields={"witness_post": message})
    require(witness.pk != post.pk, "监交岗位不能是被交接的岗位。", SamePerson)
    return witness
