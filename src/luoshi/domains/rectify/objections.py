"""Objections while a problem is on public notice: registered, looked into, answered before it closes."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from luoshi.core.actor import Actor, require
from luoshi.core.beijing import local_day
from luoshi.core.errors import Incomplete, Invalid, NotFound, SamePerson, WrongState
from luoshi.domains.rectify.models import Channel, Objection
from luoshi.domains.rectify.types import PROBLEM, PUBLIC, require_type
from luoshi.kernel.items.actions import require_seen
from luoshi.kernel.items.hooks import Asked
from luoshi.kernel.items.models import Item
from luoshi.kernel.items.policy import require_holder, standing_of
from luoshi.kernel.items.schema import Holder
from luoshi.kernel.items.sight import item_locked
from luoshi.kernel.items.steps import open_duties
from luoshi.kernel.items.types import LEAD, type_by_id
from luoshi.kernel.ledger.actions import record

LONGEST, SHORTEST = 1000, 4
CHANNELS = list(Channel.choices)
DESK = Holder("post", "desk", "", "整改专责岗")
VERIFIER = Holder("duty", "verify", "", "核查单位")


@transaction.atomic
def objection_record(
    *, actor: Actor, problem_id: int, channel: str, received_on: date, text: str, now: datetime
) -> Objection:
    """Register an objection to a problem on public notice. Nobody's name is asked for.

    Raises: NotFound, NotAllowed (the desk's or the verifier's), WrongState (not on notice), Incomplete,
    Invalid.
    Ledger: ``rectify.objected`` on the problem.
    """
    problem = _problem(actor, problem_id, now, "登记公示意见")
    require(problem.state == PUBLIC, "本问题不在公示期，不能登记公示意见。", WrongState)
    require(channel in Channel.values, "请选择收到意见的途径。", Invalid)
    since = local_day(problem.entered_at)
    if not since <= received_on <= local_day(now):
        raise Invalid(f"收到日期应在公示开始（{since}）与今天之间。", fields={"received_on": "请核对日期。"})
    row = Objection.objects.create(
        item=problem,
        channel=channel,
        received_on=received_on,
        text=_text(text, "意见内容"),
        at=now,
        by_account=actor.account_id,
        by_unit=actor.unit_code,
    )
    data = {"type": problem.type_ref, "number": problem.number}
    record(problem, "rectify.objected", by=actor.by, at=now, rows=[row], data=data)
    return row


@transaction.atomic
def objection_answer(
    *, actor: Actor, objection_id: int, upheld: bool, answer: str, now: datetime
) -> Objection:
    """Say what was found on an objection. The unit in charge of the problem never judges it.

    Raises: NotFound, NotAllowed, SamePerson (of the unit in charge), WrongState (answered), Incomplete,
    Invalid.
    Ledger: ``rectify.objection_answered`` on the problem.
    """
    found = Objection.objects.filter(pk=objection_id).order_by("id").first()
    if found is None:
        raise NotFound("没有这条公示意见。")
    problem = _problem(actor, found.item_id, now, "答复公示意见")
    row = Objection.objects.select_for_update().get(pk=objection_id)
    owners = {duty.unit_code for duty in open_duties([problem.pk])[problem.pk] if duty.role == LEAD}
    if actor.unit_code in owners:
        raise SamePerson("本单位是整改责任单位，不能核实对本单位的公示意见，请由核查单位或整改专责岗答复。")
    require(row.upheld is None, "这条意见已经答复。", WrongState)
    row.upheld, row.answer = upheld, _text(answer, "核实情况")
    row.answered_at, row.answered_by_account, row.answered_by_unit = now, actor.account_id, actor.unit_code
    row.save()
    data = {"type": problem.type_ref, "number": problem.number}
    record(problem, "rectify.objection_answered", by=actor.by, at=now, rows=[row], data=data)
    return row


def notice_answered(asked: Asked) -> None:
    """Refuse to close a problem on notice while an objection is open, or when one was upheld.

    Raises: Incomplete, WrongState.
    """
    rows = Objection.objects.filter(item=asked.item, at__gte=asked.item.entered_at)
    waiting = rows.filter(upheld=None).count()
    require(not waiting, f"还有 {waiting} 条公示意见没有答复，请先核实答复。", Incomplete)
    upheld = rows.filter(upheld=True).exists()
    require(not upheld, "有公示意见核实成立，请办“公示后退回”继续整改。", WrongState)


def _problem(actor: Actor, problem_id: int, now: datetime, doing: str) -> Item:
    problem = item_locked(problem_id)
    require_seen(actor, problem)
    require_type(problem, PROBLEM)
    kind = type_by_id(problem.definition_id)
    standing = standing_of(kind, open_duties([problem.pk])[problem.pk], local_day(now))
    require_holder(actor, (DESK, VERIFIER), standing, doing)
    return problem


def _text(text: str, noun: str) -> str:
    text = text.strip()
    require(text, f"请填写{noun}。", Incomplete)
    fits = SHORTEST <= len(text) <= LONGEST
    require(fits, f"{noun}应为 {SHORTEST} 至 {LONGEST} 字，现有 {len(text)} 字。", Invalid)
    return text
