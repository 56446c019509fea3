from __future__ import annotations

import io
import os
from datetime import date, datetime, time
from decimal import Decimal

import openpyxl
import pytest

from luoshi.core.errors import Invalid
from luoshi.kernel.files import children, sheets
from luoshi.kernel.files.preflight import check_upload
from luoshi.kernel.files.sheets import open_table, read_table
from tests.kernel.files import hostile
from tests.kernel.files.hostile import number_cell, row, sheet_xml, text_cell, workbook

MORNING = datetime(2021, 1, 5, 8, 30)  # noqa: DTZ001 - cells of a spreadsheet know no zone


def saved(fill) -> bytes:
    book = openpyxl.Workbook()
    fill(book.active)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_numbers_texts_dates_and_gaps_arrive_as_themselves():
    def fill(page):
        page.append(["单位", "件数", "得分", "日期", "时间", "真假", "备注"])
        page.append([" 王家街道　", 12, 84.7, date(2021, 1, 5), MORNING, True, None])
        page.append(["０１２", -3, 0.1 + 0.2, None, time(8, 30), False, "'=1"])

    table = read_table("a.xlsx", saved(fill))
    assert table.columns == ["单位", "件数", "得分", "日期", "时间", "真假", "备注"]
    assert table.rows == [
        ["王家街道", 12, Decimal("84.7"), date(2021, 1, 5), "2021-01-05 08:30:00", "TRUE", None],
        ["０１２", -3, Decimal("0.3"), None, "08:30:00", "FALSE", "'=1"],
    ]
    assert [type(value) for value in table.rows[0][1:3]] == [int, Decimal]
    assert (table.sheet, table.header_row, table.first_data_row) == ("Sheet", 1, 2)


def test_noise_behind_the_fifteenth_digit_is_dropped():
    rows = row(1, text_cell("A1", "得分")) + "".join(
        row(n, number_cell(f"A{n}", text))
        for n, text in enumerate(
            ("12.340000000000001", "84.739999999999995", "0.30000000000000004", "1E-3"), 2
        )
    )
    values = [str(line[0]) for line in read_table("a.xlsx", workbook(sheet_xml(rows))).rows]
    assert values == ["12.34", "84.74", "0.3", "0.001"]


def test_head_is_found_under_title_and_note_and_rows_keep_their_numbers():
    def fill(page):
        page["B2"] = "2021年1月办理情况"
        page.merge_cells("B2:D2")
        page["D3"] = "单位：件"
        for column, title in zip("BCD", ("单位", "受理\n数量", "办结"), strict=True):
            page[f"{column}4"] = title
        page["B5"], page["C5"], page["D5"] = "王家", 3, 2
        page["B7"], page["C7"] = "兴隆", 4

    table = read_table("a.xlsx", saved(fill))
    assert (table.header_row, table.first_data_row) == (4, 5)
    assert table.columns == ["", "单位", "受理数量", "办结"]
    assert table.merged == ["B2:D2"]
    assert list(table.numbered_rows()) == [(5, [None, "王家", 3, 2]), (7, [None, "兴隆", 4, None])]
    assert len(table.rows) == 3


def test_merged_head_cells_are_told():
    def fill(page):
        page.append(["单位", "受理", None, "办结"])
        page.append(["王家", 1, 2, 3])
        page.merge_cells("B1:C1")

    table = read_table("a.xlsx", saved(fill))
    assert table.merged == ["B1:C1"]
    assert table.columns == ["单位", "受理", "", "办结"]


def test_formula_and_error_cells_are_told():
    rows = (
        row(1, text_cell("A1", "单位"), text_cell("B1", "办结"))
        + row(2, text_cell("A2", "甲"), '<c r="B2"><f>1+1</f><v>2</v></c>')
        + row(3, text_cell("A3", "乙"), '<c r="B3" t="e"><v>#N/A</v></c>')
        + row(4, text_cell("A4", "丙"), '<c r="B4" s="1" t="e"><f t="shared" si="0"/><v>#DIV/0!</v></c>')
    )
    table = read_table("a.xlsx", workbook(sheet_xml(rows)))
    assert table.formulas == ["B2", "B4"]
    assert table.errors == ["B3", "B4"]
    assert [line[1] for line in table.rows] == [2, None, None]


def test_the_first_visible_sheet_with_content_is_read():
    content = workbook(
        **{
            "旧|hidden": sheet_xml(row(1, text_cell("A1", "旧表"))),
            "说明": sheet_xml(""),
            "数据": sheet_xml(hostile.PLAIN_ROWS),
            "附件": sheet_xml(row(1, text_cell("A1", "附"))),
        }
    )
    table = read_table("a.xlsx", content)
    assert (table.sheet, table.other_sheets) == ("数据", ["说明", "附件"])


def test_cell_at_the_far_corner_ends_the_child_not_us():
    far = row(1, text_cell("A1", "单位")) + row(1048576, number_cell("XFD1048576", "1"))
    content = workbook(sheet_xml(far))
    check_upload("远.xlsx", content, max_bytes=2**20)
    with pytest.raises(Invalid, match="文件“远.xlsx”无法读取：.*数据区过大.*另存为 .xlsx"):
        read_table("远.xlsx", content)


def test_memory_of_the_child_is_limited(monkeypatch):
    monkeypatch.setattr(children, "CHILD_MEMORY_BYTES", 40 * 1024 * 1024)
    rows = "".join(
        row(n, *(text_cell(f"{c}{n}", f"{c}{n}" * 50) for c in "ABCDEF")) for n in range(1, 20_000)
    )
    with pytest.raises(Invalid, match="无法读取"):
        read_table("a.xlsx", workbook(sheet_xml(rows)))


def test_a_child_that_hangs_is_stopped(monkeypatch, tmp_path):
    hang = tmp_path / "hang.py"
    hang.write_text("import time; time.sleep(600)")
    monkeypatch.setattr(sheets, "CHILD", hang)
    monkeypatch.setattr(children, "CHILD_WALL_SECONDS", 0.5)
    with pytest.raises(Invalid, match="无法读取"):
        read_table("a.xlsx", workbook())


def test_no_child_is_left_when_the_reader_stops_early():
    rows = "".join(row(n, number_cell(f"A{n}", str(n)), number_cell(f"B{n}", "1")) for n in range(1, 50_000))
    with open_table("a.xlsx", workbook(sheet_xml(rows))) as table:
        assert next(table.iter_rows())[0] == 2
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)


@pytest.mark.parametrize("content", [b"PK\x03\x04broken", hostile.zipped({"xl/workbook.xml": b"<a"})])
def test_broken_workbooks_are_refused(content):
    with pytest.raises(Invalid, match="已损坏"):
        read_table("a.xlsx", content)


def test_workbook_without_content_is_refused():
    with pytest.raises(Invalid, match="文件“a.xlsx”没有内容"):
        read_table("a.xlsx", workbook(sheet_xml("")))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_csv_in_the_usual_encodings(encoding):
    table = read_table("a.csv", "单位,件数,得分\r\n王喆,12,12.30\r\n\r\n兴隆,007,\r\n".encode(encoding))
    assert table.columns == ["单位", "件数", "得分"]
    assert list(table.numbered_rows()) == [(2, ["王喆", 12, Decimal("12.30")]), (4, ["兴隆", "007", None])]
    assert str(table.rows[0][2]) == "12.30"


def test_csv_with_tabs():
    assert read_table("a.csv", "单位\t件数\n甲\t1\n".encode()).rows == [["甲", 1]]


def test_csv_faults_name_the_line():
    with pytest.raises(Invalid, match="文件“a.csv”第3行的引号不成对"):
        read_table("a.csv", '单位,件数\n甲,1\n"乙"x,2\n'.encode())
    with pytest.raises(Invalid, match="编码无法识别"):
        read_table("a.csv", b"\xff\xff\xff,\x81")
    with pytest.raises(Invalid, match="没有内容"):
        read_table("a.csv", b"\r\n,,\r\n")


def test_what_we_export_comes_back_the_same():
    from luoshi.kernel.documents.xlsx import Column, Sheet, write_csv, write_xlsx

    rows = [["=1+1", 3, Decimal("84.70")], ["-负责人", None, Decimal("0.05")]]
    sheet = Sheet("得分", (Column("单位"), Column("件数", kind="int"), Column("得分", kind="decimal")), rows)
    for name, content in (("a.csv", write_csv(sheet)), ("a.xlsx", write_xlsx([sheet]))):
        check_upload(name, content, max_bytes=2**20)
        assert read_table(name, content).rows == rows
