"""Reading plans: the list with counts, one measure, the own tasks, what a plan still lacks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Q

from luoshi.core.actor import Actor
from luoshi.core.deadlines import Deadline
from luoshi.core.errors import NotFound
from luoshi.domains.plans.checking import Typed
from luoshi.domains.plans.models import Level, Plan, PlanBaseline, PlanNode, PlanSaid, State
from luoshi.domains.plans.policy import may_manage, plan_visible, plans_visible
from luoshi.domains.plans.progress import STANDINGS, Leaf, Tally
from luoshi.domains.plans.snapshot import Difference, baseline_before, differences
from luoshi.domains.plans.tree import (
    COLUMNS,
    PER_PAGE,
    Asked,
    Branch,
    Row,
    Tree,
    branches_of,
    leaves_of,
    leaves_read,
    timings_of,
    tree_of,
)
from luoshi.domains.plans.writing import co_words, words_of
from luoshi.kernel.access.queries import units_in_sight
from luoshi.kernel.items.models import ItemClock
from luoshi.kernel.org.models import Unit
from luoshi.kernel.org.queries import units_on

__all__ = [
    "PER_PAGE",
    "STANDINGS",
    "Asked",
    "Branch",
    "Difference",
    "Leaf",
    "Level",
    "Row",
    "State",
    "Tally",
    "Tree",
    "baseline_before",
    "branches_of",
    "differences",
    "leaves_of",
    "may_manage",
    "plan_visible",
    "plans_visible",
    "tree_of",
    "words_of",
]
STAGES_OVER = ("done", "void")


@dataclass(frozen=True, slots=True)
class PlanRow:
    """One plan of the list. ``measures``: live ones; ``closed``: of them verified; ``handed``: handed out."""

    plan: Plan
    measures: int
    handed: int
    closed: int
    lasting: int


@dataclass(frozen=True, slots=True)
class Gap:
    """Something a plan lacks. ``kind``: demand (without measure), lead, due, leader, unit (without task)."""

    kind: str
    code: str
    title: str
    wants: str


@dataclass(frozen=True, slots=True)
class Own:
    """One measure of a unit: the plan, how it stands, whether the unit leads or helps."""

    plan: Plan
    leaf: Leaf
    leads: bool


def plans_listed(actor: Actor) -> list[PlanRow]:
    """Return the plans an actor may see with their counts, the newest first. Two queries."""
    live = Q(nodes__level=Level.MEASURE, nodes__ended_on=None)
    rows = plans_visible(actor).annotate(
        measures=Count("nodes", filter=live),
        handed=Count("nodes", filter=live & Q(nodes__item__isnull=False)),
        closed=Count("nodes", filter=live & Q(nodes__item__stage="done")),
        lasting_count=Count("nodes", filter=live & Q(nodes__lasting=True)),
    )
    return [PlanRow(row, row.measures, row.handed, row.closed, row.lasting_count) for row in rows]


def node_of(plan: Plan, node_id: int) -> PlanNode:
    """Return one live node of a plan. Raises: NotFound."""
    found = PlanNode.objects.filter(plan=plan, pk=node_id, ended_on=None).select_related("lead", "item")
    node = found.order_by("id").first()
    if node is None:
        raise NotFound("计划中没有这一项，或已终止。")
    return node


def typed_of(plan: Plan, node: PlanNode) -> Typed:
    """Return a measure as it is typed. Two queries."""
    demand = PlanNode.objects.select_related("parent").get(pk=node.parent_id or 0)
    words = words_of(node) | {"co": co_words([node.pk]).get(node.pk, "")}
    aspect = demand.parent.title if demand.parent else ""
    return Typed(code=node.code, aspect=aspect, demand=demand.title, **words)


def sheet_rows(plan: Plan) -> list[tuple[str, ...]]:
    """Return the live breakdown in the layout of the import: one row a measure. Three queries."""
    branches = branches_of(plan)
    rows = PlanNode.objects.filter(plan=plan, level=Level.MEASURE, ended_on=None)
    nodes = list(rows.select_related("lead").order_by("sort"))
    helping = co_words(node.pk for node in nodes)
    found = []
    for node in nodes:
        demand = branches[node.parent_id or 0]
        aspect = branches[demand.parent_id or 0]
        words = words_of(node) | {"co": helping.get(node.pk, "")}
        texts = (words[name] for name in ("title", "lead", "co", "due", "leader", "sources", "weight"))
        found.append((node.code, aspect.title, demand.title, *texts))
    return found


def nodes_waiting(plan: Plan) -> list[PlanNode]:
    """Return the live measures that are not handed out, in order."""
    rows = PlanNode.objects.filter(plan=plan, level=Level.MEASURE, ended_on=None, item=None)
    return list(rows.select_related("lead", "parent").order_by("sort"))


def baselines_of(plan: Plan) -> list[PlanBaseline]:
    """Return the baselines of a plan without their content, the newest first."""
    return list(PlanBaseline.objects.filter(plan=plan).defer("body").order_by("-at", "-id"))


def gaps_of(actor: Actor, plan: Plan, on: date) -> list[Gap]:
    """Return everything a plan lacks, by kind and number; of units those in sight. Six queries."""
    branches = branches_of(plan)
    rows = PlanNode.objects.filter(plan=plan, level=Level.MEASURE, ended_on=None).order_by("sort")
    nodes = list(rows)
    held = {node.parent_id for node in nodes}
    found = [
        Gap("demand", each.code, each.title, "没有举措")
        for each in branches.values()
        if each.level == Level.REQUIREMENT and each.id not in held
    ]
    for kind, wants, lacks in (
        ("lead", "没有牵头单位", lambda node: node.lead_id is None),
        ("due", "没有完成时限", lambda node: node.due_on is None and not node.lasting),
        ("leader", "没有责任领导", lambda node: not node.leader),
    ):
        found += [Gap(kind, node.code, node.title, wants) for node in nodes if lacks(node)]
    busy = {node.lead_id for node in nodes}
    helped = PlanNode.objects.filter(plan=plan, ended_on=None, cos__isnull=False).order_by()
    busy |= set(helped.values_list("cos__unit_id", flat=True))
    seen = units_in_sight(actor, on)
    idle = [unit for unit in units_on(on).exclude(kind="group") if unit.pk in seen - busy]
    skipped = {plan.keeper_id, plan.verifier_id}
    found += [Gap("unit", unit.code, unit.title, "没有承担任务") for unit in idle if unit.pk not in skipped]
    return found


def own_measures(actor: Actor, now: datetime, *, unit_id: int | None = None) -> list[Own]:
    """Return the live measures of issued plans that a unit leads or helps with, by date. Four queries."""
    unit = unit_id or actor.unit_id
    plans = {plan.pk: plan for plan in plans_visible(actor).exclude(state=State.DRAFT)}
    if unit is None or not plans:
        return []
    rows = PlanNode.objects.filter(
        Q(lead_id=unit) | Q(cos__unit_id=unit), plan_id__in=plans, level=Level.MEASURE, ended_on=None
    )
    nodes = list(
        rows.exclude(item=None).order_by("due_on", "plan_id", "sort").values_list(*COLUMNS, "plan_id")
    )
    nodes = list({row[0]: row for row in nodes}.values())
    timings = timings_of(ItemClock.objects.filter(item_id__in=[row[11] for row in nodes], key="due"))
    leaves = leaves_read([row[:-1] for row in nodes], timings, now)
    return [Own(plans[row[-1]], leaf, leaf.lead_id == unit) for row, leaf in zip(nodes, leaves, strict=True)]


def said_of(item_id: int) -> list[PlanSaid]:
    """Return what the unit said of a task, the newest first. The caller has seen the task."""
    return list(PlanSaid.objects.filter(item_id=item_id).order_by("-at", "-id"))


def nodes_served(actor: Actor, item_id: int) -> list[PlanNode]:
    """Return the live measures of visible plans that a task serves, with their way up."""
    rows = PlanNode.objects.filter(item_id=item_id, ended_on=None, plan__in=plans_visible(actor).order_by())
    return list(rows.select_related("plan", "parent__parent").order_by("plan_id", "sort"))


def due_words(leaf: Leaf) -> str:
    """Return the planned date of a measure in words."""
    return Deadline(leaf.due_on, leaf.lasting).words


def units_taking_part(plan: Plan) -> list[Unit]:
    """Return the units that lead or help with a live measure of a plan, in their order. One query."""
    live = PlanNode.objects.filter(plan=plan, level=Level.MEASURE, ended_on=None).order_by()
    leads, helps = live.values("lead_id"), live.values("cos__unit_id")
    return list(Unit.objects.filter(Q(pk__in=leads) | Q(pk__in=helps)).order_by("sort", "code"))
