"""Who builds plans and sees them: a draft is its keeper's, the tree of an issued plan everybody's."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from luoshi.core.actor import Actor, require
from luoshi.core.errors import Frozen, NotFound
from luoshi.domains.plans.models import Plan, State
from luoshi.kernel.access.policy import can, require_right

MANAGE, VIEW = "plan.manage", "plan.view"
MISSING = "没有这份计划，或您无权查看。"


def may_manage(actor: Actor, plan: Plan) -> bool:
    """Say whether an actor may change a plan: the right over its keeper, acting for that unit."""
    return can(actor, MANAGE, plan.keeper_id) and actor.unit_id == plan.keeper_id


def plans_visible(actor: Actor) -> QuerySet[Plan]:
    """Return the plans an actor may see, the newest first: those handed out, and drafts of the own unit."""
    found = Plan.objects.select_related("keeper", "verifier").order_by("-year", "-id")
    if not can(actor, VIEW):
        return found.none()
    own = Q(keeper_id=actor.unit_id) if can(actor, MANAGE) and actor.unit_id else Q(pk__in=[])
    return found.filter(~Q(state=State.DRAFT) | own)


def plan_visible(actor: Actor, plan_id: int) -> Plan:
    """Return one plan. Raises: NotFound, also when it is out of sight."""
    found = plans_visible(actor).filter(pk=plan_id).first()
    if found is None:
        raise NotFound(MISSING)
    return found


def plan_locked(actor: Actor, plan_id: int) -> Plan:
    """Return a plan that the actor may change, locked until the transaction ends.

    Raises: NotFound, NotAllowed, Frozen (closed).
    """
    plan_visible(actor, plan_id)
    plan = Plan.objects.select_for_update().get(pk=plan_id)
    require_manage(actor, plan)
    require(plan.state != State.CLOSED, "计划已办结，不能再改。后续任务请另建计划。", Frozen)
    return plan


def require_manage(actor: Actor, plan: Plan) -> None:
    """Refuse who may not change a plan. Raises: NotAllowed."""
    require_right(actor, MANAGE, plan.keeper_id)
    require(may_manage(actor, plan), "计划由编制它的主管单位调整，您当前的岗位不属于该单位。")
