"""Conditions that moves of the supervision pack name: authority, plan, parts, time to object over."""

from __future__ import annotations

from luoshi.core.beijing import local_day
from luoshi.core.errors import WrongState
from luoshi.domains.supervision.authorities import authorities_holding
from luoshi.domains.supervision.models import Plan, PlanState
from luoshi.kernel.items.hooks import Asked
from luoshi.kernel.items.models import Item
from luoshi.kernel.items.schema import ENDED
from luoshi.kernel.items.types import LEAD

OBJECTION_DAYS = 30
"""条例第 17 条：收到督查结论之日起 30 日内可申请复核。"""
VISITS = ("overall", "special", "event")
"""Kinds that go to the units, and so need a plan."""


def authority_guard(asked: Asked) -> None:
    """Refuse a unit without an authority that holds today. Raises: WrongState."""
    if not authorities_holding(asked.actor.unit_code, local_day(asked.now)).exists():
        raise WrongState("本单位没有有效的督查授权，不能开展督查。请先在“督查计划”的授权依据中登记。")


def plan_guard(asked: Asked) -> None:
    """Refuse a conclusion of a visit that no approved plan of the own unit covers. Raises: WrongState."""
    if asked.read is None:
        return
    values = {**asked.item.values, **asked.read.values}
    if values.get("kind") not in VISITS:
        return
    number = (values.get("plan") or "").strip()
    given = asked.read.duties.get(LEAD)
    held = {row.unit_id for row in asked.duties if row.role == LEAD}
    units = held if given is None else {target.unit.pk for target in given}
    plans = Plan.objects.filter(state=PlanState.APPROVED, organ_code=asked.actor.unit_code).order_by("id")
    if any(str(plan) == number for plan in plans.filter(objects_of__unit_id__in=units).distinct()):
        return
    named = f"“{number}”" if number else "（未填）"
    raise WrongState(f"督查结论所写的计划{named}不是本单位已批准、且列有该单位的督查计划，请核对计划编号。")


def parts_guard(asked: Asked) -> None:
    """Refuse to report a matter while a part of it is open. Raises: WrongState naming the parts."""
    rows = Item.objects.filter(parents__parent=asked.item, merged_into=None).order_by("id")
    waiting = list(rows.exclude(stage__in=[stage.value for stage in ENDED]).values_list("number", flat=True))
    if waiting:
        raise WrongState(f"协办任务 {'、'.join(waiting)} 还没有汇总，请先汇总或请督查室终止后再报结。")


def expired_guard(asked: Asked) -> None:
    """Refuse to settle a conclusion while the unit may still object. Raises: WrongState."""
    days = (local_day(asked.now) - local_day(asked.item.entered_at)).days
    if days <= OBJECTION_DAYS:
        raise WrongState(f"被督查单位在 {OBJECTION_DAYS} 日内可以申请复核，现为第 {days} 日，期满后再办理。")
