"""The task behind a measure: created when it is handed out, taken back and sent anew when it changes.

Everything goes through the actions of items: the clock keeps its rounds, what was missed stays missed.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from luoshi.core.actor import Actor
from luoshi.core.beijing import local_day
from luoshi.core.errors import Incomplete, WrongState
from luoshi.domains.plans.checking import Read
from luoshi.domains.plans.models import NodeCo, Plan, PlanNode
from luoshi.kernel.items.actions import item_create, item_move
from luoshi.kernel.items.editing import duties_set, item_edit
from luoshi.kernel.items.given import Given
from luoshi.kernel.items.models import Item
from luoshi.kernel.items.schema import ENDED, Stage
from luoshi.kernel.org.models import Unit

MEASURE = "renwu.measure"
CHECKING = "check"
HANDED = ("sent", "doing", "lasting")


def task_made(actor: Actor, node: PlanNode, now: datetime) -> Item:
    """Create the task of a measure that is ready; the ledger holds one ``item.created``."""
    values = {
        "code": f"{node.plan.code} {node.code}",
        "plan": node.plan.title,
        "demand": node.parent.title if node.parent else "",
        "leader": node.leader,
        "source": "；".join(node.sources),
        "term": "lasting" if node.lasting else "dated",
        "until": _until(node, local_day(now)).isoformat(),
    }
    co = NodeCo.objects.filter(node=node).order_by("id").values_list("unit__code", flat=True)
    assert node.lead is not None
    duties = {"lead": [node.lead.code], "co": list(co), "watch": [checker_of(node.plan, node.lead_id).code]}
    values = {key: text for key, text in values.items() if text}
    given = Given(title=node.title, values=values, duties=duties)
    return item_create(actor=actor, type_ref=MEASURE, given=given, now=now)


def checker_of(plan: Plan, lead_id: int | None) -> Unit:
    """Return the unit that verifies what a unit leads: never that unit itself."""
    return plan.keeper if lead_id == plan.verifier_id else plan.verifier


def task_changed(
    actor: Actor,
    node: PlanNode,
    read: Read,
    changed: set[str],
    co: Sequence[str],
    reason: str,
    now: datetime,
) -> None:
    """Carry a change of a measure into its task: a new date or lead is a new hand-out with the reason.

    Raises: Incomplete (no reason), WrongState (being verified), and what the actions of items raise.
    """
    item = _task(node)
    if Stage(item.stage) in ENDED:
        return
    if changed & {"lead", "due"}:
        _sent_anew(actor, node, item, co, reason, now)
    elif "co" in changed and item.state != CHECKING:
        duties_set(actor=actor, item_id=item.pk, given=Given(duties={"co": co}), now=now)
    texts = {"leader": read.leader or None, "source": "；".join(read.sources) or None}
    texts = {key: text for key, text in texts.items() if item.values.get(key) != text}
    if (texts or "title" in changed) and item.state != CHECKING:
        given = Given(title=read.title, values=texts)
        item_edit(actor=actor, item_id=item.pk, given=given, now=now)


def _sent_anew(
    actor: Actor, node: PlanNode, item: Item, co: Sequence[str], reason: str, now: datetime
) -> None:
    if item.state == CHECKING:
        raise WrongState(f"举措 {node.code} 正在核查，请在核查结束后再调整时限或牵头单位。")
    if not reason:
        raise Incomplete("已下达的举措调整时限或牵头单位，请写明理由。", fields={"reason": "请写明理由。"})
    if item.state in HANDED:
        item_move(actor=actor, item_id=item.pk, move="recall", given=Given(note=reason), now=now)
    node.refresh_from_db(fields=["lead"])
    if node.lead is None:
        raise Incomplete(f"举措 {node.code} 已下达，不能没有牵头单位。", fields={"lead": "请填写牵头单位。"})
    duties = {
        "lead": [node.lead.code],
        "co": list(co),
        "watch": [checker_of(node.plan, node.lead_id).code],
    }
    values = {
        "term": "lasting" if node.lasting else "dated",
        "until": _until(node, local_day(now)).isoformat(),
    }
    given = Given(values=values, duties=duties, note=reason)
    item_move(actor=actor, item_id=item.pk, move="resend", given=given, now=now)


def task_ended(actor: Actor, node: PlanNode, reason: str, now: datetime) -> None:
    """Cancel the task of a measure that ended, unless it is over or another live measure has it too.

    Raises: WrongState (being verified), and what the actions of items raise.
    """
    item = _task(node)
    others = PlanNode.objects.filter(item=item, ended_on=None).exclude(pk=node.pk)
    if Stage(item.stage) in ENDED or others.exists():
        return
    if item.state == CHECKING:
        raise WrongState(f"举措 {node.code} 正在核查，请在核查结束后再终止。")
    item_move(actor=actor, item_id=item.pk, move="cancel", given=Given(note=reason), now=now)


def _task(node: PlanNode) -> Item:
    """Return the task of a measure that was handed out, as it stands now."""
    assert node.item_id is not None
    return Item.objects.get(pk=node.item_id)


def _until(node: PlanNode, today: date) -> date:
    """Return the day the clock runs to: for a lasting measure the next look at it."""
    if node.due_on is not None:
        return node.due_on
    if not node.lasting:
        raise Incomplete(f"举措 {node.code} 缺完成时限，不能下达。", fields={"due": "请填写完成时限。"})
    return max(date(node.plan.year, 12, 31), today)
