"""The listing of matters (督查台账), one row each with everything an office writes down about it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from luoshi.core.actor import Actor
from luoshi.core.beijing import local_day
from luoshi.domains.supervision.parts import CLOCK, MATTER
from luoshi.kernel.items.clock_models import ItemClock
from luoshi.kernel.items.models import Item, ItemDuty, ItemMove
from luoshi.kernel.items.schema import Stage
from luoshi.kernel.items.sight import items_visible
from luoshi.kernel.items.types import ItemType, type_by_id

MOST = 5000
COLUMNS = (
    *("序号", "编号", "来源", "依据文号", "事项", "事项内容", "办理要求", "责任领导", "牵头单位"),
    *("配合单位", "交办日期", "签收日期", "办结时限", "延期至", "反馈周期", "状态", "完成进度（%）"),
    *("最近进展", "存在问题", "需协调事项", "下步安排", "灯色", "退回次数", "办结类别", "办结日期"),
    *("审核单位", "更新日期"),
)


@dataclass(frozen=True, slots=True)
class Rows:
    """Everything a listing reads, by item."""

    clocks: dict[int, ItemClock]
    duties: dict[int, list[ItemDuty]]
    moves: dict[int, list[ItemMove]]


def listing(actor: Actor, now: datetime, item_ids: Sequence[int] | None = None) -> list[tuple[object, ...]]:
    """Return the rows of the matters in sight in the columns COLUMNS, by number; at most 5,000.

    A bounded number of queries.
    """
    items = items_visible(actor).filter(type_ref=MATTER, merged_into=None).order_by("year", "seq")
    if item_ids is not None:
        items = items.filter(pk__in=item_ids)
    found = list(items[:MOST])
    rows = _read([item.pk for item in found])
    return [_row(place, item, rows, now) for place, item in enumerate(found, start=1)]


def light_of(item: Item, clock: ItemClock | None, now: datetime) -> str:
    """Return the light of a matter in words: what is late stays late after it was closed."""
    if item.stage == Stage.VOID or clock is None:
        return "—"
    due, stopped = clock.due_at or clock.held_at, clock.stopped_at
    if stopped is not None:
        return "绿（按期）" if due is None or stopped <= due else "红（逾期）"
    if clock.paused_at is not None or due is None:
        return "白（挂起）"
    if now > due:
        return "红（逾期）"
    return "黄（临近）" if (local_day(due) - local_day(now)).days <= 3 else "白（未到期）"


def _read(ids: list[int]) -> Rows:
    clocks = {
        row.item_id: row for row in ItemClock.objects.filter(item_id__in=ids, key=CLOCK).order_by("round")
    }
    duties: dict[int, list[ItemDuty]] = defaultdict(list)
    held = ItemDuty.objects.filter(item_id__in=ids, to_step=None).select_related("unit", "post")
    for duty in held.order_by("id"):
        duties[duty.item_id].append(duty)
    moves: dict[int, list[ItemMove]] = defaultdict(list)
    for move in ItemMove.objects.filter(item_id__in=ids).order_by("number"):
        moves[move.item_id].append(move)
    return Rows(clocks, duties, moves)


def _row(place: int, item: Item, rows: Rows, now: datetime) -> tuple[object, ...]:
    kind, clock = type_by_id(item.definition_id), rows.clocks.get(item.pk)
    duties, moves = rows.duties[item.pk], rows.moves[item.pk]
    closed = _last(moves, "confirm") if item.stage == Stage.DONE else None
    extended = clock is not None and clock.extended > 0
    return (
        place,
        item.number,
        _shown(kind, item, "source"),
        _shown(kind, item, "paper"),
        item.title,
        _shown(kind, item, "content"),
        _shown(kind, item, "require"),
        "、".join(duty.post.title for duty in duties if duty.role == "leader" and duty.post is not None),
        _units(duties, "lead"),
        _units(duties, "co"),
        _day(_last(moves, "send")),
        _day(_last(moves, "accept")),
        local_day(clock.first_due_at) if clock is not None else None,
        _due(clock) if extended else None,
        _shown(kind, item, "cadence"),
        kind.states[item.state].title,
        int(item.values["percent"]) if item.values.get("percent") else None,
        _shown(kind, item, "progress"),
        _shown(kind, item, "problem"),
        _shown(kind, item, "help_needed"),
        _shown(kind, item, "next_step"),
        light_of(item, clock, now),
        int(item.counts.get("rework", 0)),
        _shown(kind, item, "result"),
        _day(closed),
        closed.by_unit if closed is not None else "",
        _day(moves[-1]) if moves else None,
    )


def _shown(kind: ItemType, item: Item, key: str) -> str:
    return kind.fields[key].display(item.values.get(key)) if item.values.get(key) else ""


def _units(duties: Sequence[ItemDuty], role: str) -> str:
    return "、".join(duty.unit.title for duty in duties if duty.role == role)


def _last(moves: Sequence[ItemMove], key: str) -> ItemMove | None:
    return next((move for move in reversed(moves) if move.move == key), None)


def _day(move: ItemMove | None) -> date | None:
    return local_day(move.at) if move is not None else None


def _due(clock: ItemClock | None) -> date | None:
    due = (clock.due_at or clock.held_at) if clock is not None else None
    return local_day(due) if due is not None else None
