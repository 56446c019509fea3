"""Items from a table: every fault at its cell, clean rows taken together, the same table has one effect."""

from __future__ import annotations

from datetime import date

import pytest

from luoshi.core.actor import SYSTEM
from luoshi.core.errors import Incomplete, Invalid, NotAllowed
from luoshi.kernel.files.tables import Table
from luoshi.kernel.items.intake import asked_of, intake_preview
from luoshi.kernel.items.models import Item, ItemDuty, ItemParent
from luoshi.kernel.items.queries import filter_read, items_page, type_def
from luoshi.kernel.items.taking import items_take
from luoshi.kernel.ledger.verify import verify_ledger
from luoshi.kernel.org.actions import alias_add
from tests.harness.times import NOW
from tests.kernel.items.helpers import CASE, DETAIL, desk, lead, snapshot, taken_in, world

pytestmark = pytest.mark.django_db
HEAD = ["原编号", "事由", "类型", "来源", "企业名称", "问题内容", "主办单位", "希望办结日期", "上级编号"]
GOOD = ["A-1", "续贷困难", "融资信贷", "电话", "海宁纺织厂", DETAIL, "单位P1", date(2021, 3, 1), None]


@pytest.fixture(autouse=True)
def planted():
    return world()


def table(*rows, head=HEAD) -> Table:
    return Table("表", 1, list(head), [list(row) for row in rows], 2)


def row(origin, **changed) -> list:
    titles = dict(zip(HEAD, GOOD, strict=True)) | {"原编号": origin} | changed
    return [titles[title] for title in HEAD]


def preview(*rows, move="send", head=HEAD):
    return intake_preview(desk(), asked_of(type_def(CASE), move), table(*rows, head=head), on=NOW.date())


def take(*rows, move="send", by=None, **given):
    return items_take(actor=by or desk(), type_ref=CASE, table=table(*rows), now=NOW, move=move, **given)


def test_rows_are_taken_in_and_handed_out_together():
    above = taken_in()
    took = take(row("A-1", 上级编号=above.number), row("A-2", 主办单位="P2"))
    assert [item.state for item in took.items] == ["sent", "sent"] and took.left == took.same == 0
    first, second = took.items
    assert first.values["kind"] == "finance" and first.values["wish"] == "2021-03-01"
    assert [duty.unit_code for duty in ItemDuty.objects.order_by("id")] == ["P1", "P2"]
    assert ItemParent.objects.get(item=first).parent_id == above.pk and second.origin == "A-2"
    kind = type_def(CASE)
    assert [each.id for each in items_page(desk(), kind, filter_read(kind, "A-2")).rows] == [second.pk]
    assert verify_ledger().ok


def test_the_same_table_again_changes_nothing_and_a_longer_one_brings_what_is_new():
    take(row("A-1"))
    before = snapshot()
    with pytest.raises(Invalid, match="没有新的事项"):
        take(row("A-1"))
    assert snapshot() == before
    took = take(row("A-1"), row("A-2"))
    assert (len(took.items), took.same) == (1, 1) and Item.objects.count() == 2


@pytest.mark.parametrize(
    ("changed", "address", "rule"),
    [
        ({"事由": ""}, "B3", "没有填写"),
        ({"事由": "长" * 201}, "B3", "不得超过 200 字"),
        ({"类型": "贷款"}, "C3", "应为"),
        ({"企业名称": None}, "E3", "没有填写"),
        ({"问题内容": "短"}, "F3", "不得少于 10 字"),
        ({"主办单位": "没有这个单位"}, "G3", "没有单位"),
        ({"主办单位": "P1、P2"}, "G3", "最多 1 个单位"),
        ({"希望办结日期": "下月"}, "H3", "应为日期"),
        ({"上级编号": "ZQ999"}, "I3", "没有这件上级事项"),
        ({"原编号": "A-1"}, "A3", "第2行已用"),
    ],
)
def test_every_fault_is_told_at_its_cell_and_nothing_is_saved(changed, address, rule):
    rows = [row("A-1"), row("A-2", **changed)]
    found = preview(*rows)
    assert [(fault.address, rule in fault.rule, bool(fault.remedy)) for fault in found.faults] == [
        (address, True, True)
    ]
    before = snapshot()
    with pytest.raises(Invalid, match="1 处问题"):
        take(*rows)
    assert snapshot() == before
    took = take(*rows, only_clean=True)
    assert [item.origin for item in took.items] == ["A-1"] and took.left == 1


def test_units_are_found_by_alias():
    alias_add(by=SYSTEM, unit_code="P1", text="一局", now=NOW)
    take(row("A-1", 主办单位="一局"))
    assert ItemDuty.objects.get().unit_code == "P1"


def test_personal_data_are_not_taken_from_a_table():
    found = preview([*row("A-1"), "13800000000"], head=[*HEAD, "联系电话"])
    assert found.rows == () and [fault.address for fault in found.faults] == ["J1"]
    assert "个人信息" in found.faults[0].rule


def test_a_missing_column_is_told_at_the_head():
    head = [title.replace("企业名称", "企业名") for title in HEAD]
    found = preview(row("A-1"), head=head)
    assert found.rows == () and "缺少“企业名称”列" in found.faults[0].rule


def test_who_may_not_take_in_or_hand_out_cannot_import():
    before = snapshot()
    with pytest.raises(NotAllowed):
        take(row("A-1"), by=lead())
    with pytest.raises(Incomplete, match="不能与导入一并办理"):
        take(row("A-1"), move="confirm")
    assert snapshot() == before


@pytest.mark.parametrize("count", [1, 30])
def test_a_preview_asks_the_same_queries_for_any_number_of_rows(count, django_assert_max_num_queries):
    asked = asked_of(type_def(CASE), "send")
    rows = [row(f"A-{number}") for number in range(count)]
    with django_assert_max_num_queries(6):
        assert intake_preview(desk(), asked, table(*rows), on=NOW.date()).count("new") == count
