"""Reading held values."""

from __future__ import annotations

from dataclasses import dataclass

from luoshi.kernel.elements.models import HeldValue


@dataclass(frozen=True, slots=True)
class HeldView:
    """A held value and the ledger type and id of the row it came from."""

    value: str
    source_type: str
    source_id: int


def held(element: str, unit_id: int, period_code: str) -> HeldView | None:
    """Return what is already known of an element for a unit and period; None when it was never given."""
    row = (
        HeldValue.objects.filter(element=element, unit_id=unit_id, period_code=period_code)
        .order_by("id")
        .first()
    )
    return None if row is None else HeldView(row.value, row.source_type, row.source_id)
