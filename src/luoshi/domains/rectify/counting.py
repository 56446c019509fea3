"""How rectification stands, counted by source, unit or kind: every rate with its base, none alone.

Lasting problems are never part of a rate of completion; they stand in a column of their own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Case, Count, F, IntegerField, Q, Sum, Value, When

from luoshi.core.actor import Actor
from luoshi.domains.rectify.types import MEASURE, PROBLEM
from luoshi.kernel.items.models import Item, ItemClock, ItemFact
from luoshi.kernel.items.schema import Stage
from luoshi.kernel.items.sight import facts_visible
from luoshi.kernel.items.slots import slots_of
from luoshi.kernel.items.types import type_def
from luoshi.kernel.org.queries import units_on

BY = {"source": "问题来源", "unit": "责任单位", "kind": "整改类型"}


@dataclass(frozen=True, slots=True)
class Counted:
    """One group. ``total`` and ``due`` leave lasting problems out; ``late_days``: of those overdue now.

    ``rechecked``: looked at again or come back at least once; ``measures_due``: with a date up to today.
    """

    title: str
    total: int
    due: int
    closed: int
    closed_due: int
    in_time: int
    overdue: int
    late_days: int
    rechecked: int
    relapsed: int
    lasting: int
    steady: int
    measures_due: int
    measures_done: int


COUNTED = (
    *("total", "due", "closed", "closed_due", "in_time", "overdue"),
    *("rechecked", "relapsed", "lasting", "steady"),
)
NUMBERS = tuple(name for name in Counted.__dataclass_fields__ if name != "title")


def counted(actor: Actor, by: str, *, today: date, now: datetime) -> list[Counted]:
    """Return the groups of a dimension in the order of their titles, the sum of all last. Six queries."""
    column = _column(PROBLEM, by)
    slots = slots_of(PROBLEM)
    if not {"kind", "due_on", "recheck"} <= slots.keys():
        return []
    kind, due, recheck = (slots[key].column for key in ("kind", "due_on", "recheck"))
    facts = facts_visible(actor).filter(type_ref=PROBLEM, merged=False).exclude(stage=Stage.VOID)
    bounded, lasting = ~Q(**{kind: "long"}), Q(**{kind: "long"})
    done, past = Q(stage=Stage.DONE), Q(**{f"{due}__lte": today.isoformat()})
    clocks = ItemClock.objects.filter(key="total", round=1).order_by()
    in_time = clocks.filter(stopped_at__lte=F("first_due_at")).values("item_id")
    looked = Q(**{f"{recheck}__isnull": False}) | Q(reopened__gt=0)
    rows: dict[str, Mapping[str, int]] = {
        str(row["group"]): row  # type: ignore[misc]
        for row in facts.order_by()
        .values(group=F(column))
        .annotate(
            total=Count("id", filter=bounded),
            due=Count("id", filter=bounded & past),
            closed=Count("id", filter=bounded & done),
            closed_due=Count("id", filter=bounded & done & past),
            in_time=Count("id", filter=bounded & done & Q(item_id__in=in_time)),
            overdue=Count("id", filter=bounded & ~done & Q(**{f"{due}__lt": today.isoformat()})),
            rechecked=Count("id", filter=bounded & looked),
            relapsed=Count("id", filter=Q(reopened__gt=0) & bounded),
            lasting=Count("id", filter=lasting),
            steady=Count("id", filter=lasting & Q(state="steady")),
        )
    }
    late = _late_days(facts.filter(bounded & ~done), column, now)
    measures = _measures(actor, by, today)
    titles = _titles(by, today)
    groups = [
        Counted(
            title=titles.get(code, code or "未明"),
            **{name: row[name] for name in COUNTED},
            late_days=late.get(code, 0),
            measures_due=measures.get(code, (0, 0))[0],
            measures_done=measures.get(code, (0, 0))[1],
        )
        for code, row in rows.items()
    ]
    order = {title: place for place, title in enumerate(titles.values())}
    groups.sort(key=lambda group: order.get(group.title, len(order)))
    return [*groups, _sum(groups, _measures_sum(actor, today))] if groups else []


def _column(ref: str, by: str) -> str:
    if by == "unit":
        return "lead_code"
    slots = slots_of(ref)
    return slots[by].column if by in slots else "lead_code"


def _titles(by: str, today: date) -> Mapping[str, str]:
    if by == "unit":
        return {unit.code: unit.title for unit in units_on(today)}
    return type_def(PROBLEM).fields[by].options


def _late_days(facts: object, column: str, now: datetime) -> dict[str, int]:
    """Return group → days past the first due moment, of those not done. One query of those overdue."""
    ids = facts.values_list("item_id", column)  # type: ignore[attr-defined]
    groups = dict(ids)
    clocks = ItemClock.objects.filter(key="total", item_id__in=list(groups), due_at__lt=now, stopped_at=None)
    days: dict[str, int] = {}
    for item_id, due_at in clocks.order_by("id").values_list("item_id", "due_at"):
        group = str(groups[item_id])
        days[group] = days.get(group, 0) + (max(1, (now - due_at).days) if due_at else 0)
    return days


def _measures(actor: Actor, by: str, today: date) -> dict[str, tuple[int, int]]:
    """Return group → (measures due, of them verified), by the unit or kind of the measure."""
    if by == "source":
        return _measures_by_source(actor, today)
    return _measures_by(actor, _column(MEASURE, by), today)


def _measures_by(actor: Actor, column: str, today: date) -> dict[str, tuple[int, int]]:
    slots = slots_of(MEASURE)
    if "due_on" not in slots:
        return {}
    facts = facts_visible(actor).filter(type_ref=MEASURE).exclude(stage=Stage.VOID)
    facts = facts.filter(**{f"{slots['due_on'].column}__lte": today.isoformat()})
    rows = (
        facts.order_by()
        .values(group=F(column))
        .annotate(due=Count("id"), done=Count("id", filter=Q(stage=Stage.DONE)))
    )
    return {str(row["group"]): (row["due"], row["done"]) for row in rows}


def _measures_by_source(actor: Actor, today: date) -> dict[str, tuple[int, int]]:
    """A measure has the source of the problem it serves."""
    slots, own = slots_of(PROBLEM), slots_of(MEASURE)
    if "due_on" not in own or "source" not in slots:
        return {}
    facts = facts_visible(actor).filter(type_ref=MEASURE).exclude(stage=Stage.VOID)
    facts = facts.filter(**{f"{own['due_on'].column}__lte": today.isoformat()}).order_by()
    served = dict(
        Item.objects.filter(pk__in=facts.values("item_id")).order_by().values_list("pk", "parents__parent_id")
    )
    problems = ItemFact.objects.filter(item_id__in=set(served.values()), to_ms=None).order_by()
    sources = dict(problems.values_list("item_id", slots["source"].column))
    found: dict[str, tuple[int, int]] = {}
    for item_id, stage in facts.values_list("item_id", "stage"):
        group = str(sources.get(served.get(item_id)))
        due, done = found.get(group, (0, 0))
        found[group] = (due + 1, done + (stage == Stage.DONE))
    return found


def _measures_sum(actor: Actor, today: date) -> tuple[int, int]:
    slots = slots_of(MEASURE)
    if "due_on" not in slots:
        return 0, 0
    facts = facts_visible(actor).filter(type_ref=MEASURE).exclude(stage=Stage.VOID)
    done = Case(When(stage=Stage.DONE, then=Value(1)), default=Value(0), output_field=IntegerField())
    row = facts.filter(**{f"{slots['due_on'].column}__lte": today.isoformat()}).order_by()
    found = row.aggregate(due=Count("id"), done=Sum(done))
    return found["due"], found["done"] or 0


def _sum(groups: list[Counted], measures: tuple[int, int]) -> Counted:
    totals = {name: sum(getattr(group, name) for group in groups) for name in NUMBERS}
    return Counted(title="合计", **totals | {"measures_due": measures[0], "measures_done": measures[1]})
