"""Reading lists, limited to what the actor may see. What is in force on a day stands in ``held``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count

from luoshi.core.actor import Actor
from luoshi.core.errors import NotFound
from luoshi.core.rhythm import FREQUENCIES
from luoshi.domains.duties.held import HeldItem, HeldList, held_by_all, held_on
from luoshi.domains.duties.models import DutyItem, DutyList, Holder, Kind, State
from luoshi.domains.duties.selecting import units_reached
from luoshi.kernel.access.policy import can
from luoshi.kernel.access.queries import units_in_sight
from luoshi.kernel.definitions.queries import Def, definitions_of
from luoshi.kernel.filings.sight import LATEST, sees_all
from luoshi.kernel.org.queries import UnitFacts, unit_facts

__all__ = [
    "COMPARED",
    "HeldItem",
    "HeldList",
    "Holder",
    "Kind",
    "State",
    "held_by_all",
    "held_by_all_visible",
    "held_on",
    "held_visible",
    "items_of",
    "items_under_review",
    "list_changes",
    "list_visible",
    "lists_visible",
    "templates_visible",
]


def lists_visible(actor: Actor, on: date) -> list[DutyList]:
    """Return every version the actor may see, by kind, code and version, the newest first.

    Common and negative lists that were published are everybody's. Drafts are seen by those who see the unit
    that keeps them; own lists also by those who see a unit they are for. Few queries.
    """
    if not can(actor, "list.view"):
        return []
    rows = (
        DutyList.objects.select_related("keeper")
        .annotate(item_count=Count("items"))
        .order_by("code", "-version")
    )
    found: list[DutyList] = sorted(
        rows, key=lambda each: (Kind.values.index(each.kind), each.code, -each.version)
    )
    if sees_all(actor):
        return found
    seen = units_in_sight(actor, LATEST)
    facts = unit_facts(on)
    return [each for each in found if _seen(each, seen, facts)]


def _seen(duty_list: DutyList, seen: set[int], facts: Sequence[UnitFacts]) -> bool:
    if duty_list.keeper_id in seen:
        return True
    if duty_list.effective_from is None:
        return False
    if duty_list.kind != Kind.OWN:
        return True
    return any(unit.id in seen for unit in units_reached(duty_list, facts))


def list_visible(actor: Actor, list_id: int, on: date) -> DutyList:
    """Return one version. Raises: NotFound, also when it is out of sight."""
    found = next((each for each in lists_visible(actor, on) if each.pk == list_id), None)
    if found is None:
        raise NotFound("没有这份清单，或您无权查看。")
    return found


def held_visible(actor: Actor, unit_id: int, on: date) -> HeldList:
    """Return what a unit in sight holds on a day.

    Raises: NotFound when the unit is out of sight or had no place in the tree that day.
    """
    if not can(actor, "list.view") or not (sees_all(actor) or unit_id in units_in_sight(actor, LATEST)):
        raise NotFound("没有这个单位的责任清单，或您无权查看。")
    found = held_on(unit_id, on)
    if found is None:
        raise NotFound("该单位这一天不在机构树中，没有责任清单。")
    return found


def held_by_all_visible(actor: Actor, on: date) -> list[HeldList]:
    """Return what every unit in sight holds on a day, in tree order. Few queries."""
    if not can(actor, "list.view"):
        return []
    seen = None if sees_all(actor) else units_in_sight(actor, LATEST)
    units = [unit for unit in unit_facts(on) if seen is None or unit.id in seen]
    return held_by_all(on, units)


def items_under_review(actor: Actor, on: date) -> list[tuple[HeldItem, tuple[UnitFacts, ...]]]:
    """Return the items in force that the actor's unit reviews, with the units that hold them. Few queries."""
    if not can(actor, "list.view") or not actor.unit_code:
        return []
    facts = {unit.id: unit for unit in unit_facts(on)}
    held: dict[int, tuple[HeldItem, list[UnitFacts]]] = {}
    for unit_list in held_by_all(on, facts.values()):
        for item in unit_list.items:
            if item.review_unit == actor.unit_code:
                held.setdefault(item.item_id, (item, []))[1].append(facts[unit_list.unit_id])
    return [(item, tuple(units)) for item, units in held.values()]


@dataclass(frozen=True, slots=True)
class ItemChange:
    """One item in two versions. ``state``: new, gone or changed; ``fields``: (column, before, after)."""

    code: str
    state: str
    aspect: str
    requirement: str
    fields: tuple[tuple[str, str, str], ...]


COMPARED: Mapping[str, str] = {
    "aspect": "方面",
    "requirement": "要求",
    "holders": "责任人",
    "frequency": "频次",
    "due": "时限",
    "applies_to": "适用单位",
    "review_unit": "审核单位",
    "form_ref": "表单",
    "element": "数据元",
    "evidence_hint": "佐证提示",
    "legal_basis": "依据",
}


def list_changes(actor: Actor, list_id: int, on: date) -> tuple[DutyList, DutyList | None, list[ItemChange]]:
    """Return a version, the version before it, and the items that differ, in the order of the newer one.

    The version before is the newest older one that was published. Raises: NotFound.
    """
    newer = list_visible(actor, list_id, on)
    older = (
        DutyList.objects.filter(code=newer.code, version__lt=newer.version, effective_from__isnull=False)
        .order_by("-version")
        .first()
    )
    now = {item.code: item for item in items_of(newer)}
    before = {item.code: item for item in items_of(older)} if older is not None else {}
    changes = [_change(code, before.get(code), item) for code, item in now.items()]
    changes += [_change(code, item, None) for code, item in before.items() if code not in now]
    return newer, older, [each for each in changes if each is not None]


def items_of(duty_list: DutyList) -> list[DutyItem]:
    """Return the items of a version in sight, in their order. One query."""
    return list(duty_list.items.select_related("review_unit").order_by("sort"))


def _change(code: str, before: DutyItem | None, now: DutyItem | None) -> ItemChange | None:
    shown = now or before
    assert shown is not None
    if before is None or now is None:
        return ItemChange(code, "new" if now else "gone", shown.aspect, shown.requirement, ())
    fields = tuple(
        (name, _text(before, name), _text(now, name))
        for name in COMPARED
        if _text(before, name) != _text(now, name)
    )
    return ItemChange(code, "changed", now.aspect, now.requirement, fields) if fields else None


def _text(item: DutyItem, name: str) -> str:
    value = getattr(item, name)
    if name == "holders":
        return "、".join(Holder(each).label for each in value)
    if name == "review_unit":
        return value.title if value else ""
    if name == "frequency":
        return FREQUENCIES[value]
    return str(value)


def templates_visible(actor: Actor) -> list[Def]:
    """Return the list templates of the packs in force, for those who may adopt them."""
    return definitions_of("list") if can(actor, "list.publish") else []
