"""Units from a spreadsheet: every fault at its cell, nothing saved before it is taken."""

from __future__ import annotations

from datetime import date
from io import BytesIO

import openpyxl
import pytest

from luoshi.core.actor import SYSTEM, Actor
from luoshi.core.errors import Incomplete, NotAllowed, Stale
from luoshi.kernel.files.sheets import read_table
from luoshi.kernel.ledger.queries import events_of
from luoshi.kernel.org.actions import alias_add, unit_close, units_take
from luoshi.kernel.org.importing import units_preview
from luoshi.kernel.org.models import Unit
from luoshi.kernel.org.places import DEEPEST
from luoshi.kernel.org.queries import unit_aliases, unit_find, unit_tree
from tests.harness.times import NOW
from tests.kernel.org.helpers import DAY, closure_is_right, district, grow, snapshot

pytestmark = pytest.mark.django_db
ON = date(2020, 7, 1)
HEAD = ["单位编码", "单位名称", "简称", "类别", "上级编码", "别名"]
CLEAN = [
    ["N2", "二街道", "二街", "街道", "N", ""],
    ["N", "新区", "", "区", "D", ""],
    ["N1", "一街道", "", "street", "N", "一办、一街办；老一街"],
]


@pytest.fixture
def tree():
    return district()


def csv(rows, head=HEAD):
    return read_table("单位.csv", "\n".join(",".join(row) for row in [head, *rows]).encode())


def xlsx(rows, head=HEAD, spoil=lambda sheet: None):
    book = openpyxl.Workbook()
    sheet = book.active
    for row in [head, *rows]:
        sheet.append(row)
    spoil(sheet)
    out = BytesIO()
    book.save(out)
    book.close()
    return read_table("单位.xlsx", out.getvalue())


def preview(rows, **given):
    return units_preview(csv(rows, **given), on=ON)


def take(shown, **given):
    return units_take(by=SYSTEM, preview=shown, now=NOW, **given)


def told(shown):
    return [(fault.address, fault.rule) for fault in shown.faults]


def test_clean_table_is_taken_whole_in_the_order_of_its_rows(tree):
    shown = preview(CLEAN)
    assert (shown.new, shown.same, shown.broken, shown.faults) == (3, 0, 0, ())
    assert not Unit.objects.filter(code="N").exists(), "a preview saves nothing"
    units = take(shown)
    assert [unit.code for unit in units] == ["N2", "N", "N1"]
    assert [(n.code, n.depth) for n in unit_tree(ON)][-3:] == [("N", 1), ("N2", 2), ("N1", 2)]
    assert unit_aliases(unit_find("N1").pk) == ["一办", "一街办", "老一街"]
    assert closure_is_right(tree)
    event = events_of("unit", unit_find("N1").pk)[0]
    assert event.kind == "unit.created" and event.data["row"] == 4
    assert [kind for kind, _, _ in event.after].count("unit_alias") == 3


def test_xlsx_gives_the_same_as_csv(tree):
    assert units_preview(xlsx(CLEAN), on=ON).rows == preview(CLEAN).rows


def test_taking_the_same_table_again_finds_everything_there(tree):
    take(preview(CLEAN))
    again = preview(CLEAN)
    assert (again.new, again.same, again.faults) == (0, 3, ())
    with pytest.raises(Incomplete, match="没有可以导入的新单位"):
        take(again)


@pytest.mark.parametrize(
    ("row", "address", "rule", "remedy"),
    [
        (["", "某单位", "", "部门", "D", ""], "A2", "单位编码不能为空", "请填写编码"),
        (["某", "某单位", "", "部门", "D", ""], "A2", "编码由字母、数字和 . _ - 组成", "请改正编码"),
        (["X", "", "", "部门", "D", ""], "B2", "单位名称不能为空", "请填写单位全称"),
        (["X", "长" * 101, "", "部门", "D", ""], "B2", "名称不得超过100个字", "请改短"),
        (["X", "某单位", "长" * 41, "部门", "D", ""], "C2", "简称不得超过40个字", "请改短"),
        (["X", "某单位", "", "发开区", "D", ""], "D2", "没有类别“发开区”", "是否想写“开发区”？"),
        (["X", "某单位", "", "", "D", ""], "D2", "类别不能为空", "请填写下列之一：区、街道"),
        (["X", "某单位", "", "部门", "LATEE", ""], "E2", "没有编码为“LATEE”的单位", "是否想写“LATE”？"),
        (["X", "某单位", "", "部门", "X", ""], "E2", "上级编码是本单位自己", "请改为上级单位的编码"),
        (["X", "某单位", "", "部门", "D", "单位S1"], "F2", "“单位S1”已是单位 S1 的名称或别名", "请删去"),
        (["X", "某单位", "", "部门", "D", "长" * 101], "F2", "别名不得超过100个字", "请改短"),
        (["S1", "另一名称", "", "街道", "A", ""], "B2", "该编码已是“单位S1”", "更名请在单位页面办理"),
        (["S1", "单位S1", "一街", "街道", "A", ""], "C2", "该单位已建立，未设简称", "在单位页面办理"),
        (["S1", "单位S1", "", "部门", "A", ""], "D2", "该单位的类别已是“街道”", "请改为一致"),
        (["S1", "单位S1", "", "街道", "B", ""], "E2", "该单位的上级已是“A”", "调整隶属请在单位页面办理"),
        (["S1", "单位S1", "", "街道", "A", "一街"], "F2", "该单位已建立，没有别名“一街”", "在单位页面办理"),
        (["X", "某单位", "", "部门", "GONEE", ""], "E2", "没有编码为“GONEE”的单位", "请先在表中列出"),
        (["GONE", "旧单位", "", "部门", "D", ""], "A2", "已于2020-06-01撤销，编码不得重新启用", "新的编码"),
        (["X", "某单位", "", "部门", "GONE", ""], "E2", "已于2020-06-01撤销", "请另选上级单位"),
        (["X", "某单位", "", "部门", "LATE", ""], "E2", "2020-08-01才设立", "请把导入的起始日期改为该日"),
    ],
)
def test_each_fault_is_named_at_its_cell_with_rule_and_remedy(tree, row, address, rule, remedy):
    grow("GONE", "D")
    unit_close(by=SYSTEM, code="GONE", on=date(2020, 6, 1), now=NOW)
    grow("LATE", "D", on=date(2020, 8, 1))
    shown = preview([row])
    assert [fault.address for fault in shown.faults] == [address]
    assert rule in shown.faults[0].rule and remedy in shown.faults[0].remedy
    assert (shown.broken, shown.faults[0].row) == (1, 2)


def test_code_given_twice_names_the_first_row(tree):
    shown = preview([["X", "甲", "", "部门", "D", ""], ["X", "乙", "", "部门", "D", ""]])
    assert told(shown) == [("A3", "编码重复，第2行已用")]


def test_alias_given_to_two_units_is_refused_at_the_second(tree):
    shown = preview([["X", "甲", "", "部门", "D", "老局"], ["Y", "乙", "", "部门", "D", "老局"]])
    assert told(shown) == [("F3", "“老局”已是单位 X 的名称或别名")]


def test_circle_within_the_table_is_found_and_ends(tree):
    rows = [
        ["X", "甲", "", "部门", "Z", ""],
        ["Y", "乙", "", "部门", "X", ""],
        ["Z", "丙", "", "部门", "Y", ""],
    ]
    assert told(preview(rows)) == [(f"E{row}", "上级编码绕成一圈") for row in (2, 3, 4)]


def test_chain_that_is_too_deep_is_refused_from_where_it_is(tree):
    rows = [[f"C{n}", f"第{n}", "", "部门", f"C{n - 1}" if n else "D", ""] for n in range(2000)]
    shown = preview(rows)
    assert (shown.new, shown.broken) == (DEEPEST - 1, 2000 - DEEPEST + 1)
    assert shown.faults[0].rule == f"机构树最多{DEEPEST}级，本单位将在第{DEEPEST + 1}级"
    take(shown, only_clean=True)
    assert closure_is_right(tree)


def test_row_below_a_broken_row_is_not_taken(tree):
    rows = [
        ["X", "甲", "", "怪", "D", ""],
        ["Y", "乙", "", "部门", "X", ""],
        ["Z", "丙", "", "部门", "Y", ""],
        ["W", "丁", "", "部门", "D", ""],
    ]
    shown = preview(rows)
    assert told(shown)[1:] == [
        ("E3", "上级单位“X”所在的第2行有错误"),
        ("E4", "上级单位“Y”所在的第3行有错误"),
    ]
    before = snapshot()
    with pytest.raises(Incomplete, match="还有3处错误，未导入"):
        take(shown)
    assert snapshot() == before
    assert [unit.code for unit in take(shown, only_clean=True)] == ["W"]


def test_row_without_code_does_not_spoil_units_at_the_top(tree):
    shown = preview([["", "甲", "", "部门", "", ""], ["T", "另一棵", "", "区", "", ""]])
    assert told(shown) == [("A2", "单位编码不能为空")] and shown.rows[1].state == "new"


def test_missing_and_misspelt_columns_are_named(tree):
    shown = preview([["X", "甲", "部门"]], head=["单位编码", "单位名城", "类别"])
    assert [(f.address, f.rule, f.remedy) for f in shown.faults] == [
        ("B1", "缺少“单位名称”列", "请把“单位名城”改为“单位名称”"),
        ("D1", "缺少“上级编码”列", "请补上“上级编码”一列"),
    ]
    assert shown.rows == () and shown.notes == ("未使用的列：单位名城。",)
    with pytest.raises(Incomplete, match="还有2处错误"):
        take(shown)
    with pytest.raises(Incomplete, match="没有可以导入的新单位"):
        take(shown, only_clean=True)


def test_column_given_twice_is_refused(tree):
    shown = preview(
        [["X", "甲", "部门", "D", "Y"]], head=["单位编码", "单位名称", "类别", "上级编码", "单位编码"]
    )
    assert told(shown) == [("E1", "同一列出现两次")]


def test_further_columns_are_left_out_with_a_note(tree):
    shown = preview(
        [["X", "甲", "部门", "D", "123"]], head=["单位编码", "单位名称", "类别", "上级编码", "电话"]
    )
    assert (shown.new, shown.notes) == (1, ("未使用的列：电话。",))


def test_merged_head_is_refused(tree):
    shown = units_preview(xlsx(CLEAN, spoil=lambda sheet: sheet.merge_cells("B1:C1")), on=ON)
    assert "表头有合并单元格（B1:C1）" in [fault.rule for fault in shown.faults] and shown.rows == ()


def test_formulas_dates_decimals_and_merged_cells_are_refused_at_their_cells(tree):
    def spoil(sheet):
        sheet["B2"] = '="二"&"街道"'
        sheet["A3"] = date(2020, 1, 1)
        sheet["A4"] = 1.5
        sheet.merge_cells("C3:C4")

    shown = units_preview(xlsx(CLEAN, spoil=spoil), on=ON)
    rules = dict(told(shown))
    assert rules["B2"] in ("单元格是公式", "单位名称不能为空")
    assert "单元格是公式" in [rule for address, rule in told(shown) if address == "B2"]
    assert [rules[address] for address in ("A3", "A4", "C3", "C4")] == [
        "应为文本，不是日期", "应为文本，不是小数", "合并了单元格", "合并了单元格"
    ]  # fmt: skip


def test_numeric_codes_are_read_as_text(tree):
    shown = units_preview(xlsx([[101, "数字编码", None, "部门", "D", None]]), on=ON)
    assert (shown.rows[0].code, shown.new) == ("101", 1)


def test_table_that_no_longer_fits_the_tables_is_refused(tree):
    shown = preview(CLEAN)
    alias_add(by=SYSTEM, unit_code="S1", text="一办", now=NOW)
    before = snapshot()
    with pytest.raises(Stale, match="请重新预览"):
        take(shown)
    assert snapshot() == before


def test_only_the_system_administrator_takes_a_table(tree):
    with pytest.raises(NotAllowed):
        units_take(by=Actor(account_id=1), preview=preview(CLEAN), now=NOW)


@pytest.mark.parametrize("rows", [3, 200])
def test_number_of_queries_of_preview_and_taking_does_not_grow(tree, rows, django_assert_max_num_queries):
    table = csv([[f"Q{n}", f"单位 {n}", "", "部门", "D", f"别名{n}"] for n in range(rows)])
    with django_assert_max_num_queries(5):
        shown = units_preview(table, on=ON)
    assert shown.new == rows and shown.on >= DAY
    with django_assert_max_num_queries(34):
        take(shown)
