"""Items of a draft from a spreadsheet: every fault has its cell, and only what is sound is taken."""

from __future__ import annotations

import pytest

from luoshi.core.errors import Frozen, Invalid, NotAllowed
from luoshi.domains.duties.importing import items_preview, list_import
from luoshi.kernel.files.sheets import read_table
from tests.domains.duties.helpers import (
    TODAY,
    actor,
    drafted,
    drafter,
    kinds_of,
    published,
    put,
    snapshot,
    world,
)
from tests.harness.times import NOW
from tests.kernel.filings.helpers import xlsx

pytestmark = pytest.mark.django_db
HEAD = ("事项编码", "方面", "要求", "责任人", "频次", "时限", "备注")
GOOD = ("A01", "统筹部署", "研究部署全年工作", "领导班子", "每半年", "期末当日", "")
OTHER = ("A02", "带头履责", "听取汇报", "领导班子、第一责任人", "每季度", "期末后10个工作日", "")


@pytest.fixture(autouse=True)
def units():
    return world()


def table(*rows, head=HEAD):
    return read_table("清单.xlsx", xlsx(rows, head))


def test_preview_says_of_each_row_what_becomes_of_it():
    draft = drafted()
    put(draft, "A01")
    put(draft, "A03")
    changed = ("A03", "统筹部署", "另一种要求", "领导班子", "每半年", "期末当日", "")
    preview = items_preview(draft, table(GOOD, OTHER, changed), on=TODAY)
    assert [row.state for row in preview.rows] == ["same", "new", "changed"]
    assert preview.faults == () and preview.notes == ("未使用的列：备注。",)


def test_every_fault_has_the_address_of_its_cell():
    rows = (
        GOOD,
        ("A01", "统筹部署", "又一次", "领导班子", "每半年", "", ""),
        ("A02", "", "听取汇报", "王某", "每周", "下周", ""),
    )
    preview = items_preview(drafted(), table(*rows), on=TODAY)
    assert [fault.address for fault in preview.faults] == ["A3", "B4", "D4", "E4", "F4"]
    assert [row.state for row in preview.rows] == ["new", "broken", "broken"]


def test_wrong_head_is_told_with_the_nearest_column():
    preview = items_preview(
        drafted(), table(GOOD, head=("事项编码", "方面", "要求", "责任", "频次")), on=TODAY
    )
    (fault,) = preview.faults
    assert (fault.address, fault.rule) == ("D1", "缺少“责任人”列") and "改为“责任人”" in fault.remedy


def test_taking_writes_new_and_changed_items_in_one_event():
    draft = drafted()
    put(draft, "A01")
    written = list_import(actor=drafter(), list_id=draft.pk, table=table(GOOD, OTHER), now=NOW)
    assert [item.code for item in written] == ["A02"]
    assert (written[0].due, written[0].holders) == ("end + 10 workday", ["team", "head"])
    assert kinds_of(draft)[-1] == "list.imported"


def test_refusals_change_nothing():
    draft, bad = drafted(), (*OTHER[:4], "每周", "", "")
    before = snapshot()
    ask = {"list_id": draft.pk, "now": NOW}
    with pytest.raises(Invalid, match="1 处问题"):
        list_import(actor=drafter(), table=table(GOOD, bad), **ask)
    with pytest.raises(NotAllowed):
        list_import(actor=actor(9, "auditor", "D"), table=table(GOOD), **ask)
    assert snapshot() == before
    assert len(list_import(actor=drafter(), table=table(GOOD, bad), only_clean=True, **ask)) == 1
    with pytest.raises(Invalid, match="没有新增或改动"):
        list_import(actor=drafter(), table=table(GOOD), **ask)


def test_published_list_takes_no_sheet():
    made = published()
    with pytest.raises(Frozen):
        list_import(actor=drafter(), list_id=made.pk, table=table(OTHER), now=NOW)
