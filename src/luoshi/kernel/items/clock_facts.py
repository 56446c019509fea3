"""Facts of clocks: a new version whenever a round changes, in the transaction that changes it.

A version tells what was known at its time, by the calendar of that time. So versions are kept, not computed
again: ``clock_faults`` holds the standing one against its clock, and the chain against itself.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime
from itertools import pairwise

from luoshi.core.beijing import local_day
from luoshi.core.canonical import canonical_bytes
from luoshi.core.timing import Clock, Scale, Started, Unit, clock_after, clock_started
from luoshi.core.timing.scales import HOUR_MS
from luoshi.core.workdays import WorkCalendar
from luoshi.kernel.calendars.queries import work_calendar
from luoshi.kernel.items.clock_models import ClockPause, ItemClock
from luoshi.kernel.items.clock_rows import clock_of, events_of_clock
from luoshi.kernel.items.models import ClockFact
from luoshi.kernel.ledger.rows import milliseconds

HUNDRED = 100
DERIVED = tuple(
    field.attname
    for field in ClockFact._meta.concrete_fields
    if not field.primary_key and field.attname not in ("from_ms", "to_ms")
)


def clock_fact_write(row: ItemClock, type_ref: str, at: datetime, *, newest: bool = True) -> None:
    """Write a version of a round as it now is and end the one before."""
    ClockFact.objects.filter(clock_id=row.pk, to_ms=None).update(to_ms=milliseconds(at))
    _fact(row, type_ref, clock_of(row), at, newest=newest).save(force_insert=True)


def clock_facts_remake(clocks: Iterable[tuple[ItemClock, str]]) -> None:
    """Put right the standing version of rounds; write the whole chain of those that have none.

    ``clocks``: (round, item type). Needs a transaction.
    """
    for row, type_ref in clocks:
        standing = ClockFact.objects.filter(clock_id=row.pk, to_ms=None).order_by("id").last()
        newest = is_newest(row)
        if standing is None:
            ClockFact.objects.filter(clock_id=row.pk).delete()
            pauses = list(row.pauses.order_by("from_at", "id"))
            ClockFact.objects.bulk_create(clock_chain(row, type_ref, pauses, newest=newest))
            continue
        wanted = _fact(row, type_ref, clock_of(row), row.started_at, newest=newest)
        for name in DERIVED:
            setattr(standing, name, getattr(wanted, name))
        standing.save()


def clock_faults(rows: Sequence[ItemClock], types: dict[int, str]) -> Iterator[str]:
    """Yield what is wrong with the facts of rounds; ``types``: item id → type."""
    found: dict[int, list[ClockFact]] = {row.pk: [] for row in rows}
    for fact in ClockFact.objects.filter(clock_id__in=found).order_by("id"):
        found[fact.clock_id].append(fact)
    for row in rows:
        where = f"事项 {row.item_id} 时限 {row.key} 第 {row.round} 次"
        chain = found[row.pk]
        standing = [fact for fact in chain if fact.to_ms is None]
        if len(standing) != 1:
            yield f"{where}：应有一行现行事实，实有 {len(standing)} 行"
            continue
        want = _fact(row, types[row.item_id], clock_of(row), row.started_at, newest=is_newest(row))
        differs = [name for name in DERIVED if getattr(want, name) != getattr(standing[0], name)]
        if differs:
            yield f"{where}：时限事实行不符：{'、'.join(differs)}"
        begun = chain[0].from_ms == milliseconds(row.started_at)
        if not begun or any(one.to_ms != other.from_ms for one, other in pairwise(chain)):
            yield f"{where}：时限事实行前后不相接"


def is_newest(row: ItemClock) -> bool:
    """Say whether no later round of the same clock has begun."""
    return not ItemClock.objects.filter(item_id=row.item_id, key=row.key, round__gt=row.round).exists()


def clock_chain(
    row: ItemClock,
    type_ref: str,
    pauses: Sequence[ClockPause],
    *,
    newest: bool,
    fresh: WorkCalendar | None = None,
) -> list[ClockFact]:
    """Return the versions that follow from what is written of a round, by the calendar as it is now.

    ``fresh``: that calendar, for a round just saved that nobody extended; then nothing is read.
    """
    calendar = fresh or work_calendar(row.calendar)
    extensions = [] if fresh else list(row.extensions.order_by("id"))
    started, *later = events_of_clock(row, pauses, extensions)
    assert isinstance(started, Started)
    clock = clock_started(started, calendar)
    chain = [_fact(row, type_ref, clock, row.started_at, newest=newest)]
    for event in later:
        clock = clock_after(clock, event)
        chain.append(_fact(row, type_ref, clock, event.at, newest=newest))
    last = _fact(row, type_ref, clock_of(row, calendar), row.started_at, newest=newest)
    for name in DERIVED:
        setattr(chain[-1], name, getattr(last, name))
    for one, other in pairwise(chain):
        one.to_ms = other.from_ms
    return chain


def _fact(row: ItemClock, type_ref: str, clock: Clock, at: datetime, *, newest: bool) -> ClockFact:
    unit, ended = clock.scale.unit, clock.stopped or clock.voided
    first, before = _rounds_before(row)
    whole = clock
    if first is not None:
        began = clock_of(first)
        whole = replace(clock, base=began.base, due=began.due or began.held)
    net = clock.net(ended) if ended else None
    return ClockFact(
        clock_id=row.pk,
        item_id=row.item_id,
        type_ref=type_ref,
        key=row.key,
        round=row.round,
        newest=newest,
        unit=unit.value,
        started_on=local_day(row.started_at),
        month=_month(local_day(row.started_at)),
        due_on=_day(clock.due),
        stopped_on=_day(clock.stopped),
        due_ms=_moment(clock.due),
        bound_ms=_moment(clock.bound),
        paused_ms=_moment(clock.paused),
        until_ms=_moment(clock.until),
        stopped_ms=_moment(clock.stopped),
        voided_ms=_moment(clock.voided),
        net=None if net is None else _hundredths(net, unit),
        gross=None if ended is None else _hundredths(clock.gross(ended), unit),
        late_days=_late(clock),
        outer_due_on=_day(whole.due),
        outer_due_ms=_moment(whole.due),
        outer_net=None if net is None else _hundredths(net + before, unit),
        outer_gross=None if ended is None else _hundredths(whole.gross(ended), unit),
        outer_late_days=_late(whole),
        from_ms=milliseconds(at),
        to_ms=None,
        tag=_tag([row.pk, _moment(clock.due), _moment(clock.stopped), _moment(clock.voided)]),
    )


def _rounds_before(row: ItemClock) -> tuple[ItemClock | None, int]:
    """Return the first round (None: this is it) and the net ticks of all rounds before this one."""
    if row.round == 1:
        return None, 0
    rows = list(
        ItemClock.objects.filter(item_id=row.item_id, key=row.key, round__lt=row.round).order_by("round")
    )
    net = 0
    for each in rows:
        ended = each.stopped_at or each.voided_at
        if ended is not None and each.unit == row.unit:
            net += clock_of(each).net(ended)
    return rows[0], net


def _late(clock: Clock) -> int | None:
    """Return the days from due to stop: working days for clocks that count working time."""
    if clock.stopped is None or clock.due is None:
        return None
    unit = Unit.WORKDAY if clock.scale.unit.worked else Unit.CALENDAR_DAY
    scale = Scale(unit, clock.scale.calendar, clock.scale.hours)
    return max(0, scale.between(clock.due, clock.stopped)) if clock.stopped > clock.due else 0


def _hundredths(ticks: int, unit: Unit) -> int:
    return ticks * HUNDRED if unit.daily else (ticks * HUNDRED + HOUR_MS // 2) // HOUR_MS


def _day(at: datetime | None) -> date | None:
    return None if at is None else local_day(at)


def _moment(at: datetime | None) -> int | None:
    return None if at is None else milliseconds(at)


def _month(day: date) -> int:
    return day.year * 100 + day.month


def _tag(named: list[int | None]) -> int:
    return int.from_bytes(hashlib.sha256(canonical_bytes(named)).digest()[:4]) >> 1
