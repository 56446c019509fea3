"""Which items somebody may see: those their units hold or held a duty for, and whole packs by their slots."""

from __future__ import annotations

from datetime import date

from django.db.models import Q, QuerySet

from luoshi.core.actor import SYSTEM_ACTOR, Actor
from luoshi.core.errors import NotFound
from luoshi.kernel.access.policy import can
from luoshi.kernel.access.queries import units_in_sight
from luoshi.kernel.definitions.queries import packs_by_target
from luoshi.kernel.items.models import Item, ItemDuty, ItemFact
from luoshi.kernel.org.succession import units_answered

# Where units stand now or stood last: a closed unit stays in the sight of those it stood under.
LATEST = date.max
MISSING = "没有这个事项，或您无权查看。"


def seen(actor: Actor, item: str = "pk") -> Q | None:
    """Return the condition on rows of items an actor may see, None for none of them.

    ``item``: the name of the column that holds the item's id. At most three queries, however many items.
    """
    if not can(actor, "item.view"):
        return None
    if actor == SYSTEM_ACTOR or any(grant.scope_unit_id is None for grant in actor.roles):
        return Q()
    units = units_answered(units_in_sight(actor, LATEST), LATEST)
    own = ItemDuty.objects.filter(unit_id__in=units).order_by().values("item_id")
    condition = Q(**{f"{item}__in": own})
    for pack in packs_by_target(actor.post_code, actor.unit_code):
        condition |= Q(type_ref__startswith=f"{pack}.")
    return condition


def items_visible(actor: Actor) -> QuerySet[Item]:
    """Return the items an actor may see, the newest first."""
    condition = seen(actor)
    items = Item.objects.order_by("-id")
    return items.none() if condition is None else items.filter(condition)


def facts_visible(actor: Actor) -> QuerySet[ItemFact]:
    """Return the standing facts of the items an actor may see, the newest item first."""
    condition = seen(actor, "item_id")
    facts = ItemFact.objects.filter(to_ms=None).order_by("-item_id")
    return facts.none() if condition is None else facts.filter(condition)


def item_visible(actor: Actor, item_id: int) -> Item:
    """Return one item. Raises: NotFound, also when it is out of sight."""
    found = items_visible(actor).filter(pk=item_id).first()
    if found is None:
        raise NotFound(MISSING)
    return found


def item_locked(item_id: int) -> Item:
    """Return one item, locked until the transaction ends; sight is not asked. Raises: NotFound."""
    found = Item.objects.select_for_update().filter(pk=item_id).order_by("id").first()
    if found is None:
        raise NotFound(MISSING)
    return found
