"""Giving out numbers: unique and ascending for each type and year, without one lock for all types."""

from __future__ import annotations

from datetime import date

from luoshi.kernel.items.models import ItemCounter
from luoshi.kernel.items.schema import number_text
from luoshi.kernel.items.types import ItemType


def number_next(kind: ItemType, on: date) -> tuple[str, int, int]:
    """Return (number, year, seq) and keep them; call it inside the transaction that creates the item.

    The counter of the type and year stays locked until that transaction ends, and its number goes back with
    it: numbers are without gaps for every type, whatever ``gapless`` asks.
    """
    year = on.year if kind.yearly else 0
    counters = ItemCounter.objects.select_for_update().filter(type_ref=kind.ref, year=year).order_by("id")
    counter = counters.first()
    if counter is None:
        ItemCounter.objects.get_or_create(type_ref=kind.ref, year=year)
        counter = counters.get()
    counter.last += 1
    counter.save(update_fields=["last"])
    return number_text(kind.pattern, year=on.year, month=on.month, seq=counter.last), year, counter.last
