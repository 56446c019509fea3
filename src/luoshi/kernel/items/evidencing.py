"""Evidence of items: handed in, replaced and taken back by whoever handles the item in its state.

A move that needs evidence names the revisions it was taken with; what a move was taken with is never dropped.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from luoshi.core.actor import Actor, require
from luoshi.core.beijing import local_day
from luoshi.core.errors import Duplicate, Invalid, NotAllowed, NotFound, WrongState
from luoshi.kernel.definitions.fields import FILE_KINDS
from luoshi.kernel.evidence.actions import Proof, evidence_add, evidence_drop, evidence_revise
from luoshi.kernel.evidence.models import Evidence, Revision
from luoshi.kernel.items.actions import merged_check, require_seen
from luoshi.kernel.items.models import Item, ItemDuty, ItemEvidence, MoveEvidence
from luoshi.kernel.items.policy import may, require_holder, standing_of
from luoshi.kernel.items.schema import ENDED, Holder
from luoshi.kernel.items.sight import item_locked
from luoshi.kernel.items.steps import open_duties
from luoshi.kernel.items.types import ItemType, type_by_id
from luoshi.kernel.ledger.actions import record
from luoshi.kernel.org.succession import units_answered

OWNER = "item"
MOST = 30


@transaction.atomic
def item_evidence_add(*, actor: Actor, item_id: int, proof: Proof, now: datetime) -> Revision:
    """Hand in a file as evidence of an item that the actor handles in its state.

    Raises: NotFound, NotAllowed, WrongState (done, void, merged); Incomplete, Invalid, Duplicate with
    ``fields`` kind, title, occurred_on, file.
    Ledger: ``evidence.added``, and ``item.evidence_added`` on the item.
    """
    item, kind = _handled(actor, item_id, now)
    assert actor.unit_id is not None
    _kind_check(kind, proof)
    count = ItemEvidence.objects.filter(item=item, evidence__dropped_at=None).count()
    require(count < MOST, f"每件最多 {MOST} 份佐证，请先移除不用的，或更换其中一份。", Invalid)
    revision = evidence_add(actor=actor, owner=OWNER, unit_id=actor.unit_id, proof=proof, now=now)
    _twice_check(item, revision)
    link = ItemEvidence.objects.create(item=item, evidence_id=revision.evidence_id, step=item.steps)
    _record(item, link, "item.evidence_added", actor, now)
    return revision


@transaction.atomic
def item_evidence_revise(
    *, actor: Actor, item_id: int, evidence_id: int, proof: Proof, now: datetime
) -> Revision:
    """Put a file in place of one that the actor's unit handed in; moves taken with the former keep it.

    Raises: as ``item_evidence_add``; NotFound when the item has no such evidence, NotAllowed when it is
    another unit's.
    Ledger: ``evidence.revised``, and ``item.evidence_revised`` on the item.
    """
    item, kind = _handled(actor, item_id, now)
    link = _own(actor, item, evidence_id, now)
    _kind_check(kind, proof)
    revision = evidence_revise(actor=actor, evidence_id=evidence_id, proof=proof, now=now)
    _twice_check(item, revision)
    link.step = item.steps
    link.save()
    _record(item, link, "item.evidence_revised", actor, now)
    return revision


@transaction.atomic
def item_evidence_drop(*, actor: Actor, item_id: int, evidence_id: int, now: datetime) -> None:
    """Take back a piece of evidence that the actor's unit handed in and no move was taken with.

    Raises: NotFound, NotAllowed, WrongState (also when a move was taken with it).
    Ledger: ``evidence.dropped``, and ``item.evidence_dropped`` on the item.
    """
    item, _ = _handled(actor, item_id, now)
    link = _own(actor, item, evidence_id, now)
    used = MoveEvidence.objects.filter(revision__evidence_id=evidence_id).exists()
    require(not used, "这份佐证已随办理提交，不能移除；确需更正的，请更换，原版仍保留。", WrongState)
    evidence_drop(actor=actor, evidence_id=evidence_id, now=now)
    _record(item, link, "item.evidence_dropped", actor, now)


def may_prove(actor: Actor, item: Item, duties: list[ItemDuty], now: datetime) -> bool:
    """Say whether an actor may hand in evidence of an item: whoever moves or edits it in its state."""
    kind = type_by_id(item.definition_id)
    if item.merged_into_id is not None or kind.states[item.state].stage in ENDED or actor.unit_id is None:
        return False
    return may(actor, _handlers(kind, item), standing_of(kind, duties, local_day(now)))


def _handled(actor: Actor, item_id: int, now: datetime) -> tuple[Item, ItemType]:
    """Return an item that takes evidence from the actor, locked, with its type."""
    item = item_locked(item_id)
    kind = type_by_id(item.definition_id)
    standing = standing_of(kind, open_duties([item.pk])[item.pk], local_day(now))
    holders = _handlers(kind, item)
    if not may(actor, holders, standing):
        require_seen(actor, item)
    merged_check(item)
    state = kind.states[item.state]
    require(state.stage not in ENDED, f"本件“{state.title}”，不再收佐证；需要补充的，请先重启。", WrongState)
    require_holder(actor, holders, standing, "提交佐证")
    if actor.unit_id is None:
        raise NotAllowed("请换用任职岗位后再提交佐证。")
    return item, kind


def _handlers(kind: ItemType, item: Item) -> list[Holder]:
    listed = [holder for move in kind.moves_from(item.state) for holder in move.by]
    return list(dict.fromkeys([*listed, *kind.states[item.state].by]))


def _own(actor: Actor, item: Item, evidence_id: int, now: datetime) -> ItemEvidence:
    links = ItemEvidence.objects.filter(item=item, evidence_id=evidence_id)
    link = links.select_related("evidence__unit").order_by("id").first()
    if link is None:
        raise NotFound("本件没有这份佐证，或它已被移除。")
    assert actor.unit_id is not None
    own = link.evidence.unit_id in {actor.unit_id, *units_answered([actor.unit_id], local_day(now))}
    require(own, f"这份佐证由{link.evidence.unit.title}提交，只能由该单位更换或移除。")
    return link


def _kind_check(kind: ItemType, proof: Proof) -> None:
    if proof.kind in FILE_KINDS and proof.kind not in kind.evidence.kinds:
        allowed = "、".join(FILE_KINDS[key] for key in kind.evidence.kinds)
        message = f"{kind.title}只收：{allowed}，请重新选择类别。"
        raise Invalid(message, fields={"kind": message})


def _twice_check(item: Item, revision: Revision) -> None:
    """Refuse the same content twice; the transaction takes back what was written for it."""
    links = ItemEvidence.objects.filter(item=item).order_by().values("evidence_id")
    others = Evidence.objects.filter(pk__in=links, dropped_at=None).exclude(pk=revision.evidence_id)
    same = Revision.objects.filter(evidence__in=others.order_by(), sha256=revision.sha256).order_by("id")
    standing = next((each for each in same if each.number == each.evidence.current), None)
    if standing is not None:
        message = f"文件“{revision.file_name}”与已有的佐证“{standing.title}”内容相同，不必重复上传。"
        raise Duplicate(message, fields={"file": message})


def _record(item: Item, link: ItemEvidence, kind: str, actor: Actor, now: datetime) -> None:
    data = {"type": item.type_ref, "number": item.number, "evidence": link.evidence_id}
    record(item, kind, by=actor.by, at=now, rows=[link], data=data)
