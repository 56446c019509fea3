"""Taking the items of a table in: all rows or the clean ones, in one transaction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from luoshi.core.actor import Actor
from luoshi.core.beijing import local_day
from luoshi.core.errors import Invalid
from luoshi.kernel.items.actions import creating_check, item_born
from luoshi.kernel.items.conditions import conditions_check
from luoshi.kernel.items.guards import guards_check, when_check
from luoshi.kernel.items.hooks import Asked as Asking
from luoshi.kernel.items.hooks import guards_ask
from luoshi.kernel.items.intake import Asked, IntakeRow, asked_of, intake_preview
from luoshi.kernel.items.models import Item
from luoshi.kernel.items.policy import lead_own, require_holder, standing_of
from luoshi.kernel.items.schema import CREATE
from luoshi.kernel.items.sight import item_visible
from luoshi.kernel.items.steps import Step, open_duties, step_write
from luoshi.kernel.items.types import type_def
from luoshi.kernel.org.sheet import SheetTable


@dataclass(frozen=True, slots=True)
class Took:
    """What was taken. ``left``: rows with faults; ``same``: rows whose original number was there already."""

    items: tuple[Item, ...]
    left: int
    same: int


@transaction.atomic
def items_take(
    *,
    actor: Actor,
    type_ref: str,
    table: SheetTable,
    now: datetime,
    move: str = "",
    under_id: int | None = None,
    only_clean: bool = False,
) -> Took:
    """Take the rows of a table in as items of a type, each handed out by ``move`` when one is named.

    ``under_id``: an item all of them serve besides what their rows say. A row whose original number is there
    already is passed over, so that the same table taken twice has one effect.
    Raises: NotFound, NotAllowed, Incomplete (the type cannot come from a table), Invalid (the head is wrong,
    a row is broken and not ``only_clean``, nothing new), SamePerson.
    Ledger: ``item.created`` for each, ``item.moved`` for each that was handed out.
    """
    kind = type_def(type_ref)
    creating_check(actor, kind, now)
    asked = asked_of(kind, move)
    if asked.move is not None:
        standing = standing_of(kind, (), local_day(now))
        require_holder(actor, asked.move.by, standing, asked.move.title)
    under = None if under_id is None else item_visible(actor, under_id)
    preview = intake_preview(actor, asked, table, on=local_day(now))
    if preview.faults and (not only_clean or not preview.rows):
        raise Invalid(f"表中有 {len(preview.faults)} 处问题，没有导入。请改正后重新上传，或只导入无误的行。")
    new = [row for row in preview.rows if row.state == "new"]
    if not new:
        raise Invalid("表中没有新的事项，没有导入。原编号已登记的行不会重复登记。")
    items = tuple(_taken(actor, asked, row, under, now) for row in new)
    return Took(items, preview.count("broken"), preview.count("same"))


def _taken(actor: Actor, asked: Asked, row: IntakeRow, under: Item | None, now: datetime) -> Item:
    parents = list({each.pk: each for each in (under, row.parent) if each is not None}.values())
    assert row.born is not None
    lead_own(asked.kind, asked.kind.moves[CREATE], row.born, actor, local_day(now))
    item = item_born(actor=actor, kind=asked.kind, read=row.born, now=now, origin=row.origin, parents=parents)
    if asked.move is not None and row.moved is not None:
        duties = open_duties([item.pk])[item.pk]
        guards_check(asked.kind, item, asked.move, actor, now)
        when_check(asked.kind, asked.move, {**item.values, **row.moved.values}, now)
        conditions_check(item, asked.move)
        guards_ask(asked.move.guards, Asking(item, asked.move.key, duties, row.moved, actor, now))
        step_write(
            Step(
                item, asked.kind, duties, asked.move.key, asked.move.end, row.moved, actor, now, "item.moved"
            )
        )
    return item
