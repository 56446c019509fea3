"""Which handovers somebody may see, and on which side of one they stand."""

from __future__ import annotations

from datetime import date

from django.db.models import Q, QuerySet

from luoshi.core.actor import SYSTEM_ACTOR, Actor
from luoshi.core.errors import NotAllowed, NotFound
from luoshi.domains.handover.models import Handover, Side
from luoshi.kernel.access.policy import can
from luoshi.kernel.access.queries import units_in_sight
from luoshi.kernel.org.models import Appointment
from luoshi.kernel.org.places import holding

LATEST = date.max
VIEW, MANAGE = "handover.view", "handover.manage"


def handovers_visible(actor: Actor) -> QuerySet[Handover]:
    """Return the own handovers, on whichever side, and those of units an office sees; the newest first."""
    found = Handover.objects.select_related("giver", "taker", "witness_post__unit", "to_post__unit", "post")
    found = found.order_by("-year", "-number")
    if actor == SYSTEM_ACTOR:
        return found
    own = Q(pk__in=[])
    if actor.person_id is not None:
        own |= Q(giver_id=actor.person_id) | Q(taker_id=actor.person_id)
    if actor.post_id is not None:
        own |= Q(witness_post_id=actor.post_id)
    if can(actor, VIEW):
        own |= Q(unit_id__in=units_in_sight(actor, LATEST))
    return found.filter(own)


def handover_visible(actor: Actor, handover_id: int) -> Handover:
    """Return one handover. Raises: NotFound, also when it is out of sight."""
    found = handovers_visible(actor).filter(pk=handover_id).first()
    if found is None:
        raise NotFound("没有这份交接，或您无权查看。")
    return found


def handover_locked(actor: Actor, handover_id: int) -> Handover:
    """Return one handover in sight, locked until the transaction ends. Raises: NotFound."""
    handover_visible(actor, handover_id)
    return Handover.objects.select_for_update().get(pk=handover_id)


def manages(actor: Actor, handover: Handover) -> bool:
    """Say whether the actor sees to this handover for the office; nobody does to an own one."""
    own = actor.person_id is not None and actor.person_id in (handover.giver_id, handover.taker_id)
    return can(actor, MANAGE, handover.unit_id) and not own


def side_of(actor: Actor, handover: Handover, on: date) -> Side | None:
    """Return the side on which the actor stands; None for an onlooker. At most one query."""
    if actor.person_id is None:
        return None
    if actor.person_id == handover.giver_id:
        return Side.GIVER
    if actor.person_id == handover.taker_id:
        return Side.TAKER
    if actor.post_id == handover.witness_post_id:
        held = Appointment.objects.filter(holding(on), post_id=actor.post_id, person_id=actor.person_id)
        return Side.WITNESS if held.exists() else None
    return None


def require_side(actor: Actor, handover: Handover, side: Side, on: date, doing: str) -> None:
    """Refuse whoever does not stand on a side. Raises: NotAllowed."""
    if side_of(actor, handover, on) is not side:
        raise NotAllowed(f"“{doing}”由{side.label}办理，您不是本次交接的{side.label}。")
