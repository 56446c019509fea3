"""Changing items without a move: fields and duties as far as the state allows, and tags."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from django.db import transaction

from luoshi.core.actor import Actor, require
from luoshi.core.beijing import local_day
from luoshi.core.errors import Incomplete, Invalid, WrongState
from luoshi.kernel.items.actions import fresh_check, merged_check, require_seen
from luoshi.kernel.items.given import Given, Target, given_read
from luoshi.kernel.items.models import Item, ItemDuty, ItemTag
from luoshi.kernel.items.policy import may, require_holder, standing_of
from luoshi.kernel.items.rules import rules_check
from luoshi.kernel.items.schema import DUTY_PREFIX
from luoshi.kernel.items.sight import item_locked
from luoshi.kernel.items.steps import DUTY, EDIT, Step, Taken, open_duties, step_write
from luoshi.kernel.items.types import ItemType, type_by_id
from luoshi.kernel.ledger.actions import record

MOST_TAGS = 10
LONGEST_TAG = 20


@transaction.atomic
def item_edit(
    *, actor: Actor, item_id: int, given: Given, now: datetime, seen_step: int | None = None
) -> Taken:
    """Change title and fields of an item, as far as its state allows and for whom.

    Raises: NotFound, NotAllowed, Stale, WrongState (merged, nothing may be changed), Incomplete (nothing
    changes), Invalid.
    Ledger: ``item.edited`` with a step that names the fields; texts stay private.
    """
    item, kind, duties = _editable(actor, item_id, now, seen_step)
    allowed = [key for key in kind.states[item.state].edit if not key.startswith(DUTY_PREFIX)]
    if not allowed:
        raise WrongState(f"状态“{kind.states[item.state].title}”下不能修改内容。")
    read = given_read(kind, allowed, given)
    same = all(item.values.get(key) == text for key, text in read.values.items())
    if same and not read.private and read.title in (None, item.title):
        raise Incomplete("内容没有变化，无需保存。")
    rules_check(kind, item.counts, {**item.values, **read.values})
    return step_write(Step(item, kind, duties, EDIT, item.state, read, actor, now, "item.edited"))


@transaction.atomic
def duties_set(
    *, actor: Actor, item_id: int, given: Given, now: datetime, seen_step: int | None = None
) -> Taken:
    """Set who holds the duties named in ``given``, as far as the state of the item allows and for whom.

    Raises: NotFound, NotAllowed, Stale, WrongState (merged, no such duty may be set), Incomplete (nothing
    changes), Invalid (codes, number of holders).
    Ledger: ``item.duties_set`` with every duty given or ended.
    """
    item, kind, duties = _editable(actor, item_id, now, seen_step)
    allowed = [key for key in kind.states[item.state].edit if key.startswith(DUTY_PREFIX)]
    if not allowed:
        raise WrongState(f"状态“{kind.states[item.state].title}”下不能调整责任单位。")
    read = given_read(kind, allowed, given)
    if not any(_differs(duties, role, targets) for role, targets in read.duties.items()):
        raise Incomplete("责任单位没有变化，无需保存。")
    return step_write(Step(item, kind, duties, DUTY, item.state, read, actor, now, "item.duties_set"))


@transaction.atomic
def item_tag(*, actor: Actor, item_id: int, tags: Sequence[str], now: datetime) -> list[str]:
    """Make ``tags`` the tags of an item: at most 10, each at most 20 characters without blanks or commas.

    Whoever handles an item may tag it. The same tags again change nothing.
    Raises: NotFound, NotAllowed, Invalid.
    Ledger: ``item.tagged`` with the tags written and removed.
    """
    item = item_locked(item_id)
    require_seen(actor, item)
    wanted = list(dict.fromkeys(tag.strip() for tag in tags if tag.strip()))
    require(len(wanted) <= MOST_TAGS, f"标签最多 {MOST_TAGS} 个，请精简。", Invalid)
    for tag in wanted:
        plain = len(tag) <= LONGEST_TAG and not any(char in tag for char in ' ,，"')
        require(plain, f"标签“{tag}”应不超过 {LONGEST_TAG} 字，不含空格、逗号和引号。", Invalid)
    have = {row.text: row for row in ItemTag.objects.filter(item=item).order_by("id")}
    gone = [row for text, row in have.items() if text not in wanted]
    new = [ItemTag(item=item, text=text) for text in wanted if text not in have]
    if gone or new:
        removed = [(row.ledger_type, row.pk) for row in gone]
        ItemTag.objects.filter(pk__in=[row.pk for row in gone]).delete()
        for row in new:
            row.save()
        data = {"type": item.type_ref, "number": item.number}
        record(item, "item.tagged", by=actor.by, at=now, rows=new, removed=removed, data=data)
    return wanted


def may_edit(actor: Actor, item: Item, duties: Collection[ItemDuty], now: datetime) -> tuple[str, ...]:
    """Return what an actor may change on an item in its state; nothing for whoever may not."""
    state = type_by_id(item.definition_id).states[item.state]
    if not state.edit or item.merged_into_id is not None:
        return ()
    standing = standing_of(type_by_id(item.definition_id), duties, local_day(now))
    return state.edit if may(actor, state.by, standing) else ()


def _editable(
    actor: Actor, item_id: int, now: datetime, seen_step: int | None
) -> tuple[Item, ItemType, list[ItemDuty]]:
    """Return an item that the actor may change, locked, with its type and open duties."""
    item = item_locked(item_id)
    kind = type_by_id(item.definition_id)
    duties = open_duties([item.pk])[item.pk]
    state = kind.states[item.state]
    standing = standing_of(kind, duties, local_day(now))
    if not may(actor, state.by, standing):
        require_seen(actor, item)
    fresh_check(item, kind, seen_step)
    require(state.edit, f"状态“{state.title}”下不能修改，请先办理下一步。", WrongState)
    require_holder(actor, state.by, standing, f"修改{kind.title}")
    merged_check(item)
    return item, kind, duties


def _differs(duties: Collection[ItemDuty], role: str, targets: Sequence[Target]) -> bool:
    held = {(row.unit_id, row.post_id) for row in duties if row.role == role}
    wanted = {(each.unit.pk, each.post.pk if each.post else None) for each in targets}
    return held != wanted
