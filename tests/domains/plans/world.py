"""A district with an office that plans, one that verifies, and units that carry out."""

from __future__ import annotations

import io
from datetime import date, datetime
from typing import Any

import xlsxwriter

from luoshi.core.actor import SYSTEM, SYSTEM_ACTOR, Actor, Grant
from luoshi.domains.plans.actions import plan_make
from luoshi.domains.plans.handing import measures_hand_out
from luoshi.domains.plans.importing import Preview, plan_import, plan_preview
from luoshi.domains.plans.models import NodeCo, Plan, PlanBaseline, PlanNode, PlanSaid
from luoshi.kernel.calendars.actions import calendar_install
from luoshi.kernel.files.sheets import read_table
from luoshi.kernel.files.tables import Table
from luoshi.kernel.items.actions import item_move
from luoshi.kernel.items.given import Given
from luoshi.kernel.items.models import Item
from luoshi.kernel.ledger.models import Event
from luoshi.kernel.loader.actions import pack_install
from luoshi.kernel.org.models import Unit
from tests.harness.times import NOW
from tests.kernel.org.helpers import district, grow

TODAY = date(2021, 1, 15)
HEAD = ("编号", "方面", "要求", "举措", "牵头单位", "配合单位", "完成时限", "责任领导", "依据文件", "权重")
ROWS = (
    (
        "",
        "作风建设",
        "精简文件会议",
        "制定年度发文计划并报备",
        "P1",
        "P2、P3",
        "3月底前",
        "分管副区长",
        "",
        "2",
    ),
    ("", "作风建设", "精简文件会议", "每季度通报发文数量", "P2", "", "长期坚持", "分管副区长", "", ""),
    (
        "",
        "作风建设",
        "改进调查研究",
        "建立调研课题台账",
        "P1",
        "",
        "2021年6月底",
        "",
        "示例发〔2021〕1号",
        "",
    ),
    ("", "基层治理", "网格事项办理", "梳理网格事项清单", "P3", "P1", "2021-09-30", "", "", ""),
)
RESULT = "发文计划已经印发并报备，文号可查。"


def world(now: datetime = NOW) -> dict[str, Unit]:
    """Plant district D: departments P1, P2, P3, the planning office ZR and the verifying DC under A."""
    district(())
    calendar_install(by=SYSTEM, code="cn", now=now)
    for code in ("P1", "P2", "P3", "ZR", "DC"):
        grow(code, "A")
    pack_install(actor=SYSTEM_ACTOR, path="renwu", bindings={"office": "ZR"}, now=now)
    return {unit.code: unit for unit in Unit.objects.order_by("code")}


def person(account: int, unit: str, role: str) -> Actor:
    found = Unit.objects.get(code=unit)
    return Actor(
        account_id=account,
        unit_id=found.pk,
        unit_code=unit,
        unit_title=found.title,
        post_code=f"{unit}.{role}",
        roles=frozenset({Grant(role, found.pk)}),
    )


def planner() -> Actor:
    return person(21, "ZR", "reviewer")


def checker() -> Actor:
    return person(22, "DC", "clerk")


def clerk(unit: str = "P1", account: int = 31) -> Actor:
    return person(account, unit, "clerk")


def made(**given: Any) -> Plan:
    facts: dict[str, Any] = {
        "title": "年度重点任务",
        "year": 2021,
        "issued_on": TODAY,
        "sources": ["示例发〔2021〕1号"],
        "verifier_code": "DC",
    } | given
    return plan_make(actor=planner(), now=NOW, **facts)


def table(rows: Any = ROWS, head: Any = HEAD, merged: tuple[tuple[int, int, int, int], ...] = ()) -> Table:
    """Return rows as a spreadsheet is read. ``merged``: (first row, column, last row, column) from 0."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        page = book.add_worksheet("分解")
        for number, row in enumerate((head, *rows)):
            for place, value in enumerate(row):
                page.write(number, place, value)
        for top, left, bottom, right in merged:
            page.merge_range(top, left, bottom, right, (head, *rows)[top][left])
    return read_table("任务分解.xlsx", out.getvalue())


def looked(plan: Plan, rows: Any = ROWS, **given: Any) -> Preview:
    return plan_preview(plan, table(rows, **given), on=TODAY)


def taken(plan: Plan, rows: Any = ROWS, by: Actor | None = None, **given: Any) -> Preview:
    return plan_import(actor=by or planner(), plan_id=plan.pk, table=table(rows), now=NOW, **given)


def handed(rows: Any = ROWS) -> Plan:
    """A plan of four measures, all of them handed out."""
    plan = made()
    taken(plan, rows)
    aspects = PlanNode.objects.filter(plan=plan, parent=None).order_by("sort")
    measures_hand_out(actor=planner(), plan_id=plan.pk, node_ids=[each.pk for each in aspects], now=NOW)
    return Plan.objects.get(pk=plan.pk)


def node(plan: Plan, code: str) -> PlanNode:
    return PlanNode.objects.select_related("item", "lead").get(plan=plan, code=code)


def go(plan: Plan, code: str, move: str, by: Actor, now: datetime = NOW, **given: Any) -> Item:
    item = node(plan, code).item
    assert item is not None
    return item_move(actor=by, item_id=item.pk, move=move, given=Given(**given), now=now).item


def verified(plan: Plan, code: str, unit: str = "P1", now: datetime = NOW) -> Item:
    """Let a measure be accepted, reported and verified."""
    go(plan, code, "accept", clerk(unit), now)
    go(plan, code, "report", clerk(unit), now, values={"result": RESULT})
    return go(plan, code, "confirm", checker(), now, note="现场核对一致")


def snapshot() -> tuple[Any, ...]:
    """Return everything an action on plans could have changed."""
    models = (Plan, PlanNode, NodeCo, PlanBaseline, PlanSaid, Item, Event)
    return tuple(list(model.objects.order_by("pk").values()) for model in models)
