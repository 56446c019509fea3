"""What a unit says itself about how far a measure is. It never mixes with what the facts say."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from luoshi.core.actor import Actor, require
from luoshi.core.beijing import local_day
from luoshi.core.errors import Incomplete, Invalid, NotFound, WrongState
from luoshi.domains.plans.models import PlanNode, PlanSaid
from luoshi.domains.plans.tasks import MEASURE
from luoshi.kernel.items.actions import require_seen
from luoshi.kernel.items.models import Item
from luoshi.kernel.items.policy import may, require_holder, standing_of
from luoshi.kernel.items.schema import ENDED, Holder, Stage
from luoshi.kernel.items.sight import MISSING, item_locked
from luoshi.kernel.items.steps import open_duties
from luoshi.kernel.items.types import LEAD, type_by_id
from luoshi.kernel.ledger.actions import record

LONGEST_TEXT = 500
LEADING = Holder("duty", LEAD, "", "牵头单位")


def may_say(actor: Actor, item: Item, now: datetime) -> bool:
    """Say whether an actor may say how far a task is: the unit that leads it, while it is not over."""
    if item.type_ref != MEASURE or Stage(item.stage) in ENDED:
        return False
    kind = type_by_id(item.definition_id)
    return may(actor, [LEADING], standing_of(kind, open_duties([item.pk])[item.pk], local_day(now)))


@transaction.atomic
def measure_say(*, actor: Actor, item_id: int, percent: int, text: str, now: datetime) -> PlanSaid:
    """Say how far a measure is, as the unit that leads it. Every word stays; the newest is shown.

    Raises: NotFound (out of sight, no measure), NotAllowed (not the lead), WrongState (over), Incomplete (no
    text), Invalid (percent outside 0..100).
    Ledger: ``measure.said`` on the task.
    """
    item = item_locked(item_id)
    kind = type_by_id(item.definition_id)
    standing = standing_of(kind, open_duties([item.pk])[item.pk], local_day(now))
    if not may(actor, [LEADING], standing):
        require_seen(actor, item)
    if item.type_ref != MEASURE:
        raise NotFound(MISSING)
    require_holder(actor, [LEADING], standing, "自报进展")
    require(Stage(item.stage) not in ENDED, "本件已经结束，不再自报进展。", WrongState)
    if not 0 <= percent <= 100:
        raise Invalid("自报进度应为 0 至 100。", fields={"percent": "自报进度应为 0 至 100。"})
    text = text.strip()
    if not text:
        raise Incomplete("请写明进展。", fields={"text": "请写明进展。"})
    require(len(text) <= LONGEST_TEXT, f"进展不得超过 {LONGEST_TEXT} 字。", Invalid)
    said = PlanSaid.objects.create(
        item=item,
        percent=percent,
        text=text,
        at=now,
        by_account=actor.account_id,
        by_post=actor.post_code,
        by_unit=actor.unit_code,
    )
    PlanNode.objects.filter(item=item).update(said_percent=percent, said_on=local_day(now))
    data = {"type": item.type_ref, "number": item.number, "percent": percent}
    record(item, "measure.said", by=actor.by, at=now, rows=[said], data=data)
    return said
