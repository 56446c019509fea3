"""Who may take a move: the roles of the pack held against the actor, the slots and the duties of the item."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from luoshi.core.actor import Actor
from luoshi.core.errors import NotAllowed
from luoshi.kernel.access.policy import can
from luoshi.kernel.definitions.queries import SlotTarget, slots_of
from luoshi.kernel.items.given import Read, Target
from luoshi.kernel.items.models import ItemDuty
from luoshi.kernel.items.schema import Holder
from luoshi.kernel.items.types import LEAD, ItemType, Move
from luoshi.kernel.org.models import Appointment, Post
from luoshi.kernel.org.places import holding
from luoshi.kernel.org.queries import ancestor_chain, unit_get
from luoshi.kernel.org.succession import units_answered

RIGHT = "item.handle"


@dataclass(frozen=True, slots=True)
class Standing:
    """What roles are held against: the bound slots of the pack, the open duties, the day."""

    slots: Mapping[str, SlotTarget]
    duties: tuple[ItemDuty, ...]
    on: date


def standing_of(kind: ItemType, duties: Iterable[ItemDuty], on: date) -> Standing:
    """Return what the roles of one item stand on. One query."""
    return Standing({each.slot: each for each in slots_of(kind.pack)}, tuple(duties), on)


def may(actor: Actor, holders: Collection[Holder], standing: Standing) -> bool:
    """Say whether an actor is one of the holders. No query in the usual case of a plain match."""
    return can(actor, RIGHT) and any(_holds(actor, holder, standing) for holder in holders)


def lead_own(kind: ItemType, move: Move, read: Read, actor: Actor, on: date) -> None:
    """Let the own unit lead what any unit may create. Raises: NotAllowed for another unit's matter."""
    if actor.unit_id is None or not any(holder.kind == "any" for holder in move.by):
        return
    named = [holder for holder in move.by if holder.kind != "any"]
    if LEAD not in read.duties:
        read.duties[LEAD] = [Target(unit_get(actor.unit_code), None)]
    elif not may(actor, named, standing_of(kind, (), on)) and any(
        target.unit.pk != actor.unit_id for target in read.duties[LEAD]
    ):
        raise NotAllowed(f"“{kind.title}”只能由本单位登记本单位的，不能以其他单位的名义登记。")


def require_holder(actor: Actor, holders: Collection[Holder], standing: Standing, doing: str) -> None:
    """Refuse whoever is none of the holders. Raises: NotAllowed naming who is."""
    if not may(actor, holders, standing):
        raise NotAllowed(f"“{doing}”由{holders_words(holders, standing)}办理，您当前的岗位不能办理。")


def holders_words(holders: Iterable[Holder], standing: Standing) -> str:
    """Return holders as a page or a refusal names them."""
    return "、".join(_named(holder, standing) for holder in holders)


def _holds(actor: Actor, holder: Holder, standing: Standing) -> bool:
    if holder.kind == "duty":
        rows = [row for row in standing.duties if row.role == holder.name]
        return any(_holds_duty(actor, holder.part, row, standing.on) for row in rows)
    if holder.kind == "any":
        return actor.unit_id is not None
    target = standing.slots.get(holder.name)
    if target is None or target.kind != holder.kind:
        return False
    if holder.kind == "unit":
        return actor.unit_code == target.target
    return actor.post_code == target.target or _falls_to(actor, target.target, standing.on)


def _holds_duty(actor: Actor, part: str, row: ItemDuty, on: date) -> bool:
    if part == "head":
        return _of_unit(actor, row.unit_id, on) and heads(actor)
    if part == "super":
        above = ancestor_chain(row.unit_id, on)
        return bool(above) and above[0][1] == actor.unit_id
    if row.post_id is None:
        return _of_unit(actor, row.unit_id, on)
    if row.post_id == actor.post_id:
        return True
    code = Post.objects.filter(pk=row.post_id).values_list("code", flat=True).order_by("id").first()
    return _falls_to(actor, code or "", on)


def _of_unit(actor: Actor, unit_id: int, on: date) -> bool:
    """Say whether the actor's unit is this one or answers for it, since it was closed."""
    if actor.unit_id is None or actor.unit_id == unit_id:
        return actor.unit_id == unit_id
    return unit_id in units_answered([actor.unit_id], on)


def heads(actor: Actor) -> bool:
    """Say whether the actor is the head of its unit: by role, or by holding the post of the head."""
    if actor.has("head"):
        return True
    return actor.post_id is not None and Post.objects.filter(pk=actor.post_id, is_head=True).exists()


def _falls_to(actor: Actor, code: str, on: date) -> bool:
    """Say whether a vacant post falls to the actor: to the head of its unit, else to the unit above."""
    if not heads(actor):
        return False
    post = Post.objects.filter(code=code).order_by("id").first()
    if post is None or _held(post.code, on):
        return False
    if actor.unit_id == post.unit_id:
        return True
    head = Post.objects.filter(unit_id=post.unit_id, is_head=True).order_by("id").first()
    if head is not None and _held(head.code, on):
        return False
    above = ancestor_chain(post.unit_id, on)
    return bool(above) and above[0][1] == actor.unit_id


def _held(code: str, on: date) -> bool:
    return Appointment.objects.filter(holding(on), post__code=code).exists()


def _named(holder: Holder, standing: Standing) -> str:
    """Return a holder as a refusal names it."""
    if holder.kind == "any":
        return f"“{holder.title}”"
    if holder.kind != "duty":
        return f"“{holder.title}”" + ("" if holder.name in standing.slots else "（尚未对应岗位或单位）")
    units = "、".join(row.unit.title for row in standing.duties if row.role == holder.name)
    part = {"head": "负责人", "super": "的上级单位"}.get(holder.part, "")
    return f"{units}{part}" if units else f"“{holder.title}”（尚未确定）"
