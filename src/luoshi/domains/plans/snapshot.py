"""A plan as it stands, and what changed since a plan that was kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from luoshi.core.deadlines import Deadline
from luoshi.domains.plans.models import Level, Plan, PlanBaseline, PlanNode
from luoshi.domains.plans.writing import co_words

FIELDS: Mapping[str, str] = {
    "title": "举措",
    "lead": "牵头单位",
    "co": "配合单位",
    "due": "完成时限",
    "leader": "责任领导",
    "weight": "权重",
}


@dataclass(frozen=True, slots=True)
class Difference:
    """One measure that is not what it was. ``kind``: added, ended, changed, done.

    ``fields``: (title, old, new) of a change, else empty.
    """

    code: str
    title: str
    lead: str
    kind: str
    fields: tuple[tuple[str, str, str], ...] = ()


def body_of(plan: Plan) -> dict[str, dict[str, Any]]:
    """Return code → the live measures of a plan as texts. Two queries."""
    rows = PlanNode.objects.filter(plan=plan, level=Level.MEASURE, ended_on=None)
    nodes = list(rows.select_related("lead", "item").order_by("sort"))
    helping = co_words(node.pk for node in nodes)
    return {
        node.code: {
            "title": node.title,
            "lead": node.lead.title if node.lead else "",
            "co": helping.get(node.pk, ""),
            "due": Deadline(node.due_on, node.lasting).words,
            "leader": node.leader,
            "weight": node.weight,
            "done": node.item is not None and node.item.stage == "done",
        }
        for node in nodes
    }


def baseline_before(plan: Plan, on: date) -> PlanBaseline | None:
    """Return the newest baseline kept on a day or before it, else the oldest there is."""
    rows = PlanBaseline.objects.filter(plan=plan)
    return rows.filter(at__date__lte=on).order_by("-at", "-id").first() or rows.order_by("at", "id").first()


def differences(plan: Plan, since: Mapping[str, Mapping[str, Any]]) -> list[Difference]:
    """Return every measure that was added, ended, changed or done since a body was kept, by number."""
    now = body_of(plan)
    found: list[Difference] = []
    for code, node in now.items():
        was = since.get(code)
        if was is None:
            found.append(Difference(code, node["title"], node["lead"], "added"))
            continue
        fields = tuple(
            (title, str(was[name]), str(node[name]))
            for name, title in FIELDS.items()
            if str(was[name]) != str(node[name])
        )
        if fields:
            found.append(Difference(code, node["title"], node["lead"], "changed", fields))
        if node["done"] and not was["done"]:
            found.append(Difference(code, node["title"], node["lead"], "done"))
    for code, was in since.items():
        if code not in now:
            found.append(Difference(code, was["title"], was["lead"], "ended"))
    return found
