"""What of items hangs on a post, and passing duties that name one post on to another."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Q

from luoshi.core.actor import Actor
from luoshi.core.beijing import local_day
from luoshi.kernel.items.clock_models import ItemClock
from luoshi.kernel.items.given import Target
from luoshi.kernel.items.models import Item, ItemDuty, ItemWatch
from luoshi.kernel.items.schema import ENDED
from luoshi.kernel.items.sight import item_locked
from luoshi.kernel.items.steps import DUTY, Step, nothing_read, open_duties, step_write
from luoshi.kernel.items.types import type_by_id
from luoshi.kernel.org.handing import Held, Holding
from luoshi.kernel.org.models import Post


def items_held(holding: Holding, now: datetime) -> list[Held]:
    """Return the open items whose duty names the post; for a head those of its unit too. Three queries."""
    mine = Q(post_id=holding.post_id)
    if holding.heads:
        mine |= Q(unit_id=holding.unit_id, post_id=None)
    held = ItemDuty.objects.filter(mine, to_step=None).order_by().values("item_id")
    items = Item.objects.filter(pk__in=held, merged_into=None)
    items = items.exclude(stage__in=[stage.value for stage in ENDED]).order_by("type_ref", "id")
    listed = list(items)
    clocks = ItemClock.objects.filter(item__in=listed, stopped_at=None, voided_at=None, due_at__isnull=False)
    due = {clock.item_id: clock.due_at for clock in clocks.order_by("-due_at", "id")}
    found = []
    for item in listed:
        kind, due_at = type_by_id(item.definition_id), due.get(item.pk)
        found.append(
            Held(
                kind="item",
                id=item.pk,
                number=item.number,
                title=item.title,
                state=kind.states[item.state].title,
                due_on=local_day(due_at) if due_at is not None else None,
                sort=kind.title,
            )
        )
    return found


@transaction.atomic
def duties_pass(*, actor: Actor, item_id: int, from_post: Post, to_post: Post, now: datetime) -> bool:
    """Let another post hold every duty of an item that names ``from_post``; say whether there was one.

    Called by an action that checked who may hand over. Raises: NotFound.
    Ledger: ``item.duties_set`` with the duties ended and given.
    """
    item = item_locked(item_id)
    duties = open_duties([item.pk])[item.pk]
    roles = {row.role for row in duties if row.post_id == from_post.pk}
    if not roles:
        return False
    posts = {
        post.pk: post for post in Post.objects.filter(pk__in=[row.post_id for row in duties]).order_by("id")
    }
    targets = {
        role: [
            Target(to_post.unit, to_post) if row.post_id == from_post.pk else _kept(row, posts)
            for row in duties
            if row.role == role
        ]
        for role in sorted(roles)
    }
    kind = type_by_id(item.definition_id)
    read = nothing_read(duties=targets, note=f"岗位交接：由“{from_post.title}”转“{to_post.title}”")
    step_write(Step(item, kind, duties, DUTY, item.state, read, actor, now, "item.duties_set"))
    return True


def _kept(row: ItemDuty, posts: dict[int, Post]) -> Target:
    return Target(row.unit, posts[row.post_id] if row.post_id is not None else None)


def watches_pass(*, from_account: int, to_account: int, item_ids: list[int], now: datetime) -> int:
    """Put the items somebody watched on another's watch list; return how many. Ledger: none."""
    watched = ItemWatch.objects.filter(account_id=from_account, item_id__in=item_ids).order_by("id")
    made = 0
    for row in watched:
        _, new = ItemWatch.objects.get_or_create(
            item_id=row.item_id, account_id=to_account, defaults={"since": now}
        )
        made += new
    return made
