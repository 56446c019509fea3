"""Which units hold a list or an item on a day. A group of units holds nothing: its units do."""

from __future__ import annotations

from collections.abc import Iterable

from luoshi.domains.duties.audience import GROUP
from luoshi.domains.duties.models import DutyItem, DutyList
from luoshi.kernel.org.queries import UnitFacts
from luoshi.kernel.org.selectors import selector, selects


def list_reaches(duty_list: DutyList, unit: UnitFacts) -> bool:
    """Say whether a list is for a unit with these facts."""
    return unit.kind != GROUP and selects(selector(duty_list.applies_to), unit)


def item_reaches(item: DutyItem, duty_list: DutyList, unit: UnitFacts) -> bool:
    """Say whether an item of a list is for a unit with these facts."""
    if not list_reaches(duty_list, unit):
        return False
    return not item.applies_to or selects(selector(item.applies_to), unit)


def units_reached(duty_list: DutyList, facts: Iterable[UnitFacts]) -> list[UnitFacts]:
    """Return the units a list is for, in the order given."""
    return [unit for unit in facts if list_reaches(duty_list, unit)]
