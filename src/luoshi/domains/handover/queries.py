"""Handovers for pages: lists, one with its lines, what should have been handed over, the chain of holders."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, Q, QuerySet

from luoshi.core.actor import Actor
from luoshi.core.beijing import local_day
from luoshi.domains.handover.models import Answer, Ground, Handover, HandoverLine, HandoverRules, Side, State
from luoshi.domains.handover.packaging import HEADINGS, ORDER
from luoshi.domains.handover.sight import MANAGE, handover_visible, handovers_visible, manages, side_of
from luoshi.kernel.access.policy import can
from luoshi.kernel.access.queries import units_in_sight
from luoshi.kernel.org.models import Appointment
from luoshi.kernel.org.places import holding

__all__ = [
    "HandoverView",
    "chain_of_item",
    "handover_visible",
    "handovers_found",
    "leavers_due",
    "limit_days",
    "lines_of",
    "may_act",
    "views_of",
]
# 地方规定从 3 日到 15 个工作日不等（待核），此为未设定时的起始值。
DEFAULT_DAYS = 10
LOOK_BACK = timedelta(days=180)
OPEN = (State.PREPARING, State.OFFERED, State.CHECKED)
OVERDUE = "overdue"
STATES = dict(State.choices)
GROUNDS = list(Ground.choices)


@dataclass(frozen=True, slots=True)
class HandoverView:
    """One line of the list. ``timing``: waiting, overdue, on_time, late or "" when cancelled."""

    handover: Handover
    lines: int
    left: int
    disputed: int
    timing: str


@dataclass(frozen=True, slots=True)
class Leaver:
    """An appointment of a head that ended, or ends, without a notice of handover."""

    appointment_id: int
    name: str
    post_title: str
    unit_title: str
    to_on: date


@dataclass(frozen=True, slots=True)
class Passing:
    """One link of the chain of holders of an item."""

    handover_id: int
    number: str
    post_title: str
    giver: str
    taker: str
    signed_at: datetime | None


def limit_days() -> int:
    """Return how many working days a handover may take. One query."""
    rules = HandoverRules.objects.order_by("id").first()
    return rules.workdays if rules is not None else DEFAULT_DAYS


def handovers_found(
    actor: Actor, now: datetime, *, state: str = "", text: str = "", year: str = ""
) -> QuerySet[Handover]:
    """Return the visible handovers asked for, the newest first; ``state`` may be ``overdue``."""
    rows = handovers_visible(actor)
    if state == OVERDUE:
        rows = rows.filter(state__in=OPEN, due_on__lt=local_day(now))
    elif state:
        rows = rows.filter(state=state)
    if year:
        rows = rows.filter(year=int(year)) if year.isdigit() and len(year) == 4 else rows.none()
    if text:
        rows = rows.filter(
            Q(unit_title__icontains=text)
            | Q(post_title__icontains=text)
            | Q(giver__name__icontains=text)
            | Q(taker__name__icontains=text)
        )
    return rows


def views_of(rows: Sequence[Handover], now: datetime) -> list[HandoverView]:
    """Return handovers as lines of a list. One query."""
    counted = (
        HandoverLine.objects.filter(handover__in=[row.pk for row in rows]).order_by().values("handover_id")
    )
    counts = {
        each["handover_id"]: each
        for each in counted.annotate(
            lines=Count("pk"),
            left=Count("pk", filter=Q(answer=Answer.NONE)),
            disputed=Count("pk", filter=Q(answer=Answer.DISPUTED)),
        )
    }
    none = {"lines": 0, "left": 0, "disputed": 0}
    views = []
    for row in rows:
        found = counts.get(row.pk, none)
        views.append(HandoverView(row, found["lines"], found["left"], found["disputed"], timing_of(row, now)))
    return views


def timing_of(handover: Handover, now: datetime) -> str:
    """Return how a handover stands against its last day."""
    if handover.state == State.CANCELLED:
        return ""
    if handover.signed_at is not None:
        return "late" if local_day(handover.signed_at) > handover.due_on else "on_time"
    return OVERDUE if local_day(now) > handover.due_on else "waiting"


def lines_of(handover: Handover) -> list[tuple[str, str, list[HandoverLine]]]:
    """Return (source, heading, lines) in the order of the 交接书. One query."""
    found: dict[str, list[HandoverLine]] = {}
    for line in handover.lines.order_by("sort", "due_on", "id"):
        found.setdefault(line.source, []).append(line)
    return [(source, HEADINGS[source], found[source]) for source in ORDER if source in found]


def may_act(actor: Actor, handover: Handover, now: datetime) -> dict[str, bool]:
    """Return which steps a page offers; the actions judge again."""
    side = side_of(actor, handover, local_day(now))
    signed = set(handover.signs.order_by("id").values_list("side", flat=True))
    parties = {Side.GIVER, Side.TAKER} <= signed
    checking = handover.state in (State.OFFERED, State.CHECKED) and not signed
    return {
        "prepare": side is Side.GIVER and handover.state == State.PREPARING,
        "check": side is Side.TAKER and checking,
        "sign": handover.state == State.CHECKED
        and side is not None
        and side not in signed
        and (side is not Side.WITNESS or parties),
        "supplement": handover.state == State.SIGNED and side in (Side.GIVER, Side.TAKER),
        "manage": manages(actor, handover) and handover.state in OPEN and not signed,
    }


def leavers_due(actor: Actor, now: datetime) -> list[Leaver]:
    """Return the heads who left within half a year, or are known to leave, without a notice. Two queries."""
    if not can(actor, MANAGE):
        return []
    noticed = Handover.objects.exclude(state=State.CANCELLED).order_by().values("appointment_id")
    rows = Appointment.objects.filter(
        post__is_head=True,
        acting=False,
        to_on__gte=local_day(now) - LOOK_BACK,
        post__unit_id__in=units_in_sight(actor, date.max),
    ).exclude(pk__in=noticed)
    listed = rows.select_related("person", "post__unit").order_by("to_on", "id")[:200]
    return [
        Leaver(row.pk, row.person.name, row.post.title, row.post.unit.title, row.to_on)
        for row in listed
        if row.to_on is not None
    ]


def appointment_named(actor: Actor, appointment_id: int) -> Appointment | None:
    """Return an appointment within the reach of an office that gives notice; None otherwise."""
    row = Appointment.objects.select_related("person", "post__unit").filter(pk=appointment_id).first()
    return row if row is not None and can(actor, MANAGE, row.post.unit_id) else None


def heads_now(actor: Actor, on: date) -> list[Appointment]:
    """Return the heads of units in reach who hold their post on a day, by unit. Two queries."""
    rows = Appointment.objects.filter(holding(on), post__is_head=True, acting=False)
    rows = rows.filter(post__unit_id__in=units_in_sight(actor, on))
    return list(rows.select_related("person", "post__unit").order_by("post__unit__sort", "post__unit__code"))


def persons_holding(on: date) -> list[tuple[int, str]]:
    """Return (person, name with unit and post) of everybody who holds a post on a day. One query."""
    rows = Appointment.objects.filter(holding(on)).select_related("person", "post__unit")
    found: dict[int, str] = {}
    for row in rows.order_by("post__unit__sort", "post__unit__code", "post__sort", "id"):
        found.setdefault(row.person_id, f"{row.person.name}（{row.post.unit.title} {row.post.title}）")
    return list(found.items())


def chain_of_item(item_id: int) -> list[Passing]:
    """Return the signed handovers an item went through, the first one first. One query."""
    rows = Handover.objects.filter(state=State.SIGNED, lines__kind="item", lines__ref=item_id)
    return [
        Passing(
            row.pk,
            str(row),
            f"{row.unit_title} {row.post_title}",
            row.giver.name,
            row.taker.name if row.taker else "",
            row.signed_at,
        )
        for row in rows.select_related("giver", "taker").order_by("signed_at", "id")
    ]
