"""Whether lists and units fit one another on a day: items nobody holds, units without an item."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from luoshi.core.errors import ExpressionInvalid
from luoshi.domains.duties.audience import GROUP
from luoshi.domains.duties.held import InForce
from luoshi.domains.duties.models import DutyItem, DutyList
from luoshi.domains.duties.selecting import item_reaches
from luoshi.kernel.definitions.queries import definitions_of
from luoshi.kernel.org.queries import UnitFacts, unit_facts
from luoshi.kernel.org.selectors import selector, selects


@dataclass(frozen=True, slots=True)
class Coverage:
    """What does not fit.

    ``idle``: items that no unit of the day holds. ``bare``: codes of units without any item, in the branches
    that lists are for. ``unasked``: items whose form is not in force, or does not go to some of the units
    that hold them, with the number of those units.
    """

    units: int
    items: int
    idle: tuple[tuple[DutyList, DutyItem], ...]
    bare: tuple[str, ...]
    unasked: tuple[tuple[DutyList, DutyItem, int], ...]


def coverage(on: date) -> Coverage:
    """Compare lists and units of a day. Five queries."""
    facts = [unit for unit in unit_facts(on) if unit.kind != GROUP]
    in_force = InForce.at(on)
    forms = {found.ref: str(found.body.get("to") or "") for found in definitions_of("form")}
    holding: dict[int, UnitFacts] = {}
    idle, unasked, number = [], [], 0
    for duty_list in in_force.lists:
        for item in duty_list.items.all():
            number += 1
            units = [unit for unit in facts if item_reaches(item, duty_list, unit)]
            holding |= {unit.id: unit for unit in units}
            if not units:
                idle.append((duty_list, item))
            missed = sum(not _asked(forms, item.form_ref, unit) for unit in units)
            if missed:
                unasked.append((duty_list, item, missed))
    branches = {unit.branch for unit in holding.values() if unit.branch}
    bare = tuple(unit.code for unit in facts if unit.branch in branches and unit.id not in holding)
    return Coverage(len(holding), number, tuple(idle), bare, tuple(unasked))


def _asked(forms: dict[str, str], form_ref: str, unit: UnitFacts) -> bool:
    """Say whether a form goes to a unit; where no form is named nothing need go."""
    if not form_ref:
        return True
    to = forms.get(form_ref)
    if to is None:
        return False
    try:
        return not to or selects(selector(to), unit)
    except ExpressionInvalid:
        return False
