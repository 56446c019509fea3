"""Reading plans and authorities: filtered lists, where a plan stands today."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from luoshi.core.actor import Actor
from luoshi.core.errors import NotFound
from luoshi.domains.supervision.models import Kind, OverlapAnswer, Plan, PlanState, Standing
from luoshi.domains.supervision.plans import Overlap, overlaps_of
from luoshi.kernel.access.policy import can

KINDS: dict[str, str] = {value: str(label) for value, label in Kind.choices}
STANDINGS: dict[str, str] = {value: str(label) for value, label in Standing.choices}
STATES: dict[str, str] = {
    "draft": "待审批",
    "ahead": "未开始",
    "running": "进行中",
    "over": "已结束",
    "cancelled": "已取消",
}


@dataclass(frozen=True, slots=True)
class PlanView:
    """A plan as it stands on a day. ``state``: a key of STATES; ``units``: titles of those visited."""

    plan: Plan
    state: str
    units: tuple[str, ...]
    answered: int

    @property
    def state_title(self) -> str:
        """Return the state in words."""
        return STATES[self.state]


def plans_visible(actor: Actor) -> QuerySet[Plan]:
    """Return every plan: units see when they will be visited, offices what others have planned."""
    rows = Plan.objects.order_by("-from_on", "-id")
    return rows if can(actor, "supervision.view") else rows.none()


def plans_found(
    actor: Actor, on: date, *, text: str = "", kind: str = "", state: str = "", year: str = ""
) -> list[PlanView]:
    """Return the plans that fit, the latest first. ``text``: in number, title, matter, organ or unit.

    Three queries, however many plans.
    """
    rows = plans_visible(actor).prefetch_related("objects_of", "overlaps")
    if kind:
        rows = rows.filter(kind=kind)
    if year.isascii() and year.isdigit():
        rows = rows.filter(year=int(year))
    views = [_view(plan, on) for plan in rows]
    return [view for view in views if (not state or view.state == state) and _says(view, text.strip())]


def plan_seen(actor: Actor, plan_id: int, on: date) -> PlanView:
    """Return one plan. Raises: NotFound, also for whoever may see none."""
    plan = plans_visible(actor).filter(pk=plan_id).first()
    if plan is None:
        raise NotFound("没有这份督查计划，或您无权查看。")
    return _view(plan, on)


def overlaps_open(plan: Plan) -> list[Overlap]:
    """Return the overlaps that the approval of a draft must answer."""
    return overlaps_of(plan) if plan.state == PlanState.DRAFT else []


def answers_of(plan: Plan) -> Sequence[OverlapAnswer]:
    """Return the answers given to overlaps when a plan was approved."""
    return list(plan.overlaps.select_related("other").order_by("id"))


def plan_may(actor: Actor, plan: Plan, on: date) -> dict[str, bool]:
    """Return which steps a page offers; the actions judge again."""
    own = plan.organ_code == actor.unit_code
    drafted = plan.drafted_by_account == actor.account_id
    draft = plan.state == PlanState.DRAFT
    return {
        "approve": own and draft and not drafted and can(actor, "supervision.approve"),
        "cancel": own
        and plan.state != PlanState.CANCELLED
        and plan.until_on >= on
        and can(actor, "supervision.plan"),
    }


def _view(plan: Plan, on: date) -> PlanView:
    if plan.state != PlanState.APPROVED:
        state = plan.state
    elif on < plan.from_on:
        state = "ahead"
    else:
        state = "running" if on <= plan.until_on else "over"
    units = tuple(row.unit_title for row in plan.objects_of.all())
    return PlanView(plan, str(state), units, len(plan.overlaps.all()))


def _says(view: PlanView, text: str) -> bool:
    said = (str(view.plan), view.plan.title, view.plan.matter, view.plan.organ_title, *view.units)
    return not text or any(text in part for part in said)
