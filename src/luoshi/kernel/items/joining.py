"""Items and other items: parents, links, merging into another, splitting off."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from luoshi.core.actor import Actor, require
from luoshi.core.errors import Duplicate, Incomplete, Invalid, NotFound, WrongState
from luoshi.kernel.items.actions import fresh_check, item_create, merged_check, require_seen
from luoshi.kernel.items.given import Given
from luoshi.kernel.items.models import Item, ItemLink, ItemParent, LinkKind
from luoshi.kernel.items.policy import require_holder, standing_of
from luoshi.kernel.items.schema import CREATE, ENDED, Stage
from luoshi.kernel.items.sight import item_locked, item_visible, items_visible
from luoshi.kernel.items.steps import MERGE, Step, nothing_read, open_duties, step_write
from luoshi.kernel.items.types import type_by_id
from luoshi.kernel.ledger.actions import record

MOST_PARENTS = 5
MOST_PARTS = 20
DEEPEST = 20


@transaction.atomic
def item_link(*, actor: Actor, item_id: int, other_id: int, kind: str, now: datetime) -> ItemLink:
    """Link an item with another that the actor sees too.

    Raises: NotFound, NotAllowed, Invalid (itself, kind), Duplicate.
    Ledger: ``item.linked`` on the item.
    """
    item = item_locked(item_id)
    require_seen(actor, item)
    other = item_visible(actor, other_id)
    require(item.pk != other.pk, "事项不能与自己关联，请改选另一件。", Invalid)
    choices = {LinkKind.RELATED, LinkKind.DUPLICATE, LinkKind.FOLLOWS}
    if kind not in choices:
        raise Invalid(f"关系应为：{'、'.join(str(LinkKind(each).label) for each in sorted(choices))}。")
    if ItemLink.objects.filter(item=item, other=other, kind=kind).exists():
        raise Duplicate(f"本件与 {other.number} 已有“{LinkKind(kind).label}”的关联。")
    row = ItemLink.objects.create(item=item, other=other, kind=kind)
    data = {"type": item.type_ref, "number": item.number, "links": [kind, other.number]}
    record(item, "item.linked", by=actor.by, at=now, rows=[row], data=data)
    return row


@transaction.atomic
def item_unlink(*, actor: Actor, item_id: int, link_id: int, now: datetime) -> None:
    """Take a link off; where an item was split from cannot be taken off.

    Raises: NotFound, NotAllowed, WrongState.
    Ledger: ``item.unlinked`` on the item that held the link.
    """
    item = item_locked(item_id)
    require_seen(actor, item)
    row = ItemLink.objects.filter(pk=link_id, item=item).select_related("other").order_by("id").first()
    if row is None:
        raise NotFound("没有这条关联。")
    require(row.kind != LinkKind.SPLIT, "拆分的来源不能取消。", WrongState)
    data = {"type": item.type_ref, "number": item.number, "links": [row.kind, row.other.number]}
    removed = [(row.ledger_type, row.pk)]
    row.delete()
    record(item, "item.unlinked", by=actor.by, at=now, removed=removed, data=data)


@transaction.atomic
def parents_set(*, actor: Actor, item_id: int, parent_ids: Sequence[int], now: datetime) -> list[ItemParent]:
    """Make these items the parents of an item: it may serve several, at most 5, never in a circle.

    Parents out of the actor's sight stay as they are.
    Raises: NotFound, NotAllowed, Invalid (itself, a circle, too many).
    Ledger: ``item.placed`` with the rows written and removed. The same parents again change nothing.
    """
    item = item_locked(item_id)
    require_seen(actor, item)
    wanted = {parent_id: item_visible(actor, parent_id) for parent_id in dict.fromkeys(parent_ids)}
    require(len(wanted) <= MOST_PARENTS, f"上级事项最多 {MOST_PARENTS} 件。", Invalid)
    below = _below(item.pk)
    for parent in wanted.values():
        require(
            parent.pk not in below, f"{parent.number} 是本件自己或其下级，不能作为上级事项，请改选。", Invalid
        )
    have = {row.parent_id: row for row in ItemParent.objects.filter(item=item).order_by("id")}
    seen = set(items_visible(actor).filter(pk__in=have).values_list("id", flat=True))
    gone = [row for parent_id, row in have.items() if parent_id not in wanted and parent_id in seen]
    removed = [(row.ledger_type, row.pk) for row in gone]
    ItemParent.objects.filter(pk__in=[row.pk for row in gone]).delete()
    new = [ItemParent.objects.create(item=item, parent=wanted[each]) for each in wanted if each not in have]
    if gone or new:
        data = {"type": item.type_ref, "number": item.number}
        record(item, "item.placed", by=actor.by, at=now, rows=new, removed=removed, data=data)
    return new


@transaction.atomic
def item_merge(
    *, actor: Actor, item_id: int, into_id: int, note: str, now: datetime, seen_step: int | None = None
) -> Item:
    """Merge an open item into another of its type: from then on it is handled there. It keeps its number,
    its values and its place in counts.

    Whoever may take in items of this type may merge them.
    Raises: NotFound, NotAllowed, Stale, Invalid (itself, another type), WrongState (either is done, void or
    merged), Incomplete (no note).
    Ledger: ``item.merged`` on the item, ``item.absorbed`` on the other.
    """
    require(item_id != into_id, "不能并入自己，请改选另一件。", Invalid)
    locked = {each: item_locked(each) for each in sorted({item_id, into_id})}
    item, into = locked[item_id], locked[into_id]
    kind = type_by_id(item.definition_id)
    for each in (item, into):
        require_seen(actor, each)
    require_holder(actor, kind.moves[CREATE].by, standing_of(kind, (), now.date()), f"合并{kind.title}")
    fresh_check(item, kind, seen_step)
    require(item.type_ref == into.type_ref, "只能并入同一类事项。", Invalid)
    for each in (item, into):
        merged_check(each)
        require(Stage(each.stage) not in ENDED, f"{each.number} 已经结束，不能合并。", WrongState)
    require(note.strip(), "请写明并入的理由。", Incomplete)
    item.merged_into = into
    duties = open_duties([item.pk])[item.pk]
    data = {"links": [MERGE.removeprefix("_"), into.number]}
    read = nothing_read(note=note.strip())
    step_write(Step(item, kind, duties, MERGE, item.state, read, actor, now, "item.merged", data=data))
    told = {"type": into.type_ref, "number": into.number, "links": [item.number]}
    record(into, "item.absorbed", by=actor.by, at=now, data=told)
    return item


@transaction.atomic
def item_split(*, actor: Actor, item_id: int, parts: Sequence[Given], now: datetime) -> list[Item]:
    """Take in a new item for each part of one that holds several matters; each names where it came from.

    Values that a part does not give are those of the item; personal fields are never copied.
    Raises: NotFound, NotAllowed, Incomplete (no parts), WrongState (done, void, merged), Invalid.
    Ledger: ``item.created`` and ``item.split`` on each new item.
    """
    item = item_locked(item_id)
    require_seen(actor, item)
    merged_check(item)
    require(Stage(item.stage) not in ENDED, f"{item.number} 已经结束，不能拆分，请另行登记。", WrongState)
    require(parts, "请写明拆成哪几件。", Incomplete)
    require(len(parts) <= MOST_PARTS, f"一次最多拆成 {MOST_PARTS} 件。", Invalid)
    kind = type_by_id(item.definition_id)
    first = {*kind.moves[CREATE].need, *kind.moves[CREATE].may}
    inherited = {key: text for key, text in item.values.items() if key in first}
    made = []
    for part in parts:
        given = Given(
            title=part.title, values={**inherited, **part.values}, note=part.note, duties=part.duties
        )
        new = item_create(actor=actor, type_ref=item.type_ref, given=given, now=now)
        row = ItemLink.objects.create(item=new, other=item, kind=LinkKind.SPLIT)
        data = {"type": new.type_ref, "number": new.number, "links": [LinkKind.SPLIT.value, item.number]}
        record(new, "item.split", by=actor.by, at=now, rows=[row], data=data)
        made.append(new)
    return made


def _below(item_id: int) -> set[int]:
    """Return the ids of an item and all that serve it. One query a level."""
    found, level = {item_id}, {item_id}
    for _ in range(DEEPEST):
        rows = ItemParent.objects.filter(parent_id__in=level).order_by("id")
        level = set(rows.values_list("item_id", flat=True)) - found
        if not level:
            break
        found |= level
    return found
