"""Writing held values. Called by what produces a value, in the same transaction."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction

from luoshi.kernel.elements.models import HeldValue

BATCH = 500


@dataclass(frozen=True, slots=True)
class Held:
    """One value to keep: ``value`` is canonical text, ``source`` the ledger type and id of its row."""

    element: str
    unit_id: int
    period_code: str
    value: str
    source: tuple[str, int]


@transaction.atomic
def hold(*, values: Iterable[Held]) -> int:
    """Keep ``values``, each in place of what was held for its element, unit and period; return how many.

    Ledger: none. A held value repeats what its source row says, and the source row is in the ledger.
    """
    newest = {(value.element, value.unit_id, value.period_code): value for value in values}
    rows = [
        HeldValue(
            element=value.element,
            unit_id=value.unit_id,
            period_code=value.period_code,
            value=value.value,
            source_type=value.source[0],
            source_id=value.source[1],
        )
        for value in newest.values()
    ]
    HeldValue.objects.bulk_create(
        rows,
        batch_size=BATCH,
        update_conflicts=True,
        unique_fields=["element", "unit", "period_code"],
        update_fields=["value", "source_type", "source_id"],
    )
    return len(rows)


@transaction.atomic
def release(*, elements: Iterable[str], unit_id: int, period_code: str) -> int:
    """Drop what is held of ``elements`` for a unit and period (the source was blanked); return how many."""
    rows = HeldValue.objects.filter(element__in=list(elements), unit_id=unit_id, period_code=period_code)
    return rows.delete()[0]
