"""The preview names every fault with row, column, rule and remedy, and saves nothing."""

from __future__ import annotations

import pytest

from luoshi.core.actor import Actor, Grant
from luoshi.core.errors import Invalid, NotAllowed, NotFound
from luoshi.core.periods import parse_period
from luoshi.kernel.filings.importing import preview
from luoshi.kernel.filings.judging import NOT_OPENED
from luoshi.kernel.filings.models import Obligation
from tests.harness.times import NOW
from tests.kernel.filings.helpers import (
    CLEAN,
    DATED,
    DECEMBER,
    DESK,
    FORM,
    HEAD,
    OFFICE,
    TEMPLATE,
    WINDOW,
    csv,
    desk_over,
    form_body,
    opened,
    pack_install,
    snapshot,
    take,
    world,
    xlsx,
)

pytestmark = pytest.mark.django_db


def look(
    rows, *, head=HEAD, content=None, actor=DESK, period=DECEMBER, template=TEMPLATE, now=NOW, name="表.csv"
):
    content = csv(rows, head) if content is None else content
    return preview(
        actor=actor, form_ref=FORM, import_ref=template, period=period, name=name, content=content, now=now
    )


def faults(found):
    return [(fault.address, fault.column, fault.rule, fault.remedy) for fault in found.faults]


def test_a_clean_table_shows_every_row_with_its_unit():
    world()
    opened()
    before = snapshot()
    found = look(CLEAN)
    assert (found.clean, found.broken, found.faults) == (4, 0, [])
    assert [(row.number, row.unit.code) for row in found.rows] == [(2, "S1"), (3, "S2"), (4, "S3"), (5, "S4")]
    assert found.rows[0].cells == {"cases": "10", "overdue": "1", "rate": "98.06", "kind": "融资"}
    taken = [row.said.values for row in found.clean_rows()]
    assert taken[0] == {"cases": "10", "overdue": "1", "rate": "98.06", "kind": "finance", "remark": None}
    assert taken[1]["rate"] is None
    assert snapshot() == before


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        (("单位S22", 1, 0, 5, None), ("A2", "单位", "没有单位“单位S22”", "是否想写“单位S2”？")),
        ((None, 1, 0, 5, None), ("A2", "单位", "单位不能为空", "请填写单位名称或编码")),
        (
            ("P1", 1, 0, 5, None),
            ("A2", "单位", "单位“单位P1”不在本表本期的填报范围", "请删去该行，或核对单位名称"),
        ),
        (("S1", 1, 0, 103, None), ("D2", "满意率", "百分率应在 0 至 100 之间", "现为 103，请核对原表")),
        (("S1", 1, 0, 98.065, None), ("D2", "满意率", "最多保留 2 位小数", "现为 98.065，请核对后改正")),
        (("S1", "约10", 0, 5, None), ("B2", "件数", "应为数字", "现为“约10”，请改填数字")),
        (("S1", 1, 0, "98%", None), ("D2", "满意率", "应为数字", "请只写数字 98，不带百分号、千分号或单位")),
        (("S1", 1.5, 0, 5, None), ("B2", "件数", "应为整数", "现为 1.5，请核对后改正")),
        (("S1", -1, -2, 5, None), ("B2", "件数", "不得小于 0", "现为 -1，请核对原表")),
        (("S1", None, 0, 5, None), ("B2", "件数", "此项必填", "请填写件数")),
        (("S1", 10**9, 0, 5, None), ("B2", "件数", "不得大于 999999999", "现为 1000000000，请核对原表")),
        (("S1", 1, 0, 5, "融资类"), ("E2", "类型", "应为：融资、紧急", "是否想填“融资”")),
        (("S1", 1, 2, 5, None), ("B2", "件数", "超期不得大于件数", "请核对原表，改正后重新上传")),
    ],
)
def test_each_fault_names_cell_rule_and_remedy(row, fault):
    world()
    opened()
    found = look([row, CLEAN[1]])
    assert fault in faults(found)
    assert (found.clean, found.broken) == (1, 1)
    assert [each.address for each in found.rows[0].faults] == [each[0] for each in faults(found)]


def test_a_second_row_for_the_same_unit_faults_both():
    world()
    opened()
    found = look([CLEAN[0], CLEAN[1], ("单位S1", 3, 0, 5, None)])
    assert [(fault.row, fault.rule) for fault in found.faults] == [
        (2, "同一单位同一期间出现 2 次（第 2、4 行）"),
        (4, "同一单位同一期间出现 2 次（第 2、4 行）"),
    ]
    assert found.clean == 1


def test_a_second_file_for_the_period_faults_what_is_filed():
    world()
    opened()
    take(CLEAN[:2])
    found = look(CLEAN)
    assert [(fault.row, fault.rule) for fault in found.faults] == [
        (2, "该单位本期已报（第 1 版）"),
        (3, "该单位本期已报（第 1 版）"),
    ]
    assert "更正" in found.faults[0].remedy
    assert found.clean == 2


def test_missing_columns_are_named_with_the_nearest():
    world()
    opened()
    found = look([("S1", 1, 0)], head=("单位", "件 数", "超期件数"))
    assert faults(found) == [
        ("C1", "超期", "缺少“超期”列", "请把“超期件数”改为“超期”"),
        ("D1", "满意率", "缺少“满意率”列", "请在表头补上“满意率”一列"),
        ("D1", "类型", "缺少“类型”列", "请在表头补上“类型”一列"),
    ]
    assert (list(found.rows), found.clean) == ([], 0)


def test_merged_head_cells_are_named():
    world()
    opened()
    found = look([], content=xlsx(CLEAN, merge="C1:D1"), name="表.xlsx")
    assert ("C1", "表头", "表头有合并单元格（C1:D1）", "请取消合并，每列一个表头") in faults(found)


def test_merged_and_formula_cells_below_the_head_are_named():
    world()
    opened()
    rows = [("S1", "=1+1", 0, 5, None), ("S2", 4, 0, 6, None), ("S3", 4, 0, None, None)]
    found = look([], content=xlsx(rows, merge="D3:D4"), name="表.xlsx")
    spoiled = [fault for fault in faults(found) if "公式" in fault[2] or "合并" in fault[2]]
    assert spoiled == [
        ("B2", "件数", "单元格是公式，结果可能未更新", "请复制后以“数值”粘贴再上传"),
        ("D3", "满意率", "合并了单元格（D3:D4）", "请取消合并，每格单独填写"),
        ("D4", "满意率", "合并了单元格（D3:D4）", "请取消合并，每格单独填写"),
    ]
    assert found.clean == 0


def test_columns_beside_the_template_are_noted_and_ignored_ones_are_not():
    world()
    opened()
    found = look([(*CLEAN[0], 1, "x")], head=(*HEAD, "排名", "得分"))
    assert found.notes == ["以下列不在导入模板中，未导入：得分。"]
    assert found.clean == 1


def test_periods_may_stand_in_a_column():
    world()
    opened()
    rows = [
        ("S1", "2020-12", 1, 0, 5, None),
        ("S1", "2020-11", 1, 0, 5, None),
        ("S2", "12月", 1, 0, 5, None),
        ("S3", None, 1, 0, 5, None),
    ]
    found = look(rows, head=("单位", "月份", *HEAD[1:]), template=DATED, period=None)
    assert [(fault.address, fault.rule) for fault in found.faults] == [
        ("B3", "期间“2020年11月”尚未开放填报"),
        ("B4", "期间“12月”写法不对。请写作 2023-01、2023-Q1、2023-H1、2023、2023-N1 或 2023-01..2023-04。"),
        ("B5", "期间不能为空"),
    ]
    assert found.clean == 1


def test_a_unit_out_of_sight_is_refused_row_by_row():
    units = world()
    opened()
    found = look(CLEAN, actor=desk_over(units["S1"]))
    assert [fault.rule for fault in found.faults] == ["该单位不在您的管辖范围"] * 3
    assert found.clean == 1


def test_what_another_role_lets_one_see_is_not_imported():
    units = world()
    opened()
    grants = frozenset({Grant("desk", units["S1"].pk), Grant("reviewer", None)})
    found = look(CLEAN, actor=Actor(account_id=7, post_code="x", unit_code="P1", roles=grants))
    assert [fault.rule for fault in found.faults] == ["该单位不在您的管辖范围"] * 3


def test_a_period_that_is_not_open_is_refused_as_a_whole():
    world()
    found = look(CLEAN)
    assert faults(found) == [("", "期间", "期间“2020年12月”尚未开放填报", NOT_OPENED)]
    assert found.clean == 0


def test_excused_and_locked_units_take_nothing():
    world()
    pack_install(2, form_body(window=WINDOW))
    from luoshi.core.actor import SYSTEM
    from luoshi.kernel.calendars.actions import calendar_install

    calendar_install(by=SYSTEM, code="cn", now=NOW)
    september = parse_period("2020-09")
    opened(september)
    Obligation.objects.filter(unit_code="S1").update(answer="excused", lock_at=None)
    found = look(CLEAN, period=september)
    assert [fault.rule for fault in found.faults] == ["该单位本期已免报", *["该期间已锁定"] * 3]


def test_who_may_not_import_sees_no_preview():
    world()
    opened()
    with pytest.raises(NotAllowed, match="导入填报数据"):
        look(CLEAN, actor=OFFICE)


def test_the_period_has_to_be_given_and_of_the_forms_kind():
    world()
    with pytest.raises(Invalid, match="请选择这份表所属的期间"):
        look(CLEAN, period=None)
    with pytest.raises(Invalid, match="不按“2020年”"):
        look(CLEAN, period=parse_period("2020"))
    with pytest.raises(NotFound):
        look(CLEAN, template="t.weekly")


def test_an_empty_table_says_so():
    world()
    opened()
    found = look([])
    assert (found.clean, found.notes) == (0, ["表头以下没有数据行。"])


def test_blank_lines_are_passed_over_and_numbers_kept():
    world()
    opened()
    found = look([CLEAN[0], (None, None, None, None, None), ("S9", 1, 0, 5, None)])
    assert [row.number for row in found.rows] == [2, 4]
    assert found.faults[0].address == "A4"


def test_many_faults_are_counted_but_not_all_kept(monkeypatch):
    world()
    opened()
    monkeypatch.setattr("luoshi.kernel.filings.judging.MOST_FAULTS", 2)
    found = look([(f"X{i}", 1, 0, 5, None) for i in range(5)])
    assert (len(found.faults), found.faults_more, found.broken) == (2, 3, 5)
