"""Items that should be pressed for: by a call of their clock, or by the rules of a level."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from luoshi.domains.slips.models import CallState, Slip, SlipCall, SlipLine, SlipReply, SlipState
from luoshi.domains.slips.rules import Level, Rules, calendar_of, overdue_days
from luoshi.kernel.items.clock_models import ItemClock
from luoshi.kernel.items.models import Item, ItemDuty
from luoshi.kernel.items.schema import Stage
from luoshi.kernel.items.types import LEAD, type_by_id
from luoshi.kernel.org.models import Unit

# Where an item is in the hands of its unit. What was reported, or waits for others, is not pressed for.
OWING = (Stage.ASSIGNED.value, Stage.WORKING.value)
SHUT = (SlipState.ESCALATED, SlipState.CANCELLED, SlipState.NOTICE)


@dataclass(frozen=True, slots=True)
class Pressed:
    """One item to press for. ``why``: in words; ``cause``: names the step that came, or the rule and count.

    ``days``: working days past ``owed_by``, 0 before it. ``former``: the slip it follows.
    """

    level: Level
    item: Item
    unit: Unit
    owed_by: datetime
    days: int
    returned: int
    why: str
    cause: str
    former: Slip | None = None
    call: SlipCall | None = None


@dataclass(frozen=True, slots=True)
class _Standing:
    """An item in the hands of its unit: its clock, how often it came back, the slips about it."""

    item: Item
    unit: Unit
    owed_by: datetime
    days: int
    returned: int
    slips: tuple[Slip, ...]


def pressed(rules: Rules, now: datetime, item_ids: Collection[int] | None = None) -> list[Pressed]:
    """Return every item that a slip should be issued about, one level each, the most pressing first.

    ``item_ids``: of these only. A bounded number of queries.
    """
    if not rules.items:
        return []
    standing = _standing(rules, now, item_ids)
    calls = _calls(standing)
    counts = _Counts(rules, now, standing)
    late = _unanswered([slip for each in standing for slip in each.slips], now)
    found = (_judged(rules, each, calls, counts, late, now) for each in standing)
    order = [level.key for level in rules.levels]
    return sorted(
        (each for each in found if each is not None),
        key=lambda each: (-order.index(each.level.key), -each.days, each.item.number),
    )


def _judged(
    rules: Rules,
    each: _Standing,
    calls: dict[int, SlipCall],
    counts: _Counts,
    late: set[int],
    now: datetime,
) -> Pressed | None:
    """Return the next slip about one item, None while there is no reason for one."""
    former = next((slip for slip in each.slips if slip.state not in SHUT), None)
    call = calls.get(each.item.pk)
    if former is None or (call is not None and former.state == SlipState.ACCEPTED):
        former, level = None, rules.levels[0]
        told = _first(level, each, call, counts)
    else:
        higher, call = rules.next_of(former.level), None
        if higher is None:
            return None
        level = higher
        # While its time to reply runs, a slip is not followed by another.
        over = former.state == SlipState.ACCEPTED or (former.reply_by is not None and now > former.reply_by)
        told = _next(level, each, former, former.pk in late, counts) if over else None
    if told is None:
        return None
    why, cause = told
    return Pressed(
        level, each.item, each.unit, each.owed_by, each.days, each.returned, why, cause, former, call
    )


def _first(level: Level, each: _Standing, call: SlipCall | None, counts: _Counts) -> tuple[str, str] | None:
    if call is not None:
        return (f"{call.clock}{call.step}", call.key)
    told = _by_rule(level, each, counts)
    # A rule that was answered by a slip does not propose the same slip again.
    used = {line.cause for line in counts.lines.get(each.item.pk, ()) if line.level == level.key}
    return told if told is not None and told[1] not in used else None


def _next(level: Level, each: _Standing, former: Slip, late: bool, counts: _Counts) -> tuple[str, str] | None:
    if level.unanswered and late:
        return (f"{former}到期未回复", f"{level.key}:{former.pk}")
    told = _by_rule(level, each, counts)
    return (told[0], f"{level.key}:{former.pk}") if told is not None else None


def _by_rule(level: Level, each: _Standing, counts: _Counts) -> tuple[str, str] | None:
    if level.after is not None and each.days > level.after:
        return (f"逾期 {each.days} 个工作日", f"{level.key}:overdue:{each.owed_by:%Y%m%d}")
    if level.returns is not None and each.returned >= level.returns:
        return (f"退回重办 {each.returned} 次", f"{level.key}:returned:{each.returned}")
    if level.count is not None:
        below, times, days = level.count
        made = counts.of(each.unit.pk, below, days)
        if made >= times:
            return (f"{days} 日内已发同级督办单 {made} 份", f"{level.key}:count:{made}")
    return None


class _Counts:
    """How many slips of a level went to a unit lately, and what the lines about items were caused by."""

    def __init__(self, rules: Rules, now: datetime, standing: Collection[_Standing]) -> None:
        self._now = now
        unit_ids = {each.unit.pk for each in standing}
        self._issued: dict[tuple[int, str], list[datetime]] = defaultdict(list)
        issued = Slip.objects.filter(rules_ref=rules.ref, unit_id__in=unit_ids, cancels=None)
        rows = issued.exclude(state=SlipState.CANCELLED).order_by()
        for unit_id, level, at in rows.values_list("unit_id", "level", "issued_at"):
            self._issued[unit_id, level].append(at)
        self.lines: dict[int, list[SlipLine]] = defaultdict(list)
        ids = [each.item.pk for each in standing]
        about = SlipLine.objects.filter(standing=True, slip__rules_ref=rules.ref, item_id__in=ids)
        for line in about.order_by("id"):
            self.lines[line.item_id or 0].append(line)

    def of(self, unit_id: int, level: str, days: int) -> int:
        since = self._now - timedelta(days=days)
        return sum(at >= since for at in self._issued[unit_id, level])


def _standing(rules: Rules, now: datetime, item_ids: Collection[int] | None) -> list[_Standing]:
    """Return the items in the hands of their units that may be pressed for. Four queries."""
    clocks = ItemClock.objects.filter(key=rules.clock, stopped_at=None, voided_at=None, due_at__isnull=False)
    clocks = clocks.filter(item__type_ref__in=rules.items, item__stage__in=OWING, item__merged_into=None)
    if item_ids is not None:
        clocks = clocks.filter(item_id__in=item_ids)
    newest = {row.item_id: row for row in clocks.select_related("item").order_by("item_id", "round")}
    duties = ItemDuty.objects.filter(item_id__in=newest, role=LEAD, to_step=None).select_related("unit")
    leads = {row.item_id: row.unit for row in duties.order_by("id")}
    slips: dict[int, list[Slip]] = defaultdict(list)
    lines = SlipLine.objects.filter(item_id__in=newest, slip__rules_ref=rules.ref)
    for line in lines.select_related("slip").order_by("-slip__issued_at", "-slip_id"):
        slips[line.item_id or 0].append(line.slip)
    calendar = calendar_of(rules)
    found = []
    for item_id, row in newest.items():
        if item_id in leads and row.due_at is not None:
            days = overdue_days(calendar, row.due_at, now) if now > row.due_at else 0
            item, returned = row.item, _returned(row.item)
            found.append(_Standing(item, leads[item_id], row.due_at, days, returned, tuple(slips[item_id])))
    return found


def _returned(item: Item) -> int:
    """Return how often an item came back from verifying into the hands of its unit."""
    kind = type_by_id(item.definition_id)
    back = (
        move.key
        for move in kind.moves.values()
        if kind.states[move.end].stage.value in OWING
        and any(kind.states[start].stage is Stage.VERIFYING for start in move.starts)
    )
    return sum(int(item.counts.get(key, 0)) for key in back)


def _calls(standing: Iterable[_Standing]) -> dict[int, SlipCall]:
    """Return the oldest call for each item that the office has not dealt with."""
    ids = [each.item.pk for each in standing]
    rows = SlipCall.objects.filter(item_id__in=ids, state=CallState.OPEN).order_by("-at", "-id")
    return {row.item_id: row for row in rows}


def _unanswered(slips: Collection[Slip], now: datetime) -> set[int]:
    """Return the slips whose time to reply is over without a signed reply."""
    due = {slip.pk for slip in slips if slip.reply_by is not None and now > slip.reply_by}
    signed = SlipReply.objects.filter(slip_id__in=due, signed_at__isnull=False).order_by()
    return due - set(signed.values_list("slip_id", flat=True))
