"""Measures whose progress a figure tells: an indicator of the year for the lead, against a target."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from luoshi.core.actor import Actor, require
from luoshi.core.canonical import decimal_text
from luoshi.core.errors import Frozen, Invalid, NotFound
from luoshi.core.periods import parse_period
from luoshi.domains.plans.models import Level, Plan, PlanNode
from luoshi.domains.plans.policy import plan_locked
from luoshi.kernel.definitions.queries import Def, definitions_of
from luoshi.kernel.indicators.engine import evaluate
from luoshi.kernel.ledger.actions import record

ALL = Decimal(100)
LARGEST = Decimal(10) ** 12
PLACES = 4


@transaction.atomic
def measure_bind(
    *, actor: Actor, plan_id: int, node_id: int, indicator: str, target: Decimal | None, now: datetime
) -> PlanNode:
    """Let a figure tell how far a measure is, or no longer (``indicator`` empty).

    ``target``: the value at which it is done, with at most four decimals, in the unit of the indicator.
    Raises: NotFound, NotAllowed, Frozen (plan closed, measure done), Invalid with ``fields``.
    Ledger: ``plan.bound`` on the plan.
    """
    plan = plan_locked(actor, plan_id)
    found = PlanNode.objects.filter(plan=plan, pk=node_id, level=Level.MEASURE, ended_on=None)
    node = found.select_related("item").order_by("id").first()
    if node is None:
        raise NotFound("计划中没有这项举措，或已终止。")
    require(node.item is None or node.item.stage != "done", "举措已销号，不再对应指标。", Frozen)
    if indicator and indicator not in {each.ref for each in indicators_offered()}:
        raise Invalid("没有这个指标。", fields={"indicator": "没有这个指标，请从中选择。"})
    if indicator and (target is None or not 0 < target < LARGEST or round(target, PLACES) != target):
        text = f"目标值应大于 0，最多 {PLACES} 位小数。"
        raise Invalid(text, fields={"target": text})
    node.indicator, node.target = indicator, target if indicator else None
    node.save(update_fields=["indicator", "target"])
    told = decimal_text(target) if indicator and target is not None else ""
    data = {"code": plan.code, "node": node.code, "indicator": indicator, "target": told}
    record(plan, "plan.bound", by=actor.by, at=now, rows=[node], data=data)
    return node


def indicators_offered() -> Sequence[Def]:
    """Return the indicators in force. One query."""
    return definitions_of("indicator")


def known_by_figures(
    plan: Plan, rows: Iterable[tuple[int, int | None, str, Decimal | None]], now: datetime
) -> dict[int, Decimal]:
    """Return node id → percent of the target reached, at most 100, for (id, lead, indicator, target).

    A unit for which nothing was counted is left out: nothing is known of it. Queries as ``evaluate``.
    """
    bound = [row for row in rows if row[1] is not None and row[2] and row[3]]
    if not bound:
        return {}
    refs = sorted({row[2] for row in bound})
    units = {row[1] for row in bound if row[1] is not None}
    figures = evaluate(refs, parse_period(str(plan.year)), by_unit=True, unit_ids=units, at=now)
    found: dict[int, Decimal] = {}
    for node_id, lead_id, ref, target in bound:
        figure = figures.get((ref, lead_id))
        if figure is not None and figure.base and figure.value is not None and target:
            found[node_id] = max(Decimal(0), min(ALL, figure.value * ALL / target))
    return found
