"""Giving out numbers: unique and ascending for each type and year, without one lock for all types."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from luoshi.kernel.items.models import ItemCounter
from luoshi.kernel.items.schema import number_text
from luoshi.kernel.items.types import ItemType


def number_next(kind: ItemType, on: date) -> tuple[str, int, int]:
    """Return (number, year, seq) and keep them; call it inside the transaction that creates the item.

    The counter of the type and year stays locked until that transaction ends, and its number goes back with
    it: numbers are without gaps for every type, whatever ``gapless`` asks.
    """
    return numbers_next(kind, [on])[0]


def numbers_next(kind: ItemType, days: Sequence[date]) -> list[tuple[str, int, int]]:
    """Return (number, year, seq) for items of several days, in their order; see ``number_next``."""
    years = [on.year if kind.yearly else 0 for on in days]
    last = {year: _kept(kind, year, years.count(year)) for year in sorted(set(years))}
    found = []
    for on, year in zip(days, years, strict=True):
        last[year] += 1
        text = number_text(kind.pattern, year=on.year, month=on.month, seq=last[year])
        found.append((text, year, last[year]))
    return found


def _kept(kind: ItemType, year: int, count: int) -> int:
    """Take ``count`` numbers of a year; return the one before the first."""
    counters = ItemCounter.objects.select_for_update().filter(type_ref=kind.ref, year=year).order_by("id")
    counter = counters.first()
    if counter is None:
        ItemCounter.objects.get_or_create(type_ref=kind.ref, year=year)
        counter = counters.get()
    counter.last += count
    counter.save(update_fields=["last"])
    return counter.last - count
