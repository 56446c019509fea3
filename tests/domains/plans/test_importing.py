"""A breakdown from a spreadsheet: every fault at its cell, all or nothing, the same again nothing."""

from __future__ import annotations

import pytest

from luoshi.core.errors import Incomplete, Invalid, NotAllowed, NotFound
from luoshi.domains.plans.models import Level, NodeCo, PlanNode
from luoshi.kernel.items.models import Item, ItemClock
from luoshi.kernel.ledger.queries import events_of
from luoshi.kernel.ledger.verify import verify_ledger
from tests.domains.plans.world import (
    ROWS,
    clerk,
    go,
    handed,
    looked,
    made,
    node,
    planner,
    snapshot,
    taken,
    world,
)

pytestmark = pytest.mark.django_db


def changed(number: int, **cells: str):
    """Return the rows with some cells of one row changed, by place."""
    rows = [list(row) for row in ROWS]
    for place, text in cells.items():
        rows[number][int(place[1:])] = text
    return rows


def faults(preview) -> list[tuple[str, str]]:
    return [(fault.address, fault.rule) for fault in preview.faults]


def test_a_breakdown_is_taken_with_its_tree_and_helpers():
    world()
    plan = made()
    preview = taken(plan)
    codes = list(PlanNode.objects.filter(plan=plan).order_by("sort").values_list("code", flat=True))
    assert codes == ["1", "1.1", "1.1.1", "1.1.2", "1.2", "1.2.1", "2", "2.1", "2.1.1"]
    first = node(plan, "1.1.1")
    assert first.due_on.isoformat() == "2021-03-31" and first.weight == 2 and first.lead.code == "P1"
    assert list(NodeCo.objects.filter(node=first).order_by("id").values_list("unit__code", flat=True)) == [
        "P2",
        "P3",
    ]
    assert node(plan, "1.1.2").lasting and not preview.wants
    assert [event.kind for event in events_of("plan", plan.pk)] == ["plan.made", "plan.imported"]
    assert verify_ledger().ok


def test_merged_cells_are_read_for_every_row_they_cover():
    world()
    rows = [list(row) for row in ROWS]
    for number, place in ((1, 1), (1, 2), (2, 1)):
        rows[number][place] = ""
    preview = looked(made(), rows, merged=((1, 1, 3, 1), (1, 2, 2, 2)))
    assert preview.faults == () and [row.code for row in preview.rows] == ["1.1.1", "1.1.2", "1.2.1", "2.1.1"]


def test_a_lost_merge_is_named_with_the_words_above():
    world()
    preview = looked(made(), changed(1, c2=""))
    assert preview.faults[0].address == "C3" and "合并单元格丢失" in preview.faults[0].rule
    assert "精简文件会议" in preview.faults[0].remedy


@pytest.mark.parametrize(
    ("cells", "address", "rule"),
    [
        ({"c4": "P1、P2"}, "E3", "牵头单位有 2 个"),
        ({"c4": "没有这个局"}, "E3", "没有单位"),
        ({"c4": "A"}, "E3", "单位分组"),
        ({"c5": "P2"}, "F3", "与牵头单位相同"),
        ({"c6": "2020-12-31"}, "G3", "早于发文日期"),
        ({"c6": "尽快"}, "G3", "看不懂"),
        ({"c3": "制定年度发文计划并报备"}, "D3", "第 2 行已有"),
        ({"c0": "一"}, "A3", "编号写法不对"),
        ({"c9": "0"}, "J3", "权重应为"),
    ],
)
def test_every_fault_stands_at_its_cell_and_nothing_is_kept(cells, address, rule):
    world()
    plan = made()
    rows = changed(1, **cells)
    found = looked(plan, rows).faults
    assert [fault.address for fault in found] == [address] and rule in found[0].rule and found[0].remedy
    before = snapshot()
    with pytest.raises(Invalid, match="没有导入"):
        taken(plan, rows)
    assert snapshot() == before


def test_what_is_missing_is_told_but_may_stay_open():
    world()
    plan = made()
    preview = taken(plan, changed(1, c4="", c6=""))
    assert [(each.address, each.rule) for each in preview.wants] == [
        ("E3", "缺牵头单位"),
        ("G3", "缺完成时限"),
    ]
    assert node(plan, "1.1.2").lead is None


def test_the_same_sheet_again_changes_nothing_and_a_changed_one_shows_old_and_new():
    world()
    plan = made()
    taken(plan)
    before = snapshot()
    with pytest.raises(Invalid, match="一致"):
        taken(plan)
    assert snapshot() == before
    rows = changed(0, c4="P2", c5="P1、P3")
    preview = taken(plan, rows)
    (row,) = [each for each in preview.rows if each.state == "changed"]
    told = {change.field: (change.old, change.new) for change in row.changes}
    p1, p2 = node(plan, "1.2.1").lead.title, node(plan, "1.1.2").lead.title
    assert told["lead"] == (p1, p2)
    assert node(plan, "1.1.1").lead.code == "P2" and verify_ledger().ok


def test_what_the_sheet_leaves_out_stays_or_ends_with_a_reason_and_its_number_is_not_used_again():
    world()
    plan = made()
    taken(plan)
    rows = [row for row in ROWS if row[3] != "每季度通报发文数量"]
    assert looked(plan, rows).gone == (("1.1.2", "每季度通报发文数量"),)
    with pytest.raises(Incomplete, match="理由"):
        taken(plan, rows, end_gone=True)
    taken(plan, rows, end_gone=True, reason="与其他举措合并")
    assert (
        node(plan, "1.1.2").ended_on is not None and PlanNode.objects.filter(level=Level.MEASURE).count() == 4
    )
    taken(plan, ROWS)
    assert node(plan, "1.1.3").title == "每季度通报发文数量"
    again = [("1.1.2", *ROWS[1][1:])]
    assert "不再使用" in looked(plan, again).faults[0].rule and verify_ledger().ok


def test_a_measure_in_hand_gets_another_date_as_a_new_hand_out_and_the_clock_keeps_both():
    world()
    plan = handed()
    go(plan, "1.1.1", "accept", clerk())
    rows = changed(0, c6="5月底前")
    assert looked(plan, rows).moved == ("1.1.1",)
    before = snapshot()
    with pytest.raises(Incomplete, match="理由"):
        taken(plan, rows)
    assert snapshot() == before
    taken(plan, rows, reason="上级调整安排")
    item = node(plan, "1.1.1").item
    clocks = ItemClock.objects.filter(item=item, key="due").order_by("round")
    assert [str(clock.fixed_on) for clock in clocks] == ["2021-03-31", "2021-05-31"]
    assert clocks[0].voided_at is not None and clocks[1].voided_at is None
    assert item.state == "sent" and verify_ledger().ok


def test_a_measure_that_ends_takes_its_task_along():
    world()
    plan = handed()
    taken(plan, ROWS[:3], end_gone=True, reason="任务取消")
    assert Item.objects.get(plan_nodes__code="2.1.1").state == "ended"


def test_only_the_keeper_imports_and_a_draft_is_seen_by_nobody_else():
    world()
    plan = made()
    for by in (clerk(), clerk("DC", 99)):
        before = snapshot()
        with pytest.raises(NotFound):
            taken(plan, by=by)
        assert snapshot() == before
    plan = handed()
    with pytest.raises(NotAllowed):
        taken(plan, by=clerk())
    taken(plan, ROWS[:1], by=planner(), end_gone=True, reason="压减")
