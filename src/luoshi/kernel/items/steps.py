"""Writing one step of an item with all that hangs on it: state, values, duties, facts, event.

Called by the actions inside their transaction, after rights, state and what was given were checked.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from luoshi.core.actor import Actor
from luoshi.core.beijing import local_day
from luoshi.kernel.evidence.models import Revision
from luoshi.kernel.items.clock_steps import clocks_step
from luoshi.kernel.items.clocks import Trigger, triggers_of
from luoshi.kernel.items.facts import facts_step
from luoshi.kernel.items.finding import item_findable
from luoshi.kernel.items.given import Read, Target
from luoshi.kernel.items.models import (
    Item,
    ItemDuty,
    ItemMove,
    ItemParent,
    ItemPrivate,
    MoveEvidence,
)
from luoshi.kernel.items.notices import step_tell
from luoshi.kernel.items.schema import ENDED, Stage
from luoshi.kernel.items.sealing import seal, unseal
from luoshi.kernel.items.types import ItemType
from luoshi.kernel.ledger.actions import record
from luoshi.kernel.ledger.rows import Ledgered
from luoshi.kernel.org.queries import ancestor_chain

EDIT, DUTY, MERGE, MIGRATE = "_edit", "_duty", "_merge", "_migrate"
BRANCH_FROM_TOP = 2


@dataclass(frozen=True, slots=True)
class Taken:
    """A step as written: the item after it, its row, and what it means for clocks."""

    item: Item
    step: ItemMove
    triggers: tuple[Trigger, ...]


@dataclass(slots=True)
class Step:
    """A step to be written on a locked item. ``move``: its key; ``to_state``: the state it leads to.

    ``proofs``: the evidence it is taken with. ``parents``: what a new item serves.
    """

    item: Item
    kind: ItemType
    duties: list[ItemDuty]
    move: str
    to_state: str
    read: Read
    actor: Actor
    now: datetime
    event: str
    rows: Sequence[Ledgered] = ()
    proofs: Sequence[Revision] = ()
    data: Mapping[str, Any] = field(default_factory=dict)
    parents: Sequence[Item] = ()


def step_write(step: Step) -> Taken:
    """Write a step; an item that is not saved yet is created with it.

    Ledger: one event ``step.event`` on the item with every row written; ``notice.sent`` for who is told.
    """
    item, kind = step.item, step.kind
    from_state = item.state
    row = step_row(step)
    item.save()
    row.save(force_insert=True)
    duties = _duties_write(step, row.number)
    private = _private_write(item, step.read.private)
    proofs = [MoveEvidence.objects.create(step=row, revision=each) for each in step.proofs]
    placed = [ItemParent.objects.create(item=item, parent=parent) for parent in step.parents]
    facts_step(kind, item, row, step.duties)
    item_findable(item)
    clocks = clocks_step(kind, item, row)
    told = {
        "type": item.type_ref,
        "number": item.number,
        "move": step.move,
        "state": [from_state, item.state],
        "fields": sorted([*row.changed, *step.read.private]),
        "duties": {role: [each.unit.code for each in who] for role, who in sorted(step.read.duties.items())},
        "clocks": clocks.told,
        "evidence": [each.sha256 for each in step.proofs],
        "parents": [parent.number for parent in step.parents],
    }
    record(
        item,
        step.event,
        by=step.actor.by,
        at=step.now,
        rows=[row, *duties, *private, *placed, *proofs, *clocks.rows, *step.rows],
        data={key: value for key, value in told.items() if value not in ([], {})} | dict(step.data),
    )
    if step.move != MIGRATE:
        step_tell(kind, item, row, step.duties, actor=step.actor, now=step.now)
    return Taken(item, row, tuple(triggers_of(row)))


def step_row(step: Step) -> ItemMove:
    """Apply a step to its item and return the row of it, both unsaved."""
    item, read = step.item, step.read
    from_state, from_stage = item.state, item.stage
    number = item.steps + 1
    changed = {key: text for key, text in read.values.items() if item.values.get(key) != text}
    _item_apply(step, number, changed)
    return ItemMove(
        item=item,
        number=number,
        definition_id=item.definition_id,
        move=step.move,
        nth=item.counts[step.move],
        from_state=from_state,
        to_state=item.state,
        from_stage=from_stage,
        to_stage=item.stage,
        changed=changed,
        note=read.note,
        basis=read.basis,
        at=step.now,
        by_account=step.actor.account_id,
        by_post=step.actor.post_code,
        by_unit=step.actor.unit_code,
        by_acting=step.actor.acting,
    )


def _item_apply(step: Step, number: int, changed: Mapping[str, str | None]) -> None:
    item, kind = step.item, step.kind
    was = item.stage
    item.steps = number
    item.counts = item.counts | {step.move: item.counts.get(step.move, 0) + 1}
    item.values = {key: text for key, text in {**item.values, **changed}.items() if text is not None}
    if step.read.title is not None:
        item.title = step.read.title
    if step.to_state != item.state:
        item.state, item.stage = step.to_state, kind.states[step.to_state].stage.value
        item.entered_at = step.now
    if was and Stage(was) in ENDED and Stage(item.stage) not in ENDED:
        item.since_step, item.reopened = number, item.reopened + 1


def _duties_write(step: Step, number: int) -> list[ItemDuty]:
    """Give and end duties; ``step.duties`` holds the open ones afterwards. Returns the rows written."""
    written: list[ItemDuty] = []
    for role, targets in step.read.duties.items():
        wanted = {(target.unit.pk, target.post.pk if target.post else None): target for target in targets}
        for row in [row for row in step.duties if row.role == role]:
            if wanted.pop((row.unit_id, row.post_id), None) is None:
                row.to_step = number
                row.save(update_fields=["to_step"])
                step.duties.remove(row)
                written.append(row)
        for target in wanted.values():
            row = _duty(step, role, target, number)
            step.duties.append(row)
            written.append(row)
    return written


def _duty(step: Step, role: str, target: Target, number: int) -> ItemDuty:
    chain = ancestor_chain(target.unit.pk, local_day(step.now))
    row = duty_row(step.item, role, target, number, chain)
    row.save(force_insert=True)
    return row


def duty_row(
    item: Item, role: str, target: Target, number: int, chain: Sequence[tuple[str, int]]
) -> ItemDuty:
    """Return a duty given with a step, unsaved. ``chain``: the units above it on that day, nearest first."""
    unit = target.unit
    return ItemDuty(
        item=item,
        role=role,
        unit=unit,
        post=target.post,
        unit_code=unit.code,
        unit_kind=unit.kind,
        unit_branch=chain[-BRANCH_FROM_TOP][0] if len(chain) >= BRANCH_FROM_TOP else "",
        unit_parent=chain[0][0] if chain else "",
        from_step=number,
    )


def _private_write(item: Item, given: Mapping[str, str | None]) -> list[ItemPrivate]:
    if not given:
        return []
    row = ItemPrivate.objects.filter(item=item).order_by("id").first()
    values = unseal(item.pk, row.sealed) if row else {}
    values = {key: text for key, text in {**values, **given}.items() if text is not None}
    row = row or ItemPrivate(item=item)
    row.sealed, row.fields = seal(item.pk, values), sorted(values)
    row.save()
    return [row]


def nothing_read(**given: Any) -> Read:
    """Return what a step without anything given reads, but for ``given``."""
    empty: dict[str, Any] = {
        "title": None,
        "values": {},
        "private": {},
        "note": "",
        "basis": "",
        "duties": {},
    }
    return Read(**(empty | given))


def open_duties(item_ids: Iterable[int]) -> dict[int, list[ItemDuty]]:
    """Return the duties held now by item, in order. One query."""
    found: dict[int, list[ItemDuty]] = {item_id: [] for item_id in item_ids}
    rows = ItemDuty.objects.filter(item_id__in=found, to_step=None).select_related("unit").order_by("id")
    for row in rows:
        found[row.item_id].append(row)
    return found
