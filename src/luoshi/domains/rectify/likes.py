"""Citizens' reports that may be about the same: shown with how alike they are, merged by a person only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from luoshi.core.actor import Actor
from luoshi.core.likeness import likeness
from luoshi.domains.rectify.types import REPORTED
from luoshi.kernel.items.models import Item, ItemParent
from luoshi.kernel.items.sight import items_visible

LOOKED_BACK = timedelta(days=90)
COMPARED, SHOWN = 500, 5
ALIKE_FROM = 60


@dataclass(frozen=True, slots=True)
class Like:
    """Another report. ``place``, ``matter``: how alike, 0 to 100; nothing is merged by it."""

    item: Item
    place: int
    matter: int


@dataclass(frozen=True, slots=True)
class Received:
    """What came in with a batch. ``real``: what is left when like reports are one."""

    received: int
    merged: int

    @property
    def real(self) -> int:
        """How many matters there are."""
        return self.received - self.merged


def likes_of(actor: Actor, item: Item) -> list[Like]:
    """Return the reports of the last 90 days that may be about the same, the most alike first.

    At most 500 of the newest in sight are compared. One query.
    """
    if item.type_ref != REPORTED or item.merged_into_id is not None:
        return []
    since = item.created_at - LOOKED_BACK
    others = items_visible(actor).filter(type_ref=REPORTED, merged_into=None, created_at__gte=since)
    found = [_like(item, other) for other in others.exclude(pk=item.pk)[:COMPARED]]
    near = [like for like in found if like.place >= ALIKE_FROM or like.matter >= ALIKE_FROM]
    return sorted(near, key=lambda like: (-like.place - like.matter, like.item.number))[:SHOWN]


def received_of(batch: Item) -> Received:
    """Return how many reports a batch brought and how many of them were merged into others. One query."""
    rows = ItemParent.objects.filter(parent=batch, item__type_ref=REPORTED).order_by()
    merged = [into for into in rows.values_list("item__merged_into_id", flat=True)]
    return Received(len(merged), sum(into is not None for into in merged))


def _like(item: Item, other: Item) -> Like:
    def same(key: str) -> int:
        return likeness(str(item.values.get(key) or ""), str(other.values.get(key) or ""))

    return Like(other, same("place"), max(same("text"), likeness(item.title, other.title)))
