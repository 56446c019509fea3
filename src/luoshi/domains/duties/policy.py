"""Who may draft and publish a list. One never writes for units that one does not see."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from luoshi.core.actor import Actor, require
from luoshi.domains.duties.models import DutyList, Kind
from luoshi.kernel.access.policy import can, require_right
from luoshi.kernel.access.queries import units_in_sight
from luoshi.kernel.org.queries import UnitFacts


def may_draft(actor: Actor, kind: str, keeper_id: int) -> bool:
    """Say whether ``actor`` may write drafts of this kind for the unit that keeps the list."""
    if not can(actor, "list.draft", keeper_id):
        return False
    return kind == Kind.OWN or can(actor, "list.publish", keeper_id)


def may_publish(actor: Actor, duty_list: DutyList) -> bool:
    """Say whether ``actor`` may publish a draft: the right, and another account than those who wrote it."""
    return can(actor, "list.publish", duty_list.keeper_id) and actor.account_id not in duty_list.editors


def require_drafting(actor: Actor, kind: str, keeper_id: int) -> None:
    """Refuse who may not write drafts of this kind. Raises: NotAllowed."""
    require_right(actor, "list.draft", keeper_id)
    require(
        may_draft(actor, kind, keeper_id),
        "共性清单和负面清单由负责全区清单的部门起草，本单位只能起草个性清单。",
    )


def require_audience(actor: Actor, units: Iterable[UnitFacts], on: date) -> None:
    """Refuse a list for units out of the actor's sight. Raises: NotAllowed."""
    seen = units_in_sight(actor, on)
    foreign = sorted(unit.code for unit in units if unit.id not in seen)
    require(
        not foreign,
        f"适用单位中有 {len(foreign)} 个不在您的范围内（如 {'、'.join(foreign[:3])}），请缩小适用单位。",
    )
