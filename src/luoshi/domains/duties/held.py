"""What a unit holds on a day: the common items that are for it, its own, and what nobody may do.

Answered from dated rows alone: a version in force that day, the place of the unit that day. Later revisions
and moves change nothing of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Min, Prefetch, Q

from luoshi.core.canonical import canonical_bytes
from luoshi.domains.duties.audience import GROUP
from luoshi.domains.duties.models import DutyItem, DutyList, Kind
from luoshi.domains.duties.selecting import item_reaches, list_reaches
from luoshi.kernel.org.queries import UnitFacts, unit_facts

ORDER = {Kind.COMMON.value: 0, Kind.OWN.value: 1, Kind.NEGATIVE.value: 2}


@dataclass(frozen=True, slots=True)
class HeldItem:
    """One item as a unit holds it. ``since``: when the list's year began, from which single limits count.

    ``item_id`` and ``list_id`` are of the version in force; ``review_unit`` is a code, empty for none.
    """

    item_id: int
    list_id: int
    list_code: str
    list_title: str
    version: int
    kind: str
    code: str
    aspect: str
    requirement: str
    holders: tuple[str, ...]
    frequency: str
    due: str
    since: date
    evidence_hint: str
    legal_basis: str
    review_unit: str
    review_title: str
    form_ref: str
    element: str


@dataclass(frozen=True, slots=True)
class HeldList:
    """Everything a unit holds on a day, common items first, each list in its own order."""

    unit_id: int
    unit_code: str
    on: date
    items: tuple[HeldItem, ...]

    def of_kind(self, kind: str) -> tuple[HeldItem, ...]:
        """Return the items of lists of one kind."""
        return tuple(item for item in self.items if item.kind == kind)

    def canonical(self) -> bytes:
        """Return what is held as bytes: the same on every later day, whatever happened since."""
        return canonical_bytes(
            {
                "unit": self.unit_code,
                "on": self.on.isoformat(),
                "items": [
                    [
                        item.list_code,
                        item.version,
                        item.code,
                        item.aspect,
                        item.requirement,
                        list(item.holders),
                        item.frequency,
                        item.due,
                        item.since.isoformat(),
                        item.evidence_hint,
                        item.legal_basis,
                        item.review_unit,
                        item.form_ref,
                        item.element,
                    ]
                    for item in self.items
                ],
            }
        )


@dataclass(frozen=True, slots=True)
class InForce:
    """The versions in force on a day with their items; ``since`` by list code and year."""

    on: date
    lists: tuple[DutyList, ...]
    since: Mapping[tuple[str, int], date]

    @classmethod
    def at(cls, on: date) -> InForce:
        """Read them. Three queries."""
        items = DutyItem.objects.order_by("sort").select_related("review_unit")
        found = (
            DutyList.objects.filter(
                Q(effective_to__isnull=True) | Q(effective_to__gt=on), effective_from__lte=on
            )
            .prefetch_related(Prefetch("items", queryset=items))
            .order_by("code")
        )
        lists = sorted(found, key=lambda each: (ORDER[each.kind], each.code))
        begun = DutyList.objects.filter(effective_from__lte=on).order_by().values_list("code", "year")
        since = {(code, year): day for code, year, day in begun.annotate(day=Min("effective_from"))}
        return cls(on, tuple(lists), since)

    def held_by(self, unit: UnitFacts) -> HeldList:
        """Return what a unit of the day holds."""
        items = [
            self._held(item, duty_list)
            for duty_list in self.lists
            if list_reaches(duty_list, unit)
            for item in duty_list.items.all()
            if item_reaches(item, duty_list, unit)
        ]
        return HeldList(unit.id, unit.code, self.on, tuple(items))

    def _held(self, item: DutyItem, duty_list: DutyList) -> HeldItem:
        return HeldItem(
            item_id=item.pk,
            list_id=duty_list.pk,
            list_code=duty_list.code,
            list_title=duty_list.title,
            version=duty_list.version,
            kind=duty_list.kind,
            code=item.code,
            aspect=item.aspect,
            requirement=item.requirement,
            holders=tuple(item.holders),
            frequency=item.frequency,
            due=item.due,
            since=self.since[duty_list.code, duty_list.year],
            evidence_hint=item.evidence_hint,
            legal_basis=item.legal_basis,
            review_unit=item.review_unit.code if item.review_unit else "",
            review_title=item.review_unit.title if item.review_unit else "",
            form_ref=item.form_ref,
            element=item.element,
        )


def held_on(unit_id: int, on: date) -> HeldList | None:
    """Return what a unit holds on a day; None when it had no place in the tree then. Four queries."""
    facts = next((each for each in unit_facts(on) if each.id == unit_id), None)
    return None if facts is None else InForce.at(on).held_by(facts)


def held_by_all(on: date, units: Iterable[UnitFacts] | None = None) -> list[HeldList]:
    """Return what every unit of a day holds, in tree order, groups left out. Four queries."""
    found = InForce.at(on)
    chosen = unit_facts(on) if units is None else units
    return [found.held_by(unit) for unit in chosen if unit.kind != GROUP]
