"""What falls due on each day of a month, for the calendar page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Window
from django.db.models.functions import RowNumber, TruncDate

from luoshi.core.actor import Actor
from luoshi.core.beijing import LOCAL
from luoshi.kernel.items.clock_filters import first_due
from luoshi.kernel.items.clock_models import ItemClock
from luoshi.kernel.items.filters import Filter
from luoshi.kernel.items.queries import ItemRow, items_filtered, rows_of
from luoshi.kernel.items.types import ItemType

SHOWN = 3


@dataclass(frozen=True, slots=True)
class DueDay:
    """One day. ``late``: how many of its items are past due by now; ``rows``: the first three."""

    day: date
    count: int
    late: int
    rows: tuple[ItemRow, ...]


@dataclass(frozen=True, slots=True)
class DueMonth:
    """The days of a span on which something is due; ``before``: how many are past due since before it."""

    days: dict[date, DueDay]
    before: int


def due_month(
    actor: Actor, kind: ItemType, asked: Filter, *, start: date, end: date, now: datetime
) -> DueMonth:
    """Return what falls due from a day until another, both included, of what a filter asks. Six queries."""
    facts = items_filtered(actor, kind, asked, now).filter(item_id=OuterRef("item_id")).order_by()
    begins = datetime.combine(start, datetime.min.time(), tzinfo=LOCAL)
    ends = datetime.combine(end, datetime.min.time(), tzinfo=LOCAL) + timedelta(days=1)
    clocks = first_due(now).filter(Exists(facts))
    inside = clocks.filter(bound_at__gte=begins, bound_at__lt=ends)
    inside = inside.annotate(day=TruncDate("bound_at", tzinfo=LOCAL))
    shown = _first(inside)
    rows = {row.id: row for row in rows_of([item_id for ids in shown.values() for item_id in ids], now)}
    counted = (
        inside.order_by("day").values("day").annotate(n=Count("pk"), late=Count("pk", Q(bound_at__lt=now)))
    )
    days = {
        each["day"]: DueDay(
            day=each["day"],
            count=each["n"],
            late=each["late"],
            rows=tuple(rows[item_id] for item_id in shown.get(each["day"], [])),
        )
        for each in counted
    }
    return DueMonth(days, clocks.filter(bound_at__lt=min(begins, now)).count())


def _first(inside: QuerySet[ItemClock]) -> dict[date, list[int]]:
    """Return day → the ids of the first three items due on it."""
    place = Window(RowNumber(), partition_by=F("day"), order_by=[F("bound_at").asc(), F("item_id").asc()])
    found: dict[date, list[int]] = {}
    rows = inside.annotate(nth=place).filter(nth__lte=SHOWN).order_by("bound_at", "item_id")
    for day, item_id in rows.values_list("day", "item_id"):
        found.setdefault(day, []).append(item_id)
    return found
