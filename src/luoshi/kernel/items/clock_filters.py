"""Conditions on the clocks of items, at a moment: what ``due``, ``overdue``, ``light``, ``paused`` and
``clock.KEY.verdict`` of a filter ask. They say the same as ``lights.light_of`` does of one item.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from luoshi.core.beijing import LOCAL, local_day
from luoshi.core.lights import DEFAULT_RULES, LightRules
from luoshi.core.timing import Verdict
from luoshi.kernel.items.clock_models import ItemClock
from luoshi.kernel.items.lights import ClockLight

OPEN = Q(stopped_at=None, voided_at=None)
MISSED = Q(stopped_at__isnull=False, voided_at=None) & (Q(due_at=None) | Q(stopped_at__gt=F("due_at")))
MET = Q(stopped_at__isnull=False, voided_at=None, due_at__isnull=False, stopped_at__lte=F("due_at"))


def clock_condition(name: str, op: str, values: Sequence[str], now: datetime) -> Q:
    """Return the condition on facts that a term of a filter asks at a moment."""
    match name:
        case "due":
            found = Q()
            for value in values:
                found |= due_condition(op, date.fromisoformat(value), now)
            return found
        case "overdue":
            overdue = some(Q(bound_at__lt=now) & OPEN)
            return overdue if values[0] == "yes" else ~overdue
        case "paused":
            paused = some(held(now))
            return paused if values[0] == "yes" else ~paused
        case "light":
            found = Q()
            for value in values:
                found |= light_condition(ClockLight(value), now)
            return found
    key = name.split(".")[1]
    found = Q()
    for value in values:
        found |= verdict_condition(key, Verdict(value), now)
    return found


def due_condition(op: str, day: date, now: datetime) -> Q:
    """Return that the first date due is on, before or after a day."""
    begins = datetime.combine(day, datetime.min.time(), tzinfo=LOCAL)
    ends = begins + timedelta(days=1)
    match op:
        case "<":
            return first_before(begins, now)
        case "<=":
            return first_before(ends, now)
        case ">":
            return first_from(ends, now)
        case ">=":
            return first_from(begins, now)
    return first_before(ends, now) & ~first_before(begins, now)


def first_before(moment: datetime, now: datetime) -> Q:
    """Return that the first date due comes before a moment."""
    return some(running(now) & Q(bound_at__lt=moment))


def first_from(moment: datetime, now: datetime) -> Q:
    """Return that something is due, and nothing before a moment."""
    return some(running(now)) & ~first_before(moment, now)


def light_condition(light: ClockLight, now: datetime, rules: LightRules = DEFAULT_RULES) -> Q:
    """Return that items show a light."""
    today = local_day(now)
    midnight = datetime.combine(today, datetime.min.time(), tzinfo=LOCAL)
    yellow = midnight + timedelta(days=rules.yellow_days + 1)
    blue = midnight + timedelta(days=rules.remind_days + 1)
    match light:
        case ClockLight.RED:
            return some(OPEN & Q(bound_at__lt=now))
        case ClockLight.YELLOW:
            return first_before(yellow, now) & ~some(OPEN & Q(bound_at__lt=now))
        case ClockLight.BLUE:
            return first_before(blue, now) & ~first_before(yellow, now)
        case ClockLight.WHITE:
            return first_from(blue, now)
        case ClockLight.PAUSED:
            return some(held(now)) & ~some(running(now))
        case ClockLight.LATE:
            return some(MISSED) & ~some(OPEN)
    return some(MET) & ~some(MISSED) & ~some(OPEN)


def verdict_condition(key: str, verdict: Verdict, now: datetime) -> Q:
    """Return that the newest round of a clock stands so."""
    match verdict:
        case Verdict.VOID:
            asked = Q(voided_at__isnull=False)
        case Verdict.MET:
            asked = MET
        case Verdict.MISSED:
            asked = MISSED | (OPEN & Q(bound_at__lt=now))
        case Verdict.PAUSED:
            asked = held(now)
        case _:
            asked = running(now) & Q(bound_at__gte=now)
    later = ItemClock.objects.filter(item=OuterRef("item"), key=key, round__gt=OuterRef("round")).order_by()
    return _ids(ItemClock.objects.filter(asked, ~Exists(later), key=key))


def running(now: datetime) -> Q:
    """Return that a clock is open and counts at a moment."""
    return OPEN & Q(bound_at__isnull=False) & (Q(paused_at=None) | Q(until_at__lte=now))


def held(now: datetime) -> Q:
    """Return that a clock is paused at a moment."""
    return OPEN & Q(paused_at__isnull=False) & (Q(until_at=None) | Q(until_at__gt=now))


def first_due(now: datetime) -> QuerySet[ItemClock]:
    """Return, of every item of which a clock runs, the clock that is due first, in order of the due dates."""
    earlier = ItemClock.objects.filter(running(now), item=OuterRef("item")).filter(
        Q(bound_at__lt=OuterRef("bound_at")) | Q(bound_at=OuterRef("bound_at"), pk__lt=OuterRef("pk"))
    )
    return ItemClock.objects.filter(running(now), ~Exists(earlier.order_by())).order_by("bound_at", "item_id")


def some(condition: Q) -> Q:
    """Return that an item has a clock of which a condition holds."""
    return _ids(ItemClock.objects.filter(condition))


def _ids(rows: QuerySet[ItemClock]) -> Q:
    return Q(item_id__in=rows.order_by().values("item_id"))
