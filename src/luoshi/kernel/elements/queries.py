"""Reading what is already known of elements: held values and what registered sources compute."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from luoshi.core.periods import parse_period
from luoshi.kernel.elements.models import HeldValue
from luoshi.kernel.elements.sources import sources_of


@dataclass(frozen=True, slots=True)
class HeldView:
    """A held value and the ledger type and id of the row it came from."""

    value: str
    source_type: str
    source_id: int


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of an element for a unit and period, in canonical text.

    ``computed``: by a registered source, whose ``words`` say from what. A held value has no words: whoever
    owns the row of ``target`` (ledger type and id) names it.
    """

    value: str
    computed: bool
    words: str
    target: tuple[str, int] | None


def held(element: str, unit_id: int, period_code: str) -> HeldView | None:
    """Return what is already known of an element for a unit and period; None when it was never given."""
    return held_values([element], [unit_id], [period_code]).get((element, unit_id, period_code))


def held_values(
    elements: Collection[str], unit_ids: Collection[int], period_codes: Collection[str]
) -> dict[tuple[str, int, str], HeldView]:
    """Return what is held, by element, unit and period, for every pair of those given. One query."""
    rows = HeldValue.objects.filter(
        element__in=set(elements), unit_id__in=set(unit_ids), period_code__in=set(period_codes)
    ).order_by("id")
    return {
        (row.element, row.unit_id, row.period_code): HeldView(row.value, row.source_type, row.source_id)
        for row in rows
    }


def known(elements: Collection[str], unit_id: int, period_code: str) -> dict[str, Known]:
    """Return what is known of ``elements`` for a unit and period, by element.

    What is computed from records comes before what somebody filed. One query, and those of each registered
    source among the elements.
    """
    found = known_many(elements, [unit_id], [period_code])
    return {element: value for (element, _, _), value in found.items()}


def known_many(
    elements: Collection[str], unit_ids: Collection[int], period_codes: Collection[str]
) -> dict[tuple[str, int, str], Known]:
    """Return what is known, by element, unit and period. A registered source is asked for each of them."""
    found = {
        key: Known(view.value, False, "", (view.source_type, view.source_id))
        for key, view in held_values(elements, unit_ids, period_codes).items()
    }
    for element, source in sources_of(elements).items():
        for code in sorted(set(period_codes)):
            period = parse_period(code)
            for unit_id in sorted(set(unit_ids)):
                told = source.read(unit_id, period)
                if told is not None:
                    found[element, unit_id, code] = Known(told.value, True, told.words, told.target)
    return found
