"""Handing measures out: each becomes a task with lead, helpers, verifier and clock. Baselines besides."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from luoshi.core.actor import Actor, require
from luoshi.core.beijing import local_day
from luoshi.core.errors import Duplicate, Incomplete, Invalid, NotFound, WrongState
from luoshi.domains.plans.models import Level, Plan, PlanBaseline, PlanNode, State
from luoshi.domains.plans.policy import plan_locked
from luoshi.domains.plans.snapshot import body_of
from luoshi.domains.plans.tasks import MEASURE, task_made
from luoshi.kernel.items.schema import ENDED, Stage
from luoshi.kernel.items.sight import item_visible
from luoshi.kernel.ledger.actions import record

MOST_AT_ONCE = 500
LONGEST_LABEL = 40
FIRST = "首次下达"


@transaction.atomic
def measures_hand_out(
    *, actor: Actor, plan_id: int, node_ids: Sequence[int], now: datetime
) -> list[PlanNode]:
    """Hand out measures, all or none: those named, and those below the aspects and requirements named.

    What was handed out before is passed over. The first hand-out issues the plan and keeps a baseline.
    Raises: NotFound, NotAllowed, Frozen, Incomplete (none named, none left, or without lead or date, told
    with their numbers), Invalid (more than 500).
    Ledger: ``item.created`` for each task, ``plan.handed_out`` on the plan.
    """
    plan = plan_locked(actor, plan_id)
    nodes = _chosen(plan, node_ids)
    require(nodes, "所选范围没有待下达的举措，请另行勾选。", Incomplete)
    require(len(nodes) <= MOST_AT_ONCE, f"一次最多下达 {MOST_AT_ONCE} 项，请分批下达。", Invalid)
    for lacking, noun in (
        ([node.code for node in nodes if node.lead_id is None], "牵头单位"),
        ([node.code for node in nodes if node.due_on is None and not node.lasting], "完成时限"),
    ):
        if lacking:
            named = "、".join(lacking[:8]) + ("等" if len(lacking) > 8 else "")
            raise Incomplete(f"有 {len(lacking)} 项缺{noun}（{named}），本次没有下达。请补齐后再下达。")
    today = local_day(now)
    for node in nodes:
        node.item, node.handed_on = task_made(actor, node, now), today
        node.save(update_fields=["item", "handed_on"])
    rows: list[PlanNode | PlanBaseline] = list(nodes)
    if plan.state == State.DRAFT:
        plan.state = State.ISSUED
        plan.save()
        rows.append(PlanBaseline.objects.create(plan=plan, label=FIRST, at=now, body=body_of(plan)))
    data = {"code": plan.code, "nodes": [node.code for node in nodes]}
    record(plan, "plan.handed_out", by=actor.by, at=now, rows=rows, data=data)
    return nodes


@transaction.atomic
def measure_share(*, actor: Actor, plan_id: int, node_id: int, item_id: int, now: datetime) -> PlanNode:
    """Let a measure be served by a task that another plan handed out, instead of a second one.

    Raises: NotFound, NotAllowed, Frozen, Duplicate (handed out already), Invalid (no task of measures, or
    another lead), WrongState (the task is over).
    Ledger: ``plan.shared`` on the plan.
    """
    plan = plan_locked(actor, plan_id)
    node = _measure(plan, node_id)
    item = item_visible(actor, item_id)
    require(item.type_ref == MEASURE, "只能并入其他计划已下达的举措。", Invalid)
    if node.item_id is not None:
        raise Duplicate(f"举措 {node.code} 已经下达，不能再并入其他任务。")
    require(Stage(item.stage) not in ENDED, f"{item.number} 已经结束，请另行下达。", WrongState)
    served = PlanNode.objects.filter(item=item, lead_id=node.lead_id)
    require(served.exists(), f"{item.number} 的牵头单位不同，请先调整牵头单位或另行下达。", Invalid)
    node.item, node.handed_on = item, local_day(now)
    node.save(update_fields=["item", "handed_on"])
    data = {"code": plan.code, "node": node.code, "links": [item.number]}
    record(plan, "plan.shared", by=actor.by, at=now, rows=[node], data=data)
    return node


@transaction.atomic
def baseline_take(*, actor: Actor, plan_id: int, label: str, now: datetime) -> PlanBaseline:
    """Keep the plan as it stands, to compare with later.

    Raises: NotFound, NotAllowed, Frozen, Incomplete (no label), Invalid.
    Ledger: ``plan.baselined`` with the digest of everything kept.
    """
    plan = plan_locked(actor, plan_id)
    label = label.strip()
    require(label, "请给基线起个名称，如“年中调整前”。", Incomplete)
    require(len(label) <= LONGEST_LABEL, f"名称不得超过 {LONGEST_LABEL} 字。", Invalid)
    row = PlanBaseline.objects.create(plan=plan, label=label, at=now, body=body_of(plan))
    data = {"code": plan.code, "measures": len(row.body)}
    record(plan, "plan.baselined", by=actor.by, at=now, rows=[row], data=data)
    return row


def _measure(plan: Plan, node_id: int) -> PlanNode:
    found = PlanNode.objects.filter(plan=plan, pk=node_id, level=Level.MEASURE, ended_on=None)
    node = found.select_related("lead").order_by("id").first()
    if node is None:
        raise NotFound("计划中没有这项举措，或已终止。")
    return node


def _chosen(plan: Plan, node_ids: Sequence[int]) -> list[PlanNode]:
    """Return the live measures named or below what was named that are not handed out, in order."""
    rows = PlanNode.objects.filter(plan=plan, pk__in=node_ids, ended_on=None).order_by("sort")
    codes = list(rows.values_list("code", flat=True))
    require(codes, "请先勾选要下达的举措。", Incomplete)
    waiting = PlanNode.objects.filter(plan=plan, level=Level.MEASURE, ended_on=None, item=None)
    heads = tuple(f"{code}." for code in codes)
    return [
        node
        for node in waiting.select_related("lead", "plan__keeper", "plan__verifier", "parent").order_by(
            "sort"
        )
        if node.code in codes or node.code.startswith(heads)
    ]
