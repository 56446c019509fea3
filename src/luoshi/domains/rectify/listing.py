"""The three lists of rectification: problems, tasks (measures) and duties by unit; rechecks and notices."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, Q, QuerySet

from luoshi.core.actor import Actor
from luoshi.core.beijing import local_day
from luoshi.domains.rectify.models import Objection
from luoshi.domains.rectify.types import MEASURE, PROBLEM, PUBLIC
from luoshi.kernel.calendars.queries import work_calendar
from luoshi.kernel.items.models import Item, ItemDuty, ItemParent
from luoshi.kernel.items.queries import filter_read, items_filtered
from luoshi.kernel.items.schema import ENDED, Stage
from luoshi.kernel.items.sight import items_visible
from luoshi.kernel.items.steps import open_duties
from luoshi.kernel.items.types import LEAD, ItemType, type_by_id, type_def

VERIFY = "verify"
PER_PAGE = 50
MOST = 5000


@dataclass(frozen=True, slots=True)
class Listed:
    """One problem or measure. ``done`` of ``parts`` measures are verified; ``light``: see ``light_of``."""

    item: Item
    state: str
    shown: Mapping[str, str]
    lead: str
    verify: str
    due_on: date | None
    light: str
    parts: int
    done: int
    above: str


@dataclass(frozen=True, slots=True)
class Recheck:
    """One problem to be looked at again. ``overdue``: its day is past."""

    item: Item
    lead: str
    verify: str
    on: date
    lasting: bool
    overdue: bool


@dataclass(frozen=True, slots=True)
class Notice:
    """One problem on public notice, from a day until a day, with its objections."""

    item: Item
    lead: str
    begins: date
    ends: date
    over: bool
    objections: int
    waiting: int


def light_of(item: Item, today: date) -> str:
    """Return ok (done), steady, bad (past due), warn (five days or less), or "" for one in time."""
    if Stage(item.stage) in ENDED:
        return "ok" if item.stage == Stage.DONE else ""
    if item.state == "steady":
        return "doing"
    due = day_of(item, "due_on")
    if due is None:
        return ""
    return "bad" if due < today else "warn" if due <= today + timedelta(days=5) else ""


def day_of(item: Item, key: str) -> date | None:
    """Return a date field of an item."""
    text = item.values.get(key)
    return date.fromisoformat(text) if text else None


def found_of(actor: Actor, ref: str, asked: str) -> list[int]:
    """Return the ids a filter finds, the newest first, at most 5,000. Raises: Invalid for a wrong filter."""
    kind = type_def(ref)
    facts = items_filtered(actor, kind, filter_read(kind, asked)).filter(merged=False)
    return list(facts.values_list("item_id", flat=True)[:MOST])


def listed(ids: Iterable[int], today: date) -> list[Listed]:
    """Return problems or measures as lines, in the order of the ids. Four queries."""
    wanted = list(ids)
    items = Item.objects.in_bulk(wanted)
    duties = open_duties(wanted)
    below = ItemParent.objects.filter(parent_id__in=wanted, item__type_ref=MEASURE, item__merged_into=None)
    counts = {
        row["parent_id"]: (row["parts"], row["done"])
        for row in below.exclude(item__stage=Stage.VOID)
        .order_by()
        .values("parent_id")
        .annotate(parts=Count("id"), done=Count("id", filter=Q(item__stage=Stage.DONE)))
    }
    above = {
        row.item_id: row.parent.number
        for row in ItemParent.objects.filter(item_id__in=wanted).select_related("parent").order_by("-id")
    }
    return [
        _line(items[each], duties[each], counts.get(each, (0, 0)), above.get(each, ""), today)
        for each in wanted
    ]


def _line(item: Item, duties: Iterable[ItemDuty], counts: tuple[int, int], above: str, today: date) -> Listed:
    kind: ItemType = type_by_id(item.definition_id)
    units = unit_titles(duties)
    return Listed(
        item=item,
        state=kind.states[item.state].title,
        shown={
            key: field.display(item.values.get(key)) for key, field in kind.fields.items() if not field.pii
        },
        lead=units.get(LEAD, ""),
        verify=units.get(VERIFY, ""),
        due_on=day_of(item, "due_on"),
        light=light_of(item, today),
        parts=counts[0],
        done=counts[1],
        above=above,
    )


def unit_titles(duties: Iterable[ItemDuty]) -> dict[str, str]:
    """Return duty → titles of the units that hold it."""
    found: dict[str, list[str]] = {}
    for row in duties:
        found.setdefault(row.role, []).append(row.unit.title)
    return {role: "、".join(titles) for role, titles in found.items()}


def rechecks_of(actor: Actor, today: date) -> list[Recheck]:
    """Return what is to be looked at again, the earliest first: closed ones once, lasting ones for ever."""
    problems = items_visible(actor).filter(type_ref=PROBLEM, state__in=("closed", "steady"))
    waiting = [
        item
        for item in problems[:MOST]
        if item.values.get("recheck_on") and (item.state == "steady" or not item.values.get("recheck"))
    ]
    duties = open_duties([item.pk for item in waiting])
    rows = []
    for item in waiting:
        on, units = day_of(item, "recheck_on"), unit_titles(duties[item.pk])
        if on is not None:
            lasting = item.state == "steady"
            rows.append(Recheck(item, units.get(LEAD, ""), units.get(VERIFY, ""), on, lasting, on < today))
    return sorted(rows, key=lambda row: (row.on, row.item.number))


def notices_of(actor: Actor, today: date) -> list[Notice]:
    """Return the problems on public notice that an actor sees, those ending first at the top."""
    return notices_made(items_visible(actor).filter(type_ref=PROBLEM, state=PUBLIC), today)


def notices_made(problems: QuerySet[Item], today: date) -> list[Notice]:
    """Return problems on notice as lines. Three queries."""
    items = list(problems)
    duties = open_duties([item.pk for item in items])
    rows = Objection.objects.filter(item__in=items).order_by("id")
    told: dict[int, list[Objection]] = {}
    for row in rows:
        told.setdefault(row.item_id, []).append(row)
    calendar = work_calendar("cn")
    made = []
    for item in items:
        begins = local_day(item.entered_at)
        ends = calendar.add_workdays(begins, int(item.values.get("public_days") or 0)).date
        mine = [row for row in told.get(item.pk, []) if row.at >= item.entered_at]
        made.append(
            Notice(
                item=item,
                lead=unit_titles(duties[item.pk]).get(LEAD, ""),
                begins=begins,
                ends=ends,
                over=today > ends,
                objections=len(mine),
                waiting=sum(row.upheld is None for row in mine),
            )
        )
    return sorted(made, key=lambda row: (row.ends, row.item.number))


def objections_of(item: Item) -> list[Objection]:
    """Return the objections to a problem, the newest first."""
    return list(Objection.objects.filter(item=item).order_by("-id"))


def children_of(actor: Actor, item: Item) -> list[Item]:
    """Return the items that serve this one as far as the actor sees them, by type and number."""
    below = ItemParent.objects.filter(parent=item).order_by()
    return list(items_visible(actor).filter(pk__in=below.values("item_id")).order_by("type_ref", "number"))
