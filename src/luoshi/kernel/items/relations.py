"""How an item hangs together with others: above, below, linked, merged; only what the reader may see."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from luoshi.core.actor import Actor
from luoshi.kernel.items.models import Item, ItemLink, ItemParent, LinkKind
from luoshi.kernel.items.sight import items_visible
from luoshi.kernel.items.types import type_by_id

PARENT, CHILD, MERGED = "上级事项", "下级事项", "已并入本件"
BACK = {LinkKind.FOLLOWS.value: "前序事项", LinkKind.SPLIT.value: "拆分出"}
MOST_SHOWN = 100
LINKS_MADE = (LinkKind.RELATED, LinkKind.DUPLICATE, LinkKind.FOLLOWS)


@dataclass(frozen=True, slots=True)
class Relative:
    """Another item and what it is to this one. ``link_id``: of a link that may be taken off here."""

    id: int
    number: str
    title: str
    type_title: str
    state_title: str
    stage: str
    relation: str
    link_id: int | None


@dataclass(frozen=True, slots=True)
class Relations:
    """The relatives in sight, at most 100, in order of relation; ``hidden``: how many are out of sight."""

    rows: tuple[Relative, ...]
    hidden: int
    more: int


def relations_of(actor: Actor, item: Item) -> Relations:
    """Return the relatives of an item. At most six queries, however many there are."""
    named = list(_named(item))
    ids = {other for other, _, _ in named}
    seen = {each.pk: each for each in items_visible(actor).filter(pk__in=ids)} if ids else {}
    rows = [_relative(seen[other], relation, link_id) for other, relation, link_id in named if other in seen]
    shown = tuple(rows[:MOST_SHOWN])
    return Relations(shown, len(ids) - len(seen), len(rows) - len(shown))


def merged_into(actor: Actor, item: Item) -> Item | None:
    """Return what an item was merged into, None when the reader does not see that or there is none."""
    if item.merged_into_id is None:
        return None
    return items_visible(actor).filter(pk=item.merged_into_id).first()


def items_numbered(actor: Actor, numbers: Iterable[str]) -> dict[str, list[Item]]:
    """Return the items in sight by number; types number on their own, so several may have the same."""
    wanted = set(numbers)
    found: dict[str, list[Item]] = {number: [] for number in wanted}
    for item in items_visible(actor).filter(number__in=wanted):
        found[item.number].append(item)
    return found


def _named(item: Item) -> Iterable[tuple[int, str, int | None]]:
    for parent in ItemParent.objects.filter(item=item).order_by("id").values_list("parent_id", flat=True):
        yield parent, PARENT, None
    for child in ItemParent.objects.filter(parent=item).order_by("id").values_list("item_id", flat=True):
        yield child, CHILD, None
    for link in ItemLink.objects.filter(item=item).order_by("id"):
        own = link.pk if link.kind in LINKS_MADE else None
        yield link.other_id, LinkKind(link.kind).label, own
    for link in ItemLink.objects.filter(other=item).order_by("id"):
        yield link.item_id, BACK.get(link.kind, LinkKind(link.kind).label), None
    for merged in Item.objects.filter(merged_into=item).order_by("id").values_list("id", flat=True):
        yield merged, MERGED, None


def _relative(item: Item, relation: str, link_id: int | None) -> Relative:
    kind = type_by_id(item.definition_id)
    return Relative(
        id=item.pk,
        number=item.number,
        title=item.title,
        type_title=kind.title,
        state_title="已并入他件" if item.merged_into_id else kind.states[item.state].title,
        stage="void" if item.merged_into_id else item.stage,
        relation=relation,
        link_id=link_id,
    )
