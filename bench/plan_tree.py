"""Time of the tree page of a plan: 20/70/233 as the sample has it, and 10,000 measures.

Limits: the page of 20/70/233 in 150 ms median; with 10,000 measures the first page and one branch in 300 ms
each. Run in a database of its own; what is measured is the page as the server makes it. Processor time tells
how busy the machine was.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from datetime import date, datetime, timedelta

FOLDER = tempfile.mkdtemp()
os.environ["LUOSHI_VAR"] = FOLDER
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "luoshi.conf.settings")

import django  # noqa: E402

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.template.loader import render_to_string  # noqa: E402
from django.test import RequestFactory  # noqa: E402

from luoshi.core.actor import SYSTEM, SYSTEM_ACTOR, Actor, Grant  # noqa: E402
from luoshi.core.beijing import LOCAL  # noqa: E402
from luoshi.domains.plans.checking import sort_of  # noqa: E402
from luoshi.domains.plans.models import Level, NodeCo, Plan, PlanNode, State  # noqa: E402
from luoshi.domains.plans.tasks import task_made  # noqa: E402
from luoshi.kernel.calendars.actions import calendar_install  # noqa: E402
from luoshi.kernel.items.models import Item, ItemClock  # noqa: E402
from luoshi.kernel.loader.actions import pack_install  # noqa: E402
from luoshi.kernel.org.actions import tree_create, unit_create  # noqa: E402
from luoshi.kernel.org.models import Unit  # noqa: E402
from luoshi.web.plans.views import tree_context  # noqa: E402

NOW = datetime(2023, 6, 12, 8, tzinfo=LOCAL)
SMALL, LARGE = (20, 70, 233), (20, 400, 10_000)
LIMITS = {"20/70/233": 150.0, "10,000 首页": 300.0, "10,000 一个分支": 300.0}
ROUNDS = 15


def world() -> None:
    """Set up units, the pack and one task that others are copied from."""
    call_command("migrate", verbosity=0)
    calendar_install(by=SYSTEM, code="cn", now=NOW)
    tree_create(by=SYSTEM, now=NOW)
    since = date(2020, 1, 1)
    unit_create(by=SYSTEM, code="D", title="示例区", kind="group", parent_code=None, on=since, now=NOW)
    for number in range(85):
        unit_create(
            by=SYSTEM,
            code=f"U{number}",
            title=f"第{number}单位",
            kind="dept",
            parent_code="D",
            on=since,
            now=NOW,
        )
    pack_install(actor=SYSTEM_ACTOR, path="renwu", bindings={"office": "U0"}, now=NOW)


def plan_of(size: tuple[int, int, int], number: int) -> Plan:
    """Return a plan of so many aspects, requirements and measures, all handed out, a third of them done."""
    units = list(Unit.objects.filter(kind="dept").order_by("id"))
    plan = Plan.objects.create(
        code=f"2023-{number:02}",
        title=f"计划{number}",
        year=2023,
        issued_on=date(2023, 1, 10),
        keeper=units[0],
        verifier=units[1],
        state=State.ISSUED,
        made_at=NOW,
        ver=1,
    )
    aspects, demands, measures = size
    tops = _nodes(plan, [(f"{n + 1}", None, Level.ASPECT) for n in range(aspects)])
    each = [demands // aspects + (n < demands % aspects) for n in range(aspects)]
    codes = [(f"{a + 1}.{n + 1}", tops[a], Level.REQUIREMENT) for a in range(aspects) for n in range(each[a])]
    middles = _nodes(plan, codes)
    each = [measures // demands + (n < measures % demands) for n in range(demands)]
    codes = [
        (f"{middles[d].code}.{n + 1}", middles[d], Level.MEASURE)
        for d in range(demands)
        for n in range(each[d])
    ]
    leaves = _nodes(plan, codes, units)
    NodeCo.objects.bulk_create(NodeCo(node=leaf, unit=units[2 + leaf.pk % 80]) for leaf in leaves)
    _tasks(plan, leaves)
    return plan


def _nodes(
    plan: Plan, wanted: list[tuple[str, PlanNode | None, Level]], units: list[Unit] | None = None
) -> list[PlanNode]:
    rows = []
    for number, (code, parent, level) in enumerate(wanted):
        node = PlanNode(
            plan=plan, parent=parent, level=level, code=code, sort=sort_of(code), title=f"事项{code}"
        )
        if units:
            node.lead, node.due_on = units[2 + number % 80], date(2023, 1, 20) + timedelta(days=number % 330)
        rows.append(node)
    return PlanNode.objects.bulk_create(rows)


def _tasks(plan: Plan, leaves: list[PlanNode]) -> None:
    """Give every measure a task and its clock, copied from one that was made by the action."""
    grants = frozenset({Grant("reviewer", None)})
    office = Actor(account_id=1, unit_id=plan.keeper_id, unit_code=plan.keeper.code, roles=grants)
    model = task_made(office, leaves[0], NOW)
    clock = ItemClock.objects.get(item=model, key="due")
    items = [
        Item(**_copy(model, seq=plan.pk * 100_000 + n, number=f"X{plan.pk}-{n}")) for n in range(len(leaves))
    ]
    for number, item in enumerate(items):
        if number % 3 == 0:
            item.state, item.stage = "closed", "done"
    items = Item.objects.bulk_create(items)
    clocks = []
    for leaf, item in zip(leaves, items, strict=True):
        due = datetime.combine(leaf.due_on or NOW.date(), NOW.timetz())
        row = ItemClock(**_copy(clock, item=item, due_at=due, bound_at=due))
        row.stopped_at = due if item.stage == "done" else None
        clocks.append(row)
        leaf.item, leaf.handed_on = item, date(2023, 1, 17)
    ItemClock.objects.bulk_create(clocks)
    PlanNode.objects.bulk_update(leaves, ["item", "handed_on"], batch_size=500)


def _copy(row: object, **other: object) -> dict[str, object]:
    names = [field.attname for field in row._meta.concrete_fields if not field.primary_key]  # type: ignore[attr-defined]
    given = {f"{name}_id" if name == "item" else name: value for name, value in other.items()}
    values = {name: getattr(row, name) for name in names} | given
    if "item" in other:
        values["item_id"] = other["item"].pk  # type: ignore[attr-defined]
    return values


def page(plan: Plan, query: str) -> tuple[float, float]:
    """Return the milliseconds of one page, from address to HTML, and those of the processor."""
    request = RequestFactory().get(f"/plans/{plan.pk}/{query}")
    request.actor, request.now, request.today, request.htmx = SYSTEM_ACTOR, NOW, NOW.date(), True
    began, used = time.perf_counter(), time.process_time()
    render_to_string("plans/_tree.html", tree_context(request, plan.pk), request)
    return 1000 * (time.perf_counter() - began), 1000 * (time.process_time() - used)


def main() -> int:
    world()
    small, large = plan_of(SMALL, 1), plan_of(LARGE, 2)
    asked = {
        "20/70/233": (small, "?all=1"),
        "10,000 首页": (large, ""),
        "10,000 一个分支": (large, "?open=3&open=3.2"),
    }
    missed = False
    for title, (plan, query) in asked.items():
        page(plan, query)
        times = [page(plan, query) for _ in range(ROUNDS)]
        median, used = (statistics.median(column) for column in zip(*times, strict=True))
        print(f"{title}：中位 {median:.0f} 毫秒（上限 {LIMITS[title]:.0f}，处理器 {used:.0f} 毫秒）")
        missed |= median > LIMITS[title]
    connection.close()
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
