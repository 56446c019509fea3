"""Whose turn it is, over all types: the open items whose next move is the actor's."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from datetime import datetime

from django.db.models import Q, QuerySet

from luoshi.core.actor import Actor
from luoshi.core.beijing import local_day
from luoshi.kernel.access.policy import can
from luoshi.kernel.items.clock_models import ItemClock
from luoshi.kernel.items.clock_ticks import clocks_open
from luoshi.kernel.items.models import Item, ItemDuty
from luoshi.kernel.items.policy import RIGHT, heads, may, standing_of
from luoshi.kernel.items.schema import ENDED, Holder
from luoshi.kernel.items.sight import items_visible
from luoshi.kernel.items.types import ItemType, type_by_id
from luoshi.kernel.org.models import MAIN_TREE, UnitClosure
from luoshi.kernel.org.places import holding
from luoshi.kernel.org.succession import units_answered


def items_mine(actor: Actor, now: datetime) -> QuerySet[Item]:
    """Return the open items that wait for the actor, those that entered their state first leading.

    A few queries for each type in use, however many items. A vacant post that falls to somebody is not
    counted here: the page of the item lets him act all the same.
    """
    ended = [stage.value for stage in ENDED]
    open_ones = items_visible(actor).filter(merged_into=None).exclude(stage__in=ended)
    if not can(actor, RIGHT):
        return open_ones.none()
    turn = Q(pk__in=[])
    for definition_id in open_ones.order_by().values_list("definition_id", flat=True).distinct():
        for states, condition in _turns(actor, type_by_id(definition_id), now):
            turn |= condition & Q(definition_id=definition_id, state__in=states)
    return open_ones.filter(turn).order_by("entered_at", "id")


def clocks_first(item_ids: Collection[int]) -> dict[int, ItemClock]:
    """Return by item the open clock that is bound first. One query."""
    rows = clocks_open().filter(item_id__in=item_ids).exclude(bound_at=None).order_by("-bound_at", "-id")
    return {row.item_id: row for row in rows}


def past_count(items: QuerySet[Item], now: datetime) -> int:
    """Return how many of some items have a clock that ran out."""
    rows = clocks_open().filter(bound_at__lt=now, item_id__in=items.order_by().values("pk"))
    return rows.order_by().values("item_id").distinct().count()


def _turns(actor: Actor, kind: ItemType, now: datetime) -> Iterator[tuple[list[str], Q]]:
    """Yield the states in which a role goes on, with the condition that the actor is that role."""
    states: dict[Holder, set[str]] = defaultdict(set)
    for key, state in kind.states.items():
        if state.stage not in ENDED:
            for move in kind.moves_from(key):
                for holder in move.by:
                    states[holder].add(key)
    day = local_day(now)
    standing = standing_of(kind, (), day)
    for holder, keys in states.items():
        if holder.kind != "duty":
            if may(actor, [holder], standing):
                yield sorted(keys), Q()
            continue
        held = _held(actor, holder, now)
        if held is not None:
            rows = ItemDuty.objects.filter(held, role=holder.name, to_step=None).order_by()
            yield sorted(keys), Q(pk__in=rows.values("item_id"))


def _held(actor: Actor, holder: Holder, now: datetime) -> Q | None:
    """Return the condition on duties by which the actor is a role of them; None when he cannot be."""
    if actor.unit_id is None:
        return None
    day = local_day(now)
    own = {actor.unit_id, *units_answered([actor.unit_id], day)}
    if holder.part == "head":
        return Q(unit_id__in=own) if heads(actor) else None
    if holder.part == "super":
        below = UnitClosure.objects.filter(holding(day), tree__code=MAIN_TREE, depth=1)
        return Q(unit_id__in=below.filter(ancestor_id=actor.unit_id).order_by().values("unit_id"))
    return Q(unit_id__in=own, post=None) | Q(post_id=actor.post_id, post__isnull=False)
