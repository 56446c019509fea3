"""Slips about items: calls that clocks make for them, issuing and following up, one item one slip."""

from __future__ import annotations

from datetime import datetime

from django.db import connection, transaction

from luoshi.core.actor import SYSTEM, Actor, require
from luoshi.core.errors import Incomplete, NotFound, WrongState
from luoshi.db.sql import advisory_lock
from luoshi.domains.slips.issuing import issuing, slip_followed, slip_write
from luoshi.domains.slips.models import CallState, Slip, SlipCall
from luoshi.domains.slips.pressing import Pressed, pressed
from luoshi.domains.slips.rules import Rules, roles_of, rules_all, rules_get
from luoshi.domains.slips.telling import tell_called, tell_copies
from luoshi.domains.slips.texts import short
from luoshi.kernel.items.hooks import Opened
from luoshi.kernel.ledger.actions import record


@transaction.atomic
def call_open(opened: Opened) -> None:
    """Keep the call of a clock for a slip about its item, once for each step that came; tell the office.

    An item whose type no rules name calls for nothing.
    Ledger: ``slip_call.opened``.
    """
    rules = next((each for each in rules_all() if opened.item.type_ref in each.items), None)
    if rules is None or SlipCall.objects.filter(key=opened.key).exists():
        return
    call = SlipCall.objects.create(
        key=opened.key,
        rules_ref=rules.ref,
        item=opened.item,
        clock=opened.clock,
        step=opened.step,
        due_at=opened.due,
        at=opened.now,
    )
    data = {"item": opened.item.number, "rules": rules.ref, "due": opened.due}
    record(call, "slip_call.opened", by=SYSTEM, at=opened.now, data=data)
    if rules.organ:
        came = f"{opened.clock}{opened.step}"
        words = f"{opened.item.number} {opened.item.title}：{came}，请决定是否发督办单。"
        tell_called(call, rules.organ, words, opened.now)


@transaction.atomic
def slip_press(*, actor: Actor, rules_ref: str, item_id: int, now: datetime, text: str = "") -> Slip:
    """Issue the slip that is due about an item, of the level its rules give now.

    Raises: NotFound (rules), NotAllowed (not the issuing office), Invalid (text), WrongState (nothing is due:
    reported, answered, or the conditions of the level are not met).
    Ledger: ``slip.issued`` with its line; ``slip.escalated`` for the one it follows, ``slip_call.answered``.
    """
    rules = issuing(actor, rules_get(rules_ref))
    return _pressed(actor, rules, item_id, short(text), now, None)


def slip_follow(*, actor: Actor, former: Slip, rules: Rules, text: str, now: datetime) -> Slip:
    """Follow a slip about an item by the next level, where the rules give one. Called by ``slip_escalate``.

    Raises: WrongState (highest level, nothing due), Invalid (text).
    Ledger: as ``slip_press``.
    """
    if rules.next_of(former.level) is None:
        raise WrongState(f"{former.level_title}已是最高级别，不能再升级。")
    item_id = former.lines.order_by("id").values_list("item_id", flat=True)[0]
    return _pressed(actor, rules, item_id or 0, short(text), now, former)


@transaction.atomic
def call_drop(*, actor: Actor, call_id: int, reason: str, now: datetime) -> SlipCall:
    """Decide that no slip is issued on a call, and why.

    Raises: NotFound, NotAllowed (not the issuing office), Incomplete, Invalid (reason), WrongState (decided).
    Ledger: ``slip_call.dropped``.
    """
    call = SlipCall.objects.select_for_update().filter(pk=call_id).order_by("id").first()
    if call is None:
        raise NotFound("没有这项督办提请，或您无权查看。")
    issuing(actor, rules_get(call.rules_ref))
    require(call.state == CallState.OPEN, f"该提请{call.get_state_display()}，请刷新页面后核对。", WrongState)
    reason = short(reason)
    if not reason:
        raise Incomplete("请写明不发督办单的理由。", fields={"text": "请写明不发督办单的理由。"})
    call.reason = reason
    _decided(call, CallState.DROPPED, actor, now)
    record(call, "slip_call.dropped", by=actor.by, at=now, data={"rules": call.rules_ref})
    return call


def _pressed(actor: Actor, rules: Rules, item_id: int, text: str, now: datetime, former: Slip | None) -> Slip:
    # The lock comes first: what is due is judged after every slip issued at the same time.
    advisory_lock(connection, "slips.number")
    due = next(iter(pressed(rules, now, [item_id])), None)
    if due is None or (former is not None and due.former != former):
        raise WrongState("该事项现在没有应发的督办单：已报结或已回复，或还不到规定的条件。请刷新页面后核对。")
    slip = slip_write(actor, rules, due.level, due.unit, [due], now, text=text, former=due.former)
    if due.former is not None:
        slip_followed(due.former, slip, actor, now)
    if due.call is not None:
        _answered(due, slip, actor, now)
    copies = roles_of(rules, due.level.copy)
    tell_copies(
        slip,
        due.item,
        copies,
        f"{slip.organ_title}向{slip.unit_title}发出{slip}：{due.item.title}。",
        actor,
        now,
    )
    return slip


def _answered(due: Pressed, slip: Slip, actor: Actor, now: datetime) -> None:
    """Mark every open call of the item as answered by a slip."""
    open_calls = SlipCall.objects.filter(item=due.item, rules_ref=slip.rules_ref, state=CallState.OPEN)
    for call in open_calls.order_by("id"):
        call.slip = slip
        _decided(call, CallState.ISSUED, actor, now)
        record(call, "slip_call.answered", by=actor.by, at=now, data={"slip": str(slip)})


def _decided(call: SlipCall, state: CallState, actor: Actor, now: datetime) -> None:
    call.state, call.decided_at = state, now
    call.decided_by_account, call.decided_by_post = actor.account_id, actor.post_code
    call.save()
