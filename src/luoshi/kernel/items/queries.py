"""Lists and pages of items. Everything is bounded: pages by keyset, counts up to 1,000."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from luoshi.core.actor import Actor
from luoshi.core.errors import NotFound
from luoshi.kernel.definitions.fields import Field, FieldKind
from luoshi.kernel.definitions.slots import Slot
from luoshi.kernel.items.clock_filters import clock_condition
from luoshi.kernel.items.filters import Filter, Term, filter_read
from luoshi.kernel.items.finding import FOUND
from luoshi.kernel.items.lights import DueLight, lights_of
from luoshi.kernel.items.models import (
    Item,
    ItemDuty,
    ItemFact,
    ItemMove,
    ItemParent,
    ItemTag,
    ItemWatch,
    SavedFilter,
)
from luoshi.kernel.items.ordering import Sort, ordered, place_of
from luoshi.kernel.items.schema import Stage
from luoshi.kernel.items.sight import facts_visible, item_visible, items_visible
from luoshi.kernel.items.slots import slots_of
from luoshi.kernel.items.steps import open_duties
from luoshi.kernel.items.types import LEAD, ItemType, type_by_id, type_def, types_in_force
from luoshi.kernel.ledger.rows import milliseconds
from luoshi.kernel.org.models import Unit
from luoshi.kernel.org.queries import units_on
from luoshi.kernel.search.queries import found_ids, holds

__all__ = [
    "COUNTED",
    "ItemPage",
    "ItemRow",
    "filter_read",
    "filters_of",
    "ids_in_sight",
    "item_visible",
    "items_counted",
    "items_filtered",
    "items_page",
    "items_visible",
    "moves_of",
    "rows_of",
    "stage_counts",
    "type_by_id",
    "type_def",
    "types_visible",
]
COUNTED = 1000
PER_PAGE = 50
AT_ONCE = 500
SCANNED = 2000
"""Up to so many finds of a text are looked up one by one; of more, the list is walked in its order."""
_OPS = {"<": "lt", "<=": "lte", ">": "gt", ">=": "gte"}


@dataclass(frozen=True, slots=True)
class ItemRow:
    """One line of a list; ``values``: (field, text shown) of every field but personal ones."""

    id: int
    number: str
    title: str
    state: str
    state_title: str
    stage: str
    lead: str
    created_at: datetime
    entered_at: datetime
    values: tuple[tuple[Field, str], ...]
    clock: DueLight | None = None
    type_title: str = ""

    @property
    def shown(self) -> dict[str, str]:
        """Return field key → text shown."""
        return {field.key: text for field, text in self.values}


@dataclass(frozen=True, slots=True)
class ItemPage:
    """One page; ``older`` and ``newer``: item ids to go on from, None at the ends."""

    rows: tuple[ItemRow, ...]
    older: int | None
    newer: int | None
    count: int


def types_visible(actor: Actor) -> list[ItemType]:
    """Return the types in force, for menus; what of them is seen is asked of items."""
    return types_in_force()


def items_filtered(
    actor: Actor, kind: ItemType, asked: Filter, now: datetime | None = None
) -> QuerySet[ItemFact]:
    """Return the standing facts of the visible items of a type that a filter asks for, newest item first.

    ``now``: the moment at which clocks are asked; only a filter that asks none can do without.
    """
    facts = facts_visible(actor).filter(type_ref=kind.ref)
    slots = slots_of(kind.ref) if any(term.field for term in asked.terms) else {}
    for term in asked.terms:
        condition = _clocked(term, now) if term.clocked else _condition(term, slots, actor)
        facts = facts.exclude(condition) if term.negated else facts.filter(condition)
    if not asked.texts:
        return facts
    found = found_ids(FOUND, asked.texts, most=SCANNED + 1)
    if len(found) <= SCANNED:
        return facts.filter(item_id__in=found)
    return facts.filter(holds(FOUND, asked.texts, "item_id"))


def items_page(
    actor: Actor,
    kind: ItemType,
    asked: Filter,
    *,
    before: int | None = None,
    after: int | None = None,
    sort: Sort = Sort.NEWEST,
    now: datetime | None = None,
) -> ItemPage:
    """Return 50 items in an order: the first ones, those behind the item ``before`` in it, or those just
    ahead of the item ``after``. The names are those of the plain order: what comes later is older.

    In order of due dates stand only items of which a clock runs; it takes ``now``, as do the lights.
    """
    facts = items_filtered(actor, kind, asked, now)
    rows = ordered(facts, sort, now)
    back = after is not None
    place = place_of(sort, after if back else before, now)
    ids = list(rows.ids(place, back)[: PER_PAGE + 1])
    more, ids = len(ids) > PER_PAGE, ids[:PER_PAGE]
    if back:
        ids.reverse()
    later, earlier = (bool(ids), more) if back else (more, before is not None)
    return ItemPage(
        rows=tuple(rows_of(ids, now)),
        older=ids[-1] if later and ids else None,
        newer=ids[0] if earlier and ids else None,
        count=items_counted(rows.rows),
    )


def items_counted(facts: QuerySet[Any]) -> int:
    """Return how many there are, 1,001 for more than 1,000: a page then says 1000+."""
    return _ids(facts.order_by())[: COUNTED + 1].count()


def _ids(facts: QuerySet[Any]) -> QuerySet[Any, int]:
    return facts.values_list("item_id", flat=True)


def rows_of(ids: Sequence[int], now: datetime | None = None) -> list[ItemRow]:
    """Return items as lines of a list, in the order of the ids, with their lights at ``now`` if it is given.

    Three queries besides types not read yet.
    """
    items = Item.objects.in_bulk(ids)
    lead = {
        row.item_id: row.unit.title
        for row in ItemDuty.objects.filter(item_id__in=ids, role=LEAD, to_step=None)
        .select_related("unit")
        .order_by("id")
    }
    lights = lights_of(ids, now) if now is not None else {}
    return [_row(items[item_id], lead.get(item_id, ""), lights.get(item_id)) for item_id in ids]


def ids_in_sight(actor: Actor, ids: Sequence[int]) -> list[int]:
    """Return those of the ids that an actor may see, in their order. One query for every 500."""
    visible = items_visible(actor).order_by()
    found: set[int] = set()
    for start in range(0, len(ids), AT_ONCE):
        found.update(visible.filter(pk__in=ids[start : start + AT_ONCE]).values_list("pk", flat=True))
    return [item_id for item_id in ids if item_id in found]


def _row(item: Item, lead: str, clock: DueLight | None) -> ItemRow:
    kind = type_by_id(item.definition_id)
    return ItemRow(
        id=item.pk,
        number=item.number,
        title=item.title,
        state=item.state,
        state_title=kind.states[item.state].title,
        stage=item.stage,
        lead=lead,
        created_at=item.created_at,
        entered_at=item.entered_at,
        values=tuple(
            (field, field.display(item.values.get(field.key)))
            for field in kind.fields.values()
            if not field.pii
        ),
        clock=clock,
        type_title=kind.title,
    )


def stage_counts(facts: QuerySet[ItemFact]) -> dict[str, int]:
    """Return stage → how many, each up to 1,001. One query a stage."""
    return {stage.value: items_counted(facts.filter(stage=stage.value)) for stage in Stage}


def moves_of(item: Item) -> list[ItemMove]:
    """Return the steps of an item, the newest first."""
    return list(item.moves.order_by("-number"))


def duties_of(item: Item) -> list[ItemDuty]:
    """Return the duties of an item held now, in the order of its type."""
    kind = type_by_id(item.definition_id)
    order = list(kind.duties)
    return sorted(open_duties([item.pk])[item.pk], key=lambda row: (order.index(row.role), row.unit_code))


def is_watched(actor: Actor, item: Item) -> bool:
    """Say whether an item stands on the actor's own watch list."""
    return ItemWatch.objects.filter(item=item, account_id=actor.account_id).exists()


def tags_of(item: Item) -> list[str]:
    """Return the tags of an item, first put on first."""
    return list(ItemTag.objects.filter(item=item).order_by("id").values_list("text", flat=True))


def filters_of(actor: Actor, type_ref: str) -> list[SavedFilter]:
    """Return the filters an actor keeps for a type, by name."""
    return list(SavedFilter.objects.filter(account_id=actor.account_id, type_ref=type_ref).order_by("name"))


def filter_kept(actor: Actor, filter_id: int) -> SavedFilter:
    """Return one of the actor's own filters. Raises: NotFound."""
    found = SavedFilter.objects.filter(pk=filter_id, account_id=actor.account_id).order_by("id").first()
    if found is None:
        raise NotFound("没有这个常用筛选。")
    return found


def _condition(term: Term, slots: Mapping[str, Slot], actor: Actor) -> Q:
    match term.name:
        case "state" | "stage" | "number":
            return Q(**{f"{term.name}__in": term.values})
        case "lead":
            return Q(lead_code__in=term.values)
        case "unit":
            rows = ItemDuty.objects.filter(unit_code__in=term.values, to_step=None)
            return Q(item_id__in=rows.order_by().values("item_id"))
        case "tag":
            return Q(item_id__in=ItemTag.objects.filter(text__in=term.values).order_by().values("item_id"))
        case "watch":
            rows_watched = ItemWatch.objects.filter(account_id=actor.account_id)
            return Q(item_id__in=rows_watched.order_by().values("item_id"))
        case "merged":
            return Q(merged=term.values[0] == "yes")
        case "created":
            return _compared("created_on", term.op, [date.fromisoformat(value) for value in term.values])
        case "moved":
            return _moved(term)
        case "reopened":
            return _compared("reopened", term.op, [int(value) for value in term.values])
    slot = slots.get(term.name)
    if slot is None:
        return Q(pk__in=[])
    if term.field is not None and term.field.kind is FieldKind.SET:
        return _any_of(slot.column, term.values)
    return _compared(slot.column, term.op, [slot.stored(value) for value in term.values])


def _clocked(term: Term, now: datetime | None) -> Q:
    if now is None:
        raise ValueError(f"{term.name!r} is asked at a moment, and none was given")
    return clock_condition(term.name, term.op, term.values, now)


def _any_of(column: str, values: Iterable[str]) -> Q:
    found = Q()
    for value in values:
        found |= Q(**{f"{column}__contains": value})
    return found


def _compared(column: str, op: str, values: Iterable[object]) -> Q:
    listed = list(values)
    return Q(**{f"{column}__in": listed}) if op == ":" else Q(**{f"{column}__{_OPS[op]}": listed[0]})


def _moved(term: Term) -> Q:
    """Compare the day of the newest step; facts hold its milliseconds."""
    found = Q()
    for value in term.values:
        begins = timezone.make_aware(datetime.combine(date.fromisoformat(value), time()))
        first, next_day = milliseconds(begins), milliseconds(begins + timedelta(days=1))
        match term.op:
            case "<":
                found |= Q(from_ms__lt=first)
            case "<=":
                found |= Q(from_ms__lt=next_day)
            case ">":
                found |= Q(from_ms__gte=next_day)
            case ">=":
                found |= Q(from_ms__gte=first)
            case _:
                found |= Q(from_ms__gte=first, from_ms__lt=next_day)
    return found


def units_for_choice(on: date) -> list[Unit]:
    """Return the units that can be given a duty on a day, in their order."""
    return list(units_on(on).exclude(kind="group"))


def parents_of(actor: Actor, item: Item) -> list[Item]:
    """Return the items that an item serves, as far as the actor sees them, by number."""
    served = ItemParent.objects.filter(item=item).order_by().values("parent_id")
    return list(items_visible(actor).filter(pk__in=served).order_by("number"))
