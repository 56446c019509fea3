"""Breaking a matter down: each co-unit gets a part with a time of its own, earlier than the matter's."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from django.db import transaction

from luoshi.core.actor import Actor, require
from luoshi.core.beijing import local_day
from luoshi.core.errors import Incomplete, Invalid, WrongState
from luoshi.kernel.calendars.queries import work_calendar
from luoshi.kernel.items.actions import item_create, item_move
from luoshi.kernel.items.clock_models import ItemClock
from luoshi.kernel.items.given import Given
from luoshi.kernel.items.joining import parents_set
from luoshi.kernel.items.models import Item
from luoshi.kernel.items.policy import may, standing_of
from luoshi.kernel.items.schema import CREATE
from luoshi.kernel.items.sight import item_visible, items_visible
from luoshi.kernel.items.steps import open_duties
from luoshi.kernel.items.types import LEAD, type_by_id, type_def

MATTER, PART = "duban.matter", "duban.part"
CALENDAR, CLOCK = "cn", "total"
EARLIER = 5
"""待核：协办单位早于牵头单位的工作日数，页面上可改。"""
MOST_PARTS = 20
OPEN_STATES = ("sent", "doing", "coord")


@transaction.atomic
def parts_open(
    *, actor: Actor, item_id: int, tasks: Mapping[str, str], earlier: int, now: datetime
) -> list[Item]:
    """Hand a part of a matter to each co-unit, due ``earlier`` working days before the matter.

    ``tasks``: code of a unit → what it does. The unit that leads gathers the parts.
    Raises: NotFound, NotAllowed (not the office), WrongState (not handed out, ended), Incomplete (no part),
    Invalid (too many, the lead itself, no day left).
    Ledger: ``item.created``, ``item.placed`` and ``item.moved`` for each part.
    """
    matter = item_visible(actor, item_id)
    require(matter.type_ref == MATTER, "只有督查事项可以分解。", Invalid)
    require(matter.state in OPEN_STATES, "交办以后、报结以前才能分解。", WrongState)
    wanted = {code: text.strip() for code, text in tasks.items() if text.strip()}
    require(wanted, "请至少给一个协办单位写明任务。", Incomplete)
    require(len(wanted) <= MOST_PARTS, f"一次最多分给 {MOST_PARTS} 个单位。", Invalid)
    lead = next(row for row in open_duties([matter.pk])[matter.pk] if row.role == LEAD)
    require(lead.unit_code not in wanted, f"{lead.unit.title}是主办单位，不能又作协办单位。", Invalid)
    due = part_due(matter, earlier, now)
    return [_part(actor, matter, lead.unit_code, code, text, due, now) for code, text in wanted.items()]


def parts_of(actor: Actor, item_id: int) -> list[tuple[Item, str, str, date | None]]:
    """Return the parts of a matter in sight: the part, its state, its unit, its due day. Three queries."""
    rows = list(items_visible(actor).filter(type_ref=PART, parents__parent_id=item_id).order_by("id"))
    duties = open_duties([row.pk for row in rows])
    found = []
    for row in rows:
        unit = next((duty.unit.title for duty in duties[row.pk] if duty.role == LEAD), "")
        due = row.values.get("due_on")
        title = type_by_id(row.definition_id).states[row.state].title
        found.append((row, title, unit, date.fromisoformat(due) if due else None))
    return found


def parts_opener(actor: Actor, now: datetime) -> bool:
    """Say whether an actor breaks matters down: whoever takes parts in."""
    kind = type_def(PART)
    return may(actor, kind.moves[CREATE].by, standing_of(kind, (), local_day(now)))


def part_due(matter: Item, earlier: int, now: datetime) -> date:
    """Return the day by which parts of a matter are due. Raises: Invalid when no working day is left."""
    require(0 <= earlier <= 60, "提前的工作日应为 0 至 60。", Invalid)
    clock = ItemClock.objects.filter(item=matter, key=CLOCK).order_by("-round").first()
    ends = clock.due_at or clock.held_at if clock is not None else None
    if ends is None:
        raise WrongState("该事项还没有办结时限，交办后再分解。")
    calendar, today = work_calendar(CALENDAR), local_day(now)
    left = calendar.workdays_between(today, local_day(ends))
    require(
        left > earlier,
        f"离主件期限只有 {left} 个工作日，不能提前 {earlier} 个工作日，请改小。",
        Invalid,
    )
    return calendar.add_workdays(today, left - earlier).date if left else today + timedelta(days=1)


def _part(actor: Actor, matter: Item, host: str, unit: str, task: str, due: date, now: datetime) -> Item:
    values = {"task": task, "due_on": due.isoformat()}
    given = Given(title=matter.title, values=values)
    part = item_create(actor=actor, type_ref=PART, given=given, now=now)
    parents_set(actor=actor, item_id=part.pk, parent_ids=[matter.pk], now=now)
    handed = Given(duties={"lead": [unit], "host": [host]})
    return item_move(actor=actor, item_id=part.pk, move="send", given=handed, now=now).item
