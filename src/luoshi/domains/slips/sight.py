"""Which slips somebody may see, and who acts on them."""

from __future__ import annotations

from datetime import date

from django.db.models import Q, QuerySet

from luoshi.core.actor import Actor
from luoshi.core.errors import NotFound
from luoshi.domains.slips.models import Slip
from luoshi.kernel.access.policy import can
from luoshi.kernel.access.queries import units_in_sight
from luoshi.kernel.filings.sight import LATEST, sees_all, units_answered


def slips_visible(actor: Actor) -> QuerySet[Slip]:
    """Return the slips of the units in sight and those one's own unit issued, the newest first."""
    found = Slip.objects.select_related("unit").order_by("-issued_at", "-id")
    if not can(actor, "slip.view"):
        return found.none()
    if sees_all(actor):
        return found
    units = units_answered(units_in_sight(actor, LATEST), LATEST)
    issued = Q(organ_code=actor.unit_code) if actor.unit_code else Q(pk__in=[])
    return found.filter(Q(unit_id__in=units) | issued)


def slip_visible(actor: Actor, slip_id: int) -> Slip:
    """Return one slip. Raises: NotFound, also when it is out of sight."""
    found = slips_visible(actor).filter(pk=slip_id).first()
    if found is None:
        raise NotFound("没有这份督办单，或您无权查看。")
    return found


def sees_file(actor: Actor, revision_id: int, today: date) -> bool:
    """Say whether an actor reads a file of a reply: whoever sees the slip does."""
    return slips_visible(actor).filter(replies__files__revision_id=revision_id).exists()


def slip_locked(actor: Actor, slip_id: int) -> Slip:
    """Return one slip in sight, locked until the transaction ends. Raises: NotFound."""
    slip_visible(actor, slip_id)
    return Slip.objects.select_for_update().get(pk=slip_id)


def acts_for(actor: Actor, right: str, slip: Slip, on: date) -> bool:
    """Say whether the actor acts for the unit of a slip, or for one it was merged into, by a right."""
    if actor.unit_id is None or not can(actor, right):
        return False
    return slip.unit_id in units_answered([actor.unit_id], on)


def issues(actor: Actor, organ: str) -> bool:
    """Say whether the actor issues slips of an organ."""
    return bool(organ) and actor.unit_code == organ and can(actor, "slip.issue")


def took_part(actor: Actor, slip: Slip) -> bool:
    """Say whether the account replied to a slip or signed a reply, in whichever of its posts. One query."""
    mine = Q(by_account=actor.account_id) | Q(signed_by_account=actor.account_id)
    return slip.replies.filter(mine).exists()
