"""Plans of supervision: drafting, approving with every overlap answered, cancelling."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection, transaction
from django.db.models import Max

from luoshi.core.actor import Actor, require
from luoshi.core.beijing import local_day
from luoshi.core.errors import Incomplete, Invalid, NotAllowed, NotFound, SamePerson, WrongState
from luoshi.core.likeness import likeness
from luoshi.db.sql import advisory_lock
from luoshi.domains.supervision.authorities import authorities_holding, holds
from luoshi.domains.supervision.models import Kind, OverlapAnswer, Plan, PlanObject, PlanState
from luoshi.kernel.access.policy import require_right
from luoshi.kernel.ledger.actions import record
from luoshi.kernel.org.models import Unit

LONGEST, LONGEST_TEXT = 100, 1000
MOST_UNITS = 200
LIKE = 50
"""待核：两份计划的事项相近到几成即作重叠提示（0 至 100）。"""


@dataclass(frozen=True, slots=True)
class Draft:
    """A plan as typed. ``units``: codes of the units to be visited."""

    title: str
    kind: str
    matter: str
    content: str
    units: Sequence[str]
    from_on: date | None
    until_on: date | None


@dataclass(frozen=True, slots=True)
class Overlap:
    """Another plan at the same time about the same matter. ``units``: titles of those both visit."""

    other: Plan
    units: tuple[str, ...]


@transaction.atomic
def plan_draft(*, actor: Actor, draft: Draft, now: datetime) -> Plan:
    """Draft a plan of the own unit, numbered within the year, under an authority that holds on its first day.

    Raises: NotAllowed, Incomplete naming each thing that lacks, WrongState (no authority).
    Ledger: ``supervision_plan.drafted`` with the units.
    """
    require_right(actor, "supervision.plan")
    units = _checked(draft)
    assert draft.from_on is not None and draft.until_on is not None
    authority = authorities_holding(actor.unit_code, draft.from_on).first()
    if authority is None:
        raise WrongState(f"{actor.unit_title or '本单位'}在开始日期没有有效的督查授权，请先登记授权依据。")
    if not holds(authority, draft.until_on):
        raise WrongState(f"督查授权到 {authority.until_on:%Y-%m-%d} 为止，请把结束日期改到这一天或以前。")
    advisory_lock(connection, "supervision.plan")
    year = local_day(now).year
    newest = Plan.objects.filter(year=year).order_by().aggregate(newest=Max("seq"))["newest"]
    plan = Plan.objects.create(
        year=year,
        seq=(newest or 0) + 1,
        title=draft.title.strip(),
        kind=draft.kind,
        matter=draft.matter.strip(),
        content=draft.content.strip(),
        authority=authority,
        organ_code=authority.unit_code,
        organ_title=authority.unit_title,
        from_on=draft.from_on,
        until_on=draft.until_on,
        drafted_at=now,
        drafted_by_account=actor.account_id,
    )
    rows = [
        PlanObject.objects.create(plan=plan, unit=unit, unit_code=unit.code, unit_title=unit.title)
        for unit in units
    ]
    data = {"number": str(plan), "units": len(rows), "from": plan.from_on, "until": plan.until_on}
    record(plan, "supervision_plan.drafted", by=actor.by, at=now, rows=rows, data=data)
    return plan


@transaction.atomic
def plan_approve(*, actor: Actor, plan_id: int, answers: Mapping[int, str], now: datetime) -> Plan:
    """Approve a plan; every overlap with another plan that stands is answered with a reason (条例第 15 条).

    ``answers``: id of the other plan → why both are needed.
    Raises: NotFound, NotAllowed (another organ's), SamePerson (drafted it), WrongState (not a draft, its
    authority is over), Incomplete naming each overlap without an answer, Invalid (too long).
    Ledger: ``supervision_plan.approved`` with the answers.
    """
    plan = _locked(actor, plan_id, "supervision.approve")
    require(plan.state == PlanState.DRAFT, f"该计划{plan.get_state_display()}，不能再批准。", WrongState)
    own = plan.drafted_by_account == actor.account_id
    require(not own, "督查计划由本人拟订，不能由本人批准，请由其他人员办理。", SamePerson)
    require(holds(plan.authority, plan.from_on), "所依据的督查授权已经终止或到期。", WrongState)
    # The lock comes first: two plans approved at once see one another.
    advisory_lock(connection, "supervision.plan")
    rows = [_answered(plan, overlap, answers, actor, now) for overlap in _all_answered(plan, answers)]
    plan.state, plan.approved_at, plan.approved_by_account = PlanState.APPROVED, now, actor.account_id
    plan.save()
    data = {"number": str(plan), "overlaps": [str(row.other) for row in rows]}
    record(plan, "supervision_plan.approved", by=actor.by, at=now, rows=rows, data=data)
    return plan


@transaction.atomic
def plan_cancel(*, actor: Actor, plan_id: int, reason: str, now: datetime) -> Plan:
    """Cancel a plan that is not over.

    Raises: NotFound, NotAllowed, Incomplete, Invalid (reason), WrongState (cancelled already, over).
    Ledger: ``supervision_plan.cancelled``.
    """
    plan = _locked(actor, plan_id, "supervision.plan")
    require(plan.state != PlanState.CANCELLED, "该计划已经取消。", WrongState)
    require(plan.until_on >= local_day(now), "该计划已经结束，不能取消。", WrongState)
    reason = reason.strip()
    require(reason, "请写明取消理由。", Incomplete)
    require(len(reason) <= LONGEST_TEXT, f"理由不得超过 {LONGEST_TEXT} 字。", Invalid)
    plan.state, plan.cancel_reason = PlanState.CANCELLED, reason
    plan.save()
    record(plan, "supervision_plan.cancelled", by=actor.by, at=now, data={"number": str(plan)})
    return plan


def overlaps_of(plan: Plan) -> list[Overlap]:
    """Return the approved plans that visit some of the same units about a like matter within the same days.

    Those of the own organ too. Two queries.
    """
    mine = {row.unit_id for row in plan.objects_of.all()}
    others = Plan.objects.filter(
        state=PlanState.APPROVED, from_on__lte=plan.until_on, until_on__gte=plan.from_on
    ).exclude(pk=plan.pk)
    found = []
    for other in others.order_by("from_on", "id").prefetch_related("objects_of"):
        both = tuple(row.unit_title for row in other.objects_of.all() if row.unit_id in mine)
        if both and likeness(other.matter, plan.matter) >= LIKE:
            found.append(Overlap(other, both))
    return found


def _all_answered(plan: Plan, answers: Mapping[int, str]) -> list[Overlap]:
    found = overlaps_of(plan)
    lacking = {
        f"overlap_{each.other.pk}": f"与{each.other}（{each.other.organ_title}）重叠，请写明理由。"
        for each in found
        if not answers.get(each.other.pk, "").strip()
    }
    if lacking:
        raise Incomplete(" ".join(lacking.values()), fields=lacking)
    return found


def _answered(
    plan: Plan, overlap: Overlap, answers: Mapping[int, str], actor: Actor, now: datetime
) -> OverlapAnswer:
    reason = answers[overlap.other.pk].strip()
    require(len(reason) <= LONGEST_TEXT, f"理由不得超过 {LONGEST_TEXT} 字。", Invalid)
    return OverlapAnswer.objects.create(
        plan=plan, other=overlap.other, reason=reason, at=now, by_account=actor.account_id
    )


def _checked(draft: Draft) -> list[Unit]:
    """Return the units of a draft. Raises: Incomplete naming each thing that lacks or does not fit."""
    faults: dict[str, str] = {}
    texts = {
        "title": ("名称", LONGEST),
        "matter": ("督查事项", LONGEST),
        "content": ("督查内容", LONGEST_TEXT),
    }
    for key, (title, most) in texts.items():
        text = getattr(draft, key).strip()
        if not text:
            faults[key] = f"请填写{title}。"
        elif len(text) > most:
            faults[key] = f"{title}不得超过 {most} 字，现有 {len(text)} 字。"
    if draft.kind not in Kind.values:
        faults["kind"] = "请选择督查方式。"
    if draft.from_on is None or draft.until_on is None:
        faults["until_on"] = "请填写开始和结束日期。"
    elif draft.until_on < draft.from_on:
        faults["until_on"] = "结束日期不得早于开始日期。"
    units = list(Unit.objects.filter(code__in=draft.units).order_by("sort", "code"))
    if not units or len(units) != len(set(draft.units)):
        faults["units"] = "请从名录中选择督查对象，至少一个单位。"
    elif len(units) > MOST_UNITS:
        faults["units"] = f"一份计划最多 {MOST_UNITS} 个单位，请分开拟订。"
    if faults:
        raise Incomplete(" ".join(faults.values()), fields=faults)
    return units


def _locked(actor: Actor, plan_id: int, right: str) -> Plan:
    plan = Plan.objects.select_for_update().filter(pk=plan_id).order_by("id").first()
    if plan is None:
        raise NotFound("没有这份督查计划，或您无权查看。")
    require_right(actor, right)
    own = plan.organ_code == actor.unit_code
    require(own, f"该计划由{plan.organ_title}办理，您当前的岗位不能办理。", NotAllowed)
    return plan
