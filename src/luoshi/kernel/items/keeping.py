"""What somebody keeps for their own view: watch lists and saved filters. Not in the ledger."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from luoshi.core.actor import Actor, require
from luoshi.core.errors import Duplicate, Incomplete, Invalid
from luoshi.kernel.items.filters import filter_read
from luoshi.kernel.items.models import ItemWatch, SavedFilter
from luoshi.kernel.items.queries import filter_kept
from luoshi.kernel.items.sight import item_visible
from luoshi.kernel.items.types import type_def

MOST_FILTERS = 20
LONGEST_NAME = 30


@transaction.atomic
def item_watch(*, actor: Actor, item_id: int, on: bool, now: datetime) -> bool:
    """Put an item on the own watch list or take it off; return whether it stands there now.

    Raises: NotFound. Ledger: none, it says nothing about the item.
    """
    item = item_visible(actor, item_id)
    own = ItemWatch.objects.filter(item=item, account_id=actor.account_id)
    if on and not own.exists():
        ItemWatch.objects.create(item=item, account_id=actor.account_id, post_code=actor.post_code, since=now)
    if not on:
        own.delete()
    return on


@transaction.atomic
def filter_save(*, actor: Actor, type_ref: str, name: str, text: str) -> SavedFilter:
    """Keep a filter under a name; one of the same name is replaced.

    Raises: NotFound (type), Incomplete, Invalid (name, filter, more than 20). Ledger: none.
    """
    name = _name(name)
    filter_read(type_def(type_ref), text)
    own = SavedFilter.objects.filter(account_id=actor.account_id, type_ref=type_ref)
    if not own.filter(name=name).exists():
        require(own.count() < MOST_FILTERS, f"最多保存 {MOST_FILTERS} 个常用筛选，请先删去不用的。", Invalid)
    found, _ = own.update_or_create(
        account_id=actor.account_id, type_ref=type_ref, name=name, defaults={"text": text.strip()}
    )
    return found


@transaction.atomic
def filter_drop(*, actor: Actor, filter_id: int) -> str:
    """Delete one of the own filters; return its name. Raises: NotFound. Ledger: none."""
    found = filter_kept(actor, filter_id)
    found.delete()
    return found.name


@transaction.atomic
def filter_rename(*, actor: Actor, filter_id: int, name: str) -> SavedFilter:
    """Give one of the own filters another name.

    Raises: NotFound, Incomplete, Invalid, Duplicate (another own filter is called so). Ledger: none.
    """
    found = filter_kept(actor, filter_id)
    name = _name(name)
    same = SavedFilter.objects.filter(account_id=actor.account_id, type_ref=found.type_ref, name=name)
    if same.exclude(pk=found.pk).exists():
        raise Duplicate(f"您已有名为“{name}”的常用筛选，请换个名称。")
    found.name = name
    found.save(update_fields=["name"])
    return found


@transaction.atomic
def filter_default(*, actor: Actor, filter_id: int, on: bool) -> SavedFilter:
    """Let the list of a type open with one of the own filters, or with none of them any more.

    Raises: NotFound. Ledger: none.
    """
    found = filter_kept(actor, filter_id)
    own = SavedFilter.objects.filter(account_id=actor.account_id, type_ref=found.type_ref, default=True)
    own.update(default=False)
    found.default = on
    found.save(update_fields=["default"])
    return found


def _name(name: str) -> str:
    name = name.strip()
    require(name, "请给筛选起个名字。", Incomplete)
    require(len(name) <= LONGEST_NAME, f"名称不得超过 {LONGEST_NAME} 字。", Invalid)
    return name
