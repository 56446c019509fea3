"""The listing of requests and reports (请示报告台账), and how many of each kind there are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from luoshi.core.actor import Actor
from luoshi.kernel.items.clock_models import ItemClock
from luoshi.kernel.items.filters import filter_read
from luoshi.kernel.items.models import Item, ItemFact, ItemLink, ItemMove, LinkKind
from luoshi.kernel.items.queries import ItemRow, items_filtered, rows_of
from luoshi.kernel.items.slots import slots_of
from luoshi.kernel.items.types import ItemType, type_def

PAPER = "qingshi.paper"
ANSWER, SIGN, RETURN = "answer", "sign", "return"
REQUEST, URGENT = "request", "urgent"
DISTRICT = "district"


@dataclass(frozen=True, slots=True)
class Linked:
    """An item at the other end of a link."""

    id: int
    number: str
    title: str


@dataclass(frozen=True, slots=True)
class PaperRow:
    """One line of the listing. ``timing``: waiting, overdue, on_time, late; "" before it is registered."""

    item: ItemRow
    signed_at: datetime | None
    signed_by: str
    due_at: datetime | None
    timing: str
    returned: int
    tasks: tuple[Linked, ...]


@dataclass(frozen=True, slots=True)
class KindCount:
    """How many papers of a kind there are. ``due``: those whose time to answer began."""

    kind: str
    title: str
    count: int
    due: int
    on_time: int
    late: int
    returned: int


def paper_type() -> ItemType:
    """Return the type of requests and reports. Raises: NotFound when the pack is not installed."""
    return type_def(PAPER)


def papers_found(
    actor: Actor, now: datetime, *, kind: str = "", year: int | None = None, state: str = "", text: str = ""
) -> QuerySet[ItemFact]:
    """Return the standing facts of the visible papers asked for, the newest first.

    ``state``: a state, or ``late`` for those answered late or not yet and overdue.
    Raises: NotFound (no pack), Invalid (a text that is no filter).
    """
    found = paper_type()
    terms = [
        f"{name}:{value}" for name, value in (("kind", kind), ("state", state)) if value and value != "late"
    ]
    facts = items_filtered(actor, found, filter_read(found, " ".join([*terms, *text.split()])))
    if year is not None:
        facts = facts.filter(month__gte=year * 100, month__lt=(year + 1) * 100)
    return facts.filter(Exists(_missed(now))) if state == "late" else facts


def paper_rows(ids: Sequence[int], now: datetime) -> list[PaperRow]:
    """Return papers as lines of the listing, in the order of the ids. Five queries."""
    signed = {
        row.item_id: row for row in ItemMove.objects.filter(item_id__in=ids, move=SIGN).order_by("number")
    }
    clocks = {
        row.item_id: row for row in ItemClock.objects.filter(item_id__in=ids, key=ANSWER).order_by("round")
    }
    returned = dict(Item.objects.filter(pk__in=ids).order_by("id").values_list("id", "counts"))
    tasks: dict[int, list[Linked]] = {item_id: [] for item_id in ids}
    links = ItemLink.objects.filter(other_id__in=ids, kind=LinkKind.FOLLOWS).exclude(item__type_ref=PAPER)
    for link in links.select_related("item").order_by("id"):
        tasks[link.other_id].append(Linked(link.item_id, link.item.number, link.item.title))
    return [
        PaperRow(
            item=row,
            signed_at=signed[row.id].at if row.id in signed else None,
            signed_by=signed[row.id].by_post if row.id in signed else "",
            due_at=clocks[row.id].due_at if row.id in clocks else None,
            timing=_timing(clocks.get(row.id), now),
            returned=returned[row.id].get(RETURN, 0),
            tasks=tuple(tasks[row.id]),
        )
        for row in rows_of(ids)
    ]


def kinds_counted(facts: QuerySet[ItemFact], now: datetime) -> list[KindCount]:
    """Return each kind with its counts, in the order of the pack. One query besides the columns."""
    kind = paper_type()
    column = slots_of(kind.ref)["kind"].column if slots_of(kind.ref) else ""
    if not column:
        return []
    clocks = ItemClock.objects.filter(item_id=OuterRef("item_id"), key=ANSWER, voided_at=None)
    met = clocks.filter(stopped_at__isnull=False, stopped_at__lte=F("due_at"))
    returns = ItemMove.objects.filter(item_id=OuterRef("item_id"), move=RETURN)
    marked = facts.order_by().annotate(
        is_due=Exists(clocks), is_met=Exists(met), is_missed=Exists(_missed(now)), is_back=Exists(returns)
    )
    rows = marked.values(column).annotate(
        count=Count("pk"),
        due=Count("pk", filter=Q(is_due=True)),
        on_time=Count("pk", filter=Q(is_met=True, is_missed=False)),
        late=Count("pk", filter=Q(is_missed=True)),
        returned=Count("pk", filter=Q(is_back=True)),
    )
    found = {row.pop(column): row for row in rows.order_by(column)}
    return [
        KindCount(kind=key, title=title, **found[key])
        for key, title in kind.fields["kind"].options.items()
        if key in found
    ]


def chain_of(item: Item) -> list[Linked]:
    """Return the reports before and after one on the same emergency, the first one first. Two queries a link.

    At most twenty either way.
    """
    before, after = _walk(item, back=True), _walk(item, back=False)
    chain = [*reversed(before), item, *after]
    return [Linked(each.pk, each.number, each.title) for each in chain] if len(chain) > 1 else []


def tasks_of(item: Item) -> list[Linked]:
    """Return the items that follow from a paper, the oldest first. One query."""
    links = ItemLink.objects.filter(other=item, kind=LinkKind.FOLLOWS).exclude(item__type_ref=PAPER)
    return [
        Linked(link.item_id, link.item.number, link.item.title)
        for link in links.select_related("item").order_by("id")
    ]


def _walk(item: Item, *, back: bool, most: int = 20) -> list[Item]:
    found: list[Item] = []
    here = item
    for _ in range(most):
        links = ItemLink.objects.filter(kind=LinkKind.FOLLOWS, item__type_ref=PAPER, other__type_ref=PAPER)
        links = links.filter(item=here) if back else links.filter(other=here)
        link = links.select_related("item", "other").order_by("id").first()
        if link is None:
            break
        here = link.other if back else link.item
        found.append(here)
    return found


def _missed(now: datetime) -> QuerySet[ItemClock]:
    """Return the clocks of answers that were missed: stopped too late, or running beyond their bound."""
    clocks = ItemClock.objects.filter(item_id=OuterRef("item_id"), key=ANSWER, voided_at=None)
    return clocks.filter(Q(stopped_at__gt=F("due_at")) | Q(stopped_at__isnull=True, due_at__lt=now))


def _timing(clock: ItemClock | None, now: datetime) -> str:
    if clock is None or clock.voided_at is not None or clock.due_at is None:
        return ""
    if clock.stopped_at is not None:
        return "late" if clock.stopped_at > clock.due_at else "on_time"
    return "overdue" if now > clock.due_at else "waiting"
