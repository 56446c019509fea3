"""The orders a list of items can stand in, each walked by its key from one item on (keyset)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from luoshi.kernel.items.clock_filters import first_due
from luoshi.kernel.items.fact_models import ItemFact


class Sort(StrEnum):
    """By what a list stands in order. ``DUE``: only items of which a clock runs."""

    NEWEST = "newest"
    DUE = "due"
    ENTERED = "entered"
    NUMBER = "number"


SORT_TITLES: Mapping[Sort, str] = {
    Sort.NEWEST: "最新登记在前",
    Sort.DUE: "先到期在前",
    Sort.ENTERED: "在本状态最久在前",
    Sort.NUMBER: "按编号",
}
KEYS: Mapping[Sort, str] = {
    Sort.NEWEST: "item_id",
    Sort.DUE: "bound_at",
    Sort.ENTERED: "entered_ms",
    Sort.NUMBER: "number",
}


@dataclass(frozen=True, slots=True)
class Place:
    """Where an item stands in an order: the value of its key, and its id for equal ones."""

    key: Any
    item_id: int


@dataclass(frozen=True, slots=True)
class Ordered:
    """Rows with an ``item_id`` in the order of a key, falling or rising."""

    rows: QuerySet[Any]
    key: str
    falls: bool

    def ids(self, place: Place | None, back: bool) -> QuerySet[Any, int]:
        """Return the item ids after a place, or, nearest first, those before it."""
        falls = self.falls != back
        sign, compare = ("-", "lt") if falls else ("", "gt")
        rows = self.rows
        if place is not None and self.key == "item_id":
            rows = rows.filter(**{f"item_id__{compare}": place.item_id})
        elif place is not None:
            beyond = Q(**{f"{self.key}__{compare}": place.key}) | Q(**{f"item_id__{compare}": place.item_id})
            rows = rows.filter(beyond, **{f"{self.key}__{compare}e": place.key})
        columns = dict.fromkeys((f"{sign}{self.key}", f"{sign}item_id"))
        return rows.order_by(*columns).values_list("item_id", flat=True)


def ordered(facts: QuerySet[ItemFact], sort: Sort, now: datetime | None) -> Ordered:
    """Return facts in an order. Raises: ValueError when due dates are asked for without a moment."""
    if sort is not Sort.DUE:
        return Ordered(facts, KEYS[sort], falls=sort is Sort.NEWEST)
    if now is None:
        raise ValueError("due dates are put in order at a moment, and none was given")
    asked = facts.filter(item_id=OuterRef("item_id")).order_by()
    return Ordered(first_due(now).filter(Exists(asked)), KEYS[sort], falls=False)


def place_of(sort: Sort, item_id: int | None, now: datetime | None) -> Place | None:
    """Return where an item stands in an order; None, the beginning, when it has no place in it any more."""
    if item_id is None or sort is Sort.NEWEST:
        return None if item_id is None else Place(item_id, item_id)
    if sort is Sort.DUE:
        assert now is not None
        rows: QuerySet[Any] = first_due(now).filter(item_id=item_id)
    else:
        rows = ItemFact.objects.filter(item_id=item_id, to_ms=None).order_by("item_id")
    key = rows.values_list(KEYS[sort], flat=True).first()
    return None if key is None else Place(key, item_id)
