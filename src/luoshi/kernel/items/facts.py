"""Facts of items: one row for each step of an item and one for each move, made in the step's transaction.

They follow from items, moves and duties alone, so that they can be made again at any time: ``facts_check``
compares, ``facts_rebuild`` replaces.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice, zip_longest
from typing import Any

from django.db import connection, models

from luoshi.core.beijing import local_day
from luoshi.core.canonical import canonical_bytes
from luoshi.db.sql import insert_plain
from luoshi.kernel.definitions.slots import Slot
from luoshi.kernel.items.clock_facts import clock_facts_remake, clock_faults
from luoshi.kernel.items.clock_models import ItemClock
from luoshi.kernel.items.models import ClockFact, Item, ItemDuty, ItemFact, ItemMove, MoveFact
from luoshi.kernel.items.schema import ENDED, Stage
from luoshi.kernel.items.slots import slots_for, slots_of
from luoshi.kernel.items.types import LEAD, ItemType, type_by_id
from luoshi.kernel.ledger.rows import milliseconds

BATCH = 500
CHANGES = "_"


@dataclass(frozen=True, slots=True)
class Version:
    """An item as it stood after one step."""

    item: Item
    step: ItemMove
    state: str
    stage: str
    entered_at: datetime
    reopened: int
    merged: bool
    values: Mapping[str, str | None]
    lead: ItemDuty | None


@dataclass(frozen=True, slots=True)
class FactsVerdict:
    """What a comparison found. ``rows``: steps looked at; ``faults``: one line for each fact that differs."""

    rows: int
    faults: tuple[str, ...]


def facts_step(kind: ItemType, item: Item, step: ItemMove, duties: Iterable[ItemDuty]) -> None:
    """Write the facts of a step just written and end the version before it; ``duties``: those held now."""
    version = Version(
        item=item,
        step=step,
        state=item.state,
        stage=item.stage,
        entered_at=item.entered_at,
        reopened=item.reopened,
        merged=item.merged_into_id is not None,
        values=item.values,
        lead=next((row for row in duties if row.role == LEAD), None),
    )
    if step.number > 1:
        ItemFact.objects.filter(item_id=item.pk, to_ms=None).update(to_ms=milliseconds(step.at))
    _fact(version, kind, slots_for(item.type_ref, kind.facts), None).save(force_insert=True)
    if not step.move.startswith(CHANGES):
        _move_fact(version).save(force_insert=True)


def versions_of(item: Item, steps: Sequence[ItemMove], duties: Collection[ItemDuty]) -> Iterator[Version]:
    """Yield an item as it stood after each of its steps, in order; ``duties``: all it ever had."""
    values: dict[str, str | None] = {}
    entered, reopened, merged = item.created_at, 0, False
    for step in steps:
        values = values | step.changed
        if step.from_state != step.to_state:
            entered = step.at
        if step.from_stage and Stage(step.from_stage) in ENDED and Stage(step.to_stage) not in ENDED:
            reopened += 1
        merged = merged or step.move == "_merge"
        lead = (
            row
            for row in duties
            if row.role == LEAD
            and row.from_step <= step.number
            and (row.to_step is None or row.to_step > step.number)
        )
        yield Version(
            item, step, step.to_state, step.to_stage, entered, reopened, merged, values, next(lead, None)
        )


def _place(lead: ItemDuty | None) -> dict[str, str]:
    return {
        "lead_code": lead.unit_code if lead else "",
        "lead_kind": lead.unit_kind if lead else "",
        "lead_branch": lead.unit_branch if lead else "",
        "lead_parent": lead.unit_parent if lead else "",
    }


def _fact(version: Version, kind: ItemType, slots: Mapping[str, Slot], to_ms: int | None) -> ItemFact:
    item, step = version.item, version.step
    created = local_day(item.created_at)
    counted = {field.key: version.values.get(field.key) for field in kind.facts if field.key in slots}
    entered = milliseconds(version.entered_at)
    return ItemFact(
        item_id=item.pk,
        step=step.number,
        type_ref=item.type_ref,
        number=item.number,
        state=version.state,
        stage=version.stage,
        created_on=created,
        month=created.year * 100 + created.month,
        created_ms=milliseconds(item.created_at),
        entered_ms=entered,
        ended_ms=entered if Stage(version.stage) in ENDED else None,
        reopened=version.reopened,
        merged=version.merged,
        from_ms=milliseconds(step.at),
        to_ms=to_ms,
        tag=_tag([item.pk, step.number, version.state, counted]),
        **_place(version.lead),
        **{slots[key].column: slots[key].stored(text) for key, text in counted.items()},
    )


def _move_fact(version: Version) -> MoveFact:
    step = version.step
    day = local_day(step.at)
    return MoveFact(
        item_id=version.item.pk,
        step=step.number,
        type_ref=version.item.type_ref,
        move=step.move,
        nth=step.nth,
        from_state=step.from_state,
        to_state=step.to_state,
        from_stage=step.from_stage,
        to_stage=step.to_stage,
        by_unit=step.by_unit,
        by_post=step.by_post,
        taken_on=day,
        month=day.year * 100 + day.month,
        from_ms=milliseconds(step.at),
        to_ms=None,
        tag=_tag([version.item.pk, step.number, step.move]),
        **_place(version.lead),
    )


def _tag(named: list[Any]) -> int:
    """Return 31 bits of the SHA-256 of what a row says, so that a changed value changes fingerprints."""
    return int.from_bytes(hashlib.sha256(canonical_bytes(named)).digest()[:4]) >> 1


def facts_expected(type_ref: str | None = None) -> Iterator[tuple[list[ItemFact], list[MoveFact]]]:
    """Yield the facts that should stand, in chunks of items, made from items, moves and duties alone."""
    items = Item.objects.order_by("id") if type_ref is None else Item.objects.filter(type_ref=type_ref)
    waiting = items.order_by("id").iterator(chunk_size=BATCH)
    slots: dict[str, dict[str, Slot]] = {}
    while chunk := list(islice(waiting, BATCH)):
        steps: dict[int, list[ItemMove]] = {item.pk: [] for item in chunk}
        for step in ItemMove.objects.filter(item_id__in=steps).order_by("item_id", "number"):
            steps[step.item_id].append(step)
        duties: dict[int, list[ItemDuty]] = {item.pk: [] for item in chunk}
        for row in ItemDuty.objects.filter(item_id__in=duties).order_by("id"):
            duties[row.item_id].append(row)
        facts: list[ItemFact] = []
        moves: list[MoveFact] = []
        for item in chunk:
            if item.type_ref not in slots:
                slots[item.type_ref] = slots_of(item.type_ref)
            own, taken = facts_of(item, steps[item.pk], duties[item.pk], slots[item.type_ref])
            facts += own
            moves += taken
        yield facts, moves


def facts_of(
    item: Item, steps: Sequence[ItemMove], duties: Collection[ItemDuty], slots: Mapping[str, Slot]
) -> tuple[list[ItemFact], list[MoveFact]]:
    """Return the facts of one item, unsaved: one for each step, one for each move."""
    facts: list[ItemFact] = []
    moves: list[MoveFact] = []
    versions = list(versions_of(item, steps, duties))
    for version, after in zip_longest(versions, versions[1:]):
        kind = type_by_id(version.step.definition_id)
        facts.append(_fact(version, kind, slots, milliseconds(after.step.at) if after else None))
        if not version.step.move.startswith(CHANGES):
            moves.append(_move_fact(version))
    return facts, moves


def facts_check(progress: Callable[[str, int], None] = lambda stage, done: None) -> FactsVerdict:
    """Compare every fact with what it should be, and look for facts that nothing asks for."""
    faults: list[str] = []
    rows = standing = 0
    for facts, moves in facts_expected():
        rows += len(facts)
        progress("核对事项事实行", rows)
        standing += len(facts) + len(moves)
        ids = {fact.item_id for fact in facts}
        faults += _differences(facts, ItemFact, ids)
        faults += _differences(moves, MoveFact, ids)
        types = {fact.item_id: fact.type_ref for fact in facts}
        faults += clock_faults(list(ItemClock.objects.filter(item_id__in=ids).order_by("id")), types)
    clocks = ItemClock.objects.order_by().values("id")
    for fact in ClockFact.objects.exclude(clock_id__in=clocks).order_by("id"):
        faults.append(f"事项 {fact.item_id} 时限 {fact.key} 第 {fact.round} 次：多出事实行，没有对应的时限")
    known = Item.objects.order_by().values("id")
    for model in (ItemFact, MoveFact):
        extra = model._default_manager.exclude(item_id__in=known).order_by("item_id", "step")
        faults += [f"事项 {item_id} 第 {step} 步：多出事实行，没有对应的事项" for item_id, step in
                   extra.values_list("item_id", "step")]  # fmt: skip
    return FactsVerdict(rows, tuple(faults))


def _differences(
    wanted: Sequence[ItemFact | MoveFact], model: type[models.Model], ids: Collection[int]
) -> Iterator[str]:
    columns = [field.attname for field in model._meta.concrete_fields if not field.primary_key]
    rows = model._default_manager.filter(item_id__in=ids).order_by("id")
    found: dict[tuple[int, int], Any] = {(row.item_id, row.step): row for row in rows}  # type: ignore[attr-defined]
    noun = model._meta.verbose_name
    for want in wanted:
        have = found.pop((want.item_id, want.step), None)
        where = f"事项 {want.item_id} 第 {want.step} 步"
        if have is None:
            yield f"{where}：缺少{noun}行"
            continue
        differs = [name for name in columns if getattr(want, name) != getattr(have, name)]
        if differs:
            yield f"{where}：{noun}行不符：{'、'.join(differs)}"
    for item_id, number in sorted(found):
        yield f"事项 {item_id} 第 {number} 步：多出{noun}行"


def facts_rebuild(type_ref: str | None = None) -> int:
    """Make the facts of a type (None: of all) anew; return how many items' steps. Needs a transaction."""
    for model in (ItemFact, MoveFact):
        rows = model._default_manager.all()
        (rows if type_ref is None else rows.filter(type_ref=type_ref)).delete()
    count = 0
    for facts, moves in facts_expected(type_ref):
        facts_insert(facts, moves)
        count += len(facts)
    clocks = ItemClock.objects.select_related("item").order_by("id")
    clocks = clocks if type_ref is None else clocks.filter(item__type_ref=type_ref)
    clock_facts_remake((row, row.item.type_ref) for row in clocks.iterator(chunk_size=BATCH))
    return count


def facts_insert(facts: Sequence[ItemFact], moves: Sequence[MoveFact]) -> None:
    """Write facts made for many items."""
    insert_plain(connection, facts)
    insert_plain(connection, moves)
