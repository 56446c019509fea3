"""Which obligations somebody may see."""

from __future__ import annotations

from datetime import date

from django.db.models import QuerySet

from luoshi.core.actor import SYSTEM_ACTOR, Actor
from luoshi.core.errors import NotFound
from luoshi.kernel.access.policy import can
from luoshi.kernel.access.queries import units_in_sight
from luoshi.kernel.filings.models import Filing, Obligation
from luoshi.kernel.org.succession import units_answered

# Where units stand now or stood last: a closed unit stays in the sight of those it stood under.
LATEST = date.max


def obligations_visible(actor: Actor) -> QuerySet[Obligation]:
    """Return the obligations of the units in the actor's sight, by form, period and unit.

    A closed unit is also in the sight of its successor, who answers what it left open.
    """
    found = Obligation.objects.select_related("unit").order_by(
        "form_ref", "period_start", "unit__sort", "unit__code"
    )
    if not can(actor, "filing.view"):
        return found.none()
    if sees_all(actor):
        return found
    return found.filter(unit_id__in=units_answered(units_in_sight(actor, LATEST), LATEST))


def sees_all(actor: Actor) -> bool:
    """Say whether the actor sees every unit there ever was: a role without a scope, or the system."""
    return actor == SYSTEM_ACTOR or any(grant.scope_unit_id is None for grant in actor.roles)


def obligation_visible(actor: Actor, obligation_id: int) -> Obligation:
    """Return one obligation. Raises: NotFound, also when it is out of sight."""
    found = obligations_visible(actor).filter(pk=obligation_id).first()
    if found is None:
        raise NotFound("没有这条应报，或您无权查看。")
    return found


def obligation_locked(actor: Actor, obligation_id: int) -> Obligation:
    """Return one obligation in the actor's sight, locked until the transaction ends. Raises: NotFound."""
    obligation_visible(actor, obligation_id)
    return Obligation.objects.select_for_update().get(pk=obligation_id)


def filing_visible(actor: Actor, filing_id: int) -> Filing:
    """Return one version of a filing, with its obligation. Raises: NotFound, also when it is out of sight."""
    seen = obligations_visible(actor).select_related(None).order_by()
    found = Filing.objects.select_related("obligation").filter(pk=filing_id, obligation__in=seen).first()
    if found is None:
        raise NotFound("没有这份填报，或您无权查看。")
    return found
