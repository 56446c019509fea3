"""Sums of the branches of a plan, added up by the database, so that a page reads open branches only."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal

from django.db.models import Count, F, IntegerField, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from luoshi.domains.plans.figures import known_by_figures
from luoshi.domains.plans.models import Level, Plan, PlanNode
from luoshi.domains.plans.progress import Tally
from luoshi.kernel.items.models import ItemClock

DONE = Q(item__stage="done")
DATED = Q(lasting=False)
SAID = Q(said_percent__isnull=False)
IN_HAND = ("sent", "doing")
"""States in which a clock that ran out makes a measure overdue, as ``progress.standing_of`` has it."""


def measures_live(plan: Plan) -> QuerySet[PlanNode]:
    """Return the measures that count: not ended, nor cancelled as a task."""
    return PlanNode.objects.filter(plan=plan, level=Level.MEASURE, ended_on=None).exclude(item__stage="void")


def tallies_of(plan: Plan, now: datetime) -> dict[int, Tally]:
    """Return requirement id → sums of its measures. Three queries, more where figures are bound."""
    live = measures_live(plan)
    found: dict[int, Tally] = {}
    rows = live.values("parent_id").annotate(
        measures=Count("id"),
        closed=Count("id", filter=DONE & DATED),
        lasting_count=Count("id", filter=~DATED),
        waiting=Count("id", filter=Q(item=None)),
        whole=_sum(F("weight"), DATED),
        done_weight=_sum(F("weight"), DONE & DATED),
        said=Count("id", filter=SAID),
        said_weight=_sum(F("weight"), SAID),
        said_points=_sum(F("weight") * F("said_percent"), SAID),
    )
    for row in rows.order_by("parent_id"):
        found[row["parent_id"]] = Tally(
            measures=row["measures"],
            closed=row["closed"],
            lasting=row["lasting_count"],
            waiting=row["waiting"],
            weight=row["whole"],
            known_weight=row["done_weight"],
            points=Decimal(100 * row["done_weight"]),
            said=row["said"],
            said_weight=row["said_weight"],
            said_points=row["said_points"],
        )
    _overdue(plan, found, now)
    _figures(plan, found, now)
    return found


def leads_of(plan: Plan, parent_ids: Iterable[int]) -> dict[int, set[str]]:
    """Return branch id → names of the units that lead below it, for aspects and some requirements.

    Two queries.
    """
    live = measures_live(plan).order_by()
    found: dict[int, set[str]] = {}
    above = live.values_list("parent__parent_id", "lead__title").distinct()
    beside = live.filter(parent_id__in=list(parent_ids)).values_list("parent_id", "lead__title").distinct()
    for branch_id, title in (*above, *beside):
        found.setdefault(branch_id or 0, set()).add(title or "")
    return found


def _overdue(plan: Plan, found: Mapping[int, Tally], now: datetime) -> None:
    running = ItemClock.objects.filter(
        key="due", stopped_at=None, voided_at=None, bound_at__lt=now, item__state__in=IN_HAND
    )
    late = measures_live(plan).filter(item_id__in=running.order_by().values("item_id"))
    for parent_id, number in late.order_by().values_list("parent_id").annotate(Count("id")):
        found[parent_id].overdue = number


def _figures(plan: Plan, found: Mapping[int, Tally], now: datetime) -> None:
    bound = measures_live(plan).filter(DATED).exclude(indicator="").exclude(DONE).order_by("id")
    rows = list(bound.values_list("id", "lead_id", "indicator", "target", "parent_id", "weight"))
    known = known_by_figures(plan, [row[:4] for row in rows], now)
    for row in rows:
        if row[0] in known:
            tally = found[row[4]]
            tally.known_weight += row[5]
            tally.points += row[5] * known[row[0]]


def _sum(value: object, condition: Q) -> Coalesce:
    return Coalesce(Sum(value, filter=condition, output_field=IntegerField()), 0)
