"""Scans over clocks: pauses that ended by themselves are written down, provisional dates armed anew.

Neither decides anything: what is overdue follows from the rows and the moment, whether they ran or not.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from luoshi.core.actor import SYSTEM
from luoshi.core.timing import clock_state
from luoshi.kernel.calendars.queries import calendar_print, work_calendar
from luoshi.kernel.items.clock_facts import clock_fact_write
from luoshi.kernel.items.clock_models import ItemClock
from luoshi.kernel.items.clock_rows import clock_put, events_of_clock
from luoshi.kernel.items.clock_steps import Changed, ClockChange, rule_of
from luoshi.kernel.items.models import Item
from luoshi.kernel.items.sight import item_locked
from luoshi.kernel.ledger.actions import record

AT_ONCE = 500


def clocks_open() -> QuerySet[ItemClock]:
    """Return the clocks that were neither stopped nor made void."""
    return ItemClock.objects.filter(stopped_at=None, voided_at=None)


def pauses_end(now: datetime) -> int:
    """Write down every pause that ended by itself, at the moment it did; return how many.

    Ledger: ``item.clock_resumed`` for each.
    """
    due = clocks_open().filter(until_at__lte=now).order_by("until_at", "id")
    return _each(due, _pause_end, now)


def clocks_rearm(now: datetime) -> int:
    """Compute every provisional due date anew whose calendar has changed since; return how many.

    A date that is not provisional stays as it is, whatever happens to the calendar.
    Ledger: ``item.clock_rearmed`` for each, with the due moments before and after.
    """
    done = 0
    provisional = clocks_open().filter(provisional=True)
    for code in provisional.order_by("calendar").values_list("calendar", flat=True).distinct():
        named = calendar_print(work_calendar(code))
        waiting = provisional.filter(calendar=code).exclude(calendar_print=named).order_by("id")
        done += _each(waiting, clock_rearm, now)
    return done


@transaction.atomic
def clock_rearm(*, clock_id: int, now: datetime) -> bool:
    """Replay one provisional clock on the calendar as it is now; say whether it was still to be done.

    Ledger: ``item.clock_rearmed``.
    """
    item, row = _locked(clock_id)
    calendar = work_calendar(row.calendar)
    if (
        not row.provisional
        or row.stopped_at
        or row.voided_at
        or row.calendar_print == calendar_print(calendar)
    ):
        return False
    was = [row.due_at or row.held_at, row.provisional]
    pauses, extensions = row.pauses.order_by("from_at", "id"), row.extensions.order_by("id")
    clock_put(row, clock_state(events_of_clock(row, pauses, extensions), calendar, now), rule_of(row))
    row.save()
    clock_fact_write(row, item.type_ref, now)
    data = {
        "clock": row.key,
        "round": row.round,
        "due": [was[0], row.due_at or row.held_at],
        "provisional": [was[1], row.provisional],
    }
    record(item, "item.clock_rearmed", by=SYSTEM, at=now, rows=[row], data=data)
    return True


@transaction.atomic
def _pause_end(*, clock_id: int, now: datetime) -> bool:
    item, row = _locked(clock_id)
    changed = Changed()
    change = ClockChange(row, rule_of(row), changed)
    if change.clock.open:
        change.settle(now)
    change.write(item, now)
    if not changed.rows:
        return False
    record(item, "item.clock_resumed", by=SYSTEM, at=now, rows=changed.rows, data={"clocks": changed.told})
    return True


def _locked(clock_id: int) -> tuple[Item, ItemClock]:
    item = item_locked(ItemClock.objects.values_list("item_id", flat=True).get(pk=clock_id))
    return item, ItemClock.objects.get(pk=clock_id)


def _each(rows: QuerySet[ItemClock], one: Callable[..., bool], now: datetime) -> int:
    """Do one thing to each of the rows, each in a transaction of its own."""
    return sum(one(clock_id=pk, now=now) for pk in list(rows.values_list("id", flat=True)[:AT_ONCE]))
