"""Taking items in and moving them. Edits stand in ``editing``, merging and links in ``joining``."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from luoshi.core.actor import Actor, require
from luoshi.core.beijing import local_day
from luoshi.core.errors import Incomplete, Invalid, NotFound, Refusal, Stale, WrongState
from luoshi.kernel.access.policy import require_right
from luoshi.kernel.evidence.models import Revision
from luoshi.kernel.items.conditions import conditions_check
from luoshi.kernel.items.given import LONGEST_TITLE, Given, Read, given_read, needs_check
from luoshi.kernel.items.guards import fits, guards_check, when_check
from luoshi.kernel.items.hooks import Asked, guards_ask
from luoshi.kernel.items.models import Item, ItemDuty, ItemPrivate
from luoshi.kernel.items.numbers import number_next
from luoshi.kernel.items.policy import RIGHT, Standing, lead_own, may, require_holder, standing_of
from luoshi.kernel.items.proofs import proof_faults, revisions_standing
from luoshi.kernel.items.rules import rules_check
from luoshi.kernel.items.schema import CREATE, evidence_needed
from luoshi.kernel.items.sight import MISSING, item_locked, seen
from luoshi.kernel.items.steps import Step, Taken, open_duties, step_write
from luoshi.kernel.items.types import ItemType, Move, type_by_id, type_def

MOST_AT_ONCE = 200


@transaction.atomic
def item_create(*, actor: Actor, type_ref: str, given: Given, now: datetime) -> Item:
    """Take in a new item by the ``create`` move of its type in force; its number is given here.

    Raises: NotFound (no such type), NotAllowed, Incomplete, Invalid.
    Ledger: ``item.created`` with the first move, duties and the sealed personal fields.
    """
    kind = type_def(type_ref)
    creating_check(actor, kind, now)
    move = kind.moves[CREATE]
    if not (given.title or "").strip():
        raise Incomplete("请填写事由。", fields={"title": "请填写事由。"})
    read = given_read(kind, {*move.need, *move.may, "title"}, given)
    lead_own(kind, move, read, actor, local_day(now))
    needs_check(kind, move.need, read, values={}, private=(), duties=(), unproved={})
    return item_born(actor=actor, kind=kind, read=read, now=now)


def creating_check(actor: Actor, kind: ItemType, now: datetime) -> None:
    """Refuse whoever may not take in items of a type. Raises: NotAllowed."""
    move = kind.moves[CREATE]
    require_holder(actor, move.by, standing_of(kind, (), local_day(now)), f"{kind.title}{move.title}")


def item_born(
    *, actor: Actor, kind: ItemType, read: Read, now: datetime, origin: str = "", parents: Sequence[Item] = ()
) -> Item:
    """Write a new item whose rights and contents were checked. ``origin``: its number where it came from.

    Call it inside the transaction that checked. Raises: Invalid (a rule of the type is broken).
    Ledger: ``item.created``, with its parents besides.
    """
    rules_check(kind, [CREATE], read.values)
    number, year, seq = number_next(kind, local_day(now))
    item = Item(
        type_ref=kind.ref,
        definition_id=kind.definition_id,
        number=number,
        year=year,
        seq=seq,
        title=(read.title or "")[:LONGEST_TITLE],
        origin=origin,
        entered_at=now,
        created_at=now,
        created_by_account=actor.account_id,
        created_by_post=actor.post_code,
        created_by_unit=actor.unit_code,
    )
    end = kind.moves[CREATE].end
    step = Step(item, kind, [], CREATE, end, read, actor, now, "item.created", parents=parents)
    return step_write(step).item


@transaction.atomic
def item_move(
    *, actor: Actor, item_id: int, move: str, given: Given, now: datetime, seen_step: int | None = None
) -> Taken:
    """Take one move of an item's own version of its type.

    ``seen_step``: number of the newest step on the page the actor acts from.
    Raises: NotFound (out of sight, no such move), NotAllowed, Stale (a newer step, told in words), WrongState
    (state, max, within, after, when, merged), SamePerson (apart), Incomplete, Invalid; what its guards raise.
    Ledger: ``item.moved`` with the move and every row it wrote.
    """
    item = item_locked(item_id)
    kind = type_by_id(item.definition_id)
    duties = open_duties([item.pk])[item.pk]
    known = kind.moves.get(move)
    standing = standing_of(kind, duties, local_day(now))
    if known is None or not may(actor, known.by, standing):
        require_seen(actor, item)
    fresh_check(item, kind, seen_step)
    rule = kind.move(move, item.state)
    require_holder(actor, rule.by, standing, rule.title)
    merged_check(item)
    guards_check(kind, item, rule, actor, now)
    needs_proof = any(evidence_needed(key) for key in rule.need)
    proofs = revisions_standing(item) if needs_proof else []
    read = _read(kind, rule, item, given, duties, proofs)
    guards_ask(rule.guards, Asked(item, rule.key, duties, read, actor, now))
    when_check(kind, rule, {**item.values, **read.values}, now)
    conditions_check(item, rule)
    step = Step(item, kind, duties, rule.key, rule.end, read, actor, now, "item.moved", proofs=proofs)
    return step_write(step)


@transaction.atomic
def items_move(
    *, actor: Actor, item_ids: Sequence[int], move: str, given: Given, now: datetime
) -> list[Taken]:
    """Take one move on several items, all of them or none, in the order of their ids.

    Raises: Incomplete (none given), Invalid (more than 200), else what ``item_move`` raises for the first
    that cannot take it, naming its number.
    Ledger: ``item.moved`` for each.
    """
    wanted = sorted(set(item_ids))
    require(wanted, "请先勾选要办理的事项。", Incomplete)
    require(len(wanted) <= MOST_AT_ONCE, f"一次最多办理 {MOST_AT_ONCE} 件，请分批办理。", Invalid)
    taken = []
    for item_id in wanted:
        try:
            taken.append(item_move(actor=actor, item_id=item_id, move=move, given=given, now=now))
        except NotFound:
            raise
        except Refusal as refusal:
            number = Item.objects.filter(pk=item_id).values_list("number", flat=True).get()
            told = f"{number}：{refusal.message}本次一件也没有办理。"
            raise type(refusal)(told, fields=refusal.fields) from refusal
    return taken


def _read(
    kind: ItemType, rule: Move, item: Item, given: Given, duties: list[ItemDuty], proofs: Sequence[Revision]
) -> Read:
    read = given_read(kind, {*rule.need, *rule.may}, given)
    private: list[str] = []
    if any(key in kind.fields and kind.fields[key].pii for key in rule.need):
        private = next(iter(ItemPrivate.objects.filter(item=item).order_by("id")), ItemPrivate()).fields
    unproved = proof_faults(kind, rule.need, proofs)
    needs_check(kind, rule.need, read, values=item.values, private=private, duties=duties, unproved=unproved)
    rules_check(kind, [rule.key], {**item.values, **read.values})
    return read


def require_seen(actor: Actor, item: Item) -> None:
    """Refuse whoever does not see an item, as if there were none. Raises: NotFound, NotAllowed."""
    condition = seen(actor)
    if condition is None or not Item.objects.filter(condition, pk=item.pk).exists():
        raise NotFound(MISSING)
    require_right(actor, RIGHT)


def fresh_check(item: Item, kind: ItemType, seen_step: int | None) -> None:
    """Refuse who acts on an older picture of an item. Raises: Stale saying what happened meanwhile."""
    if seen_step is None or seen_step == item.steps:
        return
    last = item.moves.select_related(None).get(number=item.steps)
    done = kind.moves[last.move].title if last.move in kind.moves else "修改"
    at = timezone.localtime(last.at).strftime("%Y-%m-%d %H:%M")
    who = f"岗位 {last.by_post}（单位 {last.by_unit}）" if last.by_post else f"账号 {last.by_account}"
    state = kind.states[item.state].title
    raise Stale(f"本件已由{who}于 {at} 办理“{done}”，现为“{state}”。您的办理没有生效，请刷新页面核对后再办。")


def merged_check(item: Item) -> None:
    """Refuse what was merged into another item. Raises: WrongState naming it."""
    if item.merged_into is not None:
        raise WrongState(f"本件已并入 {item.merged_into.number}，请在该件中办理。")


def moves_open(actor: Actor, item: Item, duties: list[ItemDuty], now: datetime) -> list[Move]:
    """Return the moves an actor may take on an item in its state, in the order of the pack.

    Apart, max, within, after and conditions are judged when it is taken: a page says then why it is refused.
    """
    if item.merged_into_id is not None:
        return []
    kind = type_by_id(item.definition_id)
    standing: Standing = standing_of(kind, duties, local_day(now))
    return [
        move
        for move in kind.moves_from(item.state)
        if may(actor, move.by, standing) and (_undecided(move) or fits(kind, move, item.values, now))
    ]


def _undecided(move: Move) -> bool:
    """Say whether what the move itself is given decides if it is one of this item."""
    return move.when is not None and bool(move.when.names & {*move.need, *move.may})
