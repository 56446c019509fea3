"""Personal fields: shown to whoever handles the item, for a reason, and every time on record."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from luoshi.core.actor import Actor, require
from luoshi.core.beijing import local_day
from luoshi.core.errors import Incomplete, Invalid, NotAllowed, NotFound
from luoshi.kernel.items.actions import require_seen
from luoshi.kernel.items.models import Item, ItemDuty, ItemPrivate, ItemReveal
from luoshi.kernel.items.policy import may, standing_of
from luoshi.kernel.items.schema import Holder
from luoshi.kernel.items.sealing import unseal
from luoshi.kernel.items.sight import item_locked
from luoshi.kernel.items.steps import open_duties
from luoshi.kernel.items.types import ItemType, type_by_id
from luoshi.kernel.ledger.actions import record

LEAST_REASON, MOST_REASON = 4, 100


@transaction.atomic
def item_reveal(*, actor: Actor, item_id: int, reason: str, now: datetime) -> dict[str, str | None]:
    """Return the personal fields of an item, key → text, to somebody who handles it.

    Raises: NotFound (item, no personal fields), NotAllowed (not one who moves or edits it), Incomplete,
    Invalid (reason of 4 to 100 characters).
    Ledger: ``item.revealed`` with the fields and a row that keeps the reason.
    """
    item = item_locked(item_id)
    require_seen(actor, item)
    duties = open_duties([item.pk])[item.pk]
    if not may_reveal(actor, item, duties, now):
        raise NotAllowed("个人信息只供本件的经办人员查看，您当前的岗位不经办本件。")
    reason = reason.strip()
    require(reason, "请写明查看个人信息的理由。", Incomplete)
    fit = LEAST_REASON <= len(reason) <= MOST_REASON
    require(fit, f"理由应为 {LEAST_REASON} 至 {MOST_REASON} 字。", Invalid)
    row = ItemPrivate.objects.filter(item=item).order_by("id").first()
    if row is None:
        raise NotFound("本件没有登记个人信息。")
    values = unseal(item.pk, row.sealed)
    seen = ItemReveal.objects.create(
        item=item, at=now, by_account=actor.account_id, by_post=actor.post_code, reason=reason
    )
    data = {"type": item.type_ref, "number": item.number, "fields": sorted(values)}
    record(item, "item.revealed", by=actor.by, at=now, rows=[seen], data=data)
    return values


def has_private(item: Item) -> bool:
    """Say whether personal fields of an item are on file. One query."""
    return any(row.fields for row in ItemPrivate.objects.filter(item=item).order_by("id"))


def may_reveal(actor: Actor, item: Item, duties: list[ItemDuty], now: datetime) -> bool:
    """Say whether an actor handles an item: takes some move of its type, or changes it in some state."""
    kind = type_by_id(item.definition_id)
    return may(actor, _handlers(kind), standing_of(kind, duties, local_day(now)))


def _handlers(kind: ItemType) -> list[Holder]:
    listed = [holder for move in kind.moves.values() for holder in move.by]
    listed += [holder for state in kind.states.values() for holder in state.by]
    return list(dict.fromkeys(listed))
