from __future__ import annotations

import io
from datetime import UTC, date, datetime
from decimal import Decimal

import openpyxl
import pytest

from luoshi.kernel.documents.xlsx import Column, Sheet, guarded, write_csv, write_xlsx

COLUMNS = (
    Column("单位", 20),
    Column("件数", 8, "int"),
    Column("得分", 8, "decimal", 2),
    Column("办结率", 8, "percent", 2),
    Column("日期", 12, "date"),
)
ROW = ("=HYPERLINK(1)", 12, Decimal("84.70"), Decimal("97.65"), date(2021, 1, 5))
ATTACKS = ["=1+1", "+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", "＝1", "＋1", "－1", "＠A", " =1"]


def read(sheet: Sheet):
    return openpyxl.load_workbook(io.BytesIO(write_xlsx([sheet]))).worksheets[0]


def test_values_keep_their_kind_and_texts_stay_texts():
    page = read(Sheet("得分", COLUMNS, [ROW]))
    cells = list(page.iter_rows(min_row=2))[0]
    assert [cell.value for cell in cells[1:4]] == [12, 84.7, 97.65]
    assert cells[4].value.date() == date(2021, 1, 5)
    assert (cells[0].value, cells[0].data_type) == ("=HYPERLINK(1)", "s")
    assert [cell.number_format for cell in cells] == ["@", "0", "0.00", '0.00"%"', "yyyy-mm-dd"]


@pytest.mark.parametrize("text", ATTACKS)
def test_no_text_ever_becomes_a_formula(text):
    page = read(Sheet(text, (Column(text),), [(text,)], note=text))
    assert {cell.data_type for row in page.iter_rows() for cell in row} == {"s"}


def test_words_among_numbers_are_written_as_words():
    page = read(Sheet("得分", COLUMNS, [("甲", None, "—", Decimal("NaN"), "不详")]))
    assert [cell.value for cell in page[2]] == ["甲", None, "—", "NaN", "不详"]


def test_digits_a_spreadsheet_would_lose_are_written_as_text():
    page = read(Sheet("编号", (Column("编号", kind="int"),), [(211121198001011234,)]))
    assert page["A2"].value == "211121198001011234"


def test_head_is_frozen_filtered_and_repeated_in_print():
    page = read(Sheet("得分", COLUMNS, [ROW] * 3, note="数据截至2021年1月"))
    assert page.freeze_panes == "A3"
    assert page.auto_filter.ref == "A2:E5"
    assert page.print_title_rows == "$2:$2"
    assert page["A1"].value == "数据截至2021年1月"


def test_sheet_names_are_made_fit_and_unique():
    titles = ["得分[1]/全区:汇总", "得分[1]/全区:汇总", "x" * 40, ""]
    book = openpyxl.load_workbook(io.BytesIO(write_xlsx([Sheet(t, (Column("甲"),), []) for t in titles])))
    assert book.sheetnames == ["得分1全区汇总", "得分1全区汇总_2", "x" * 31, "表"]


def test_the_same_rows_give_the_same_bytes():
    made = [
        write_xlsx([Sheet("得分", COLUMNS, [ROW])], created=datetime(2021, 1, 5, tzinfo=UTC)) for _ in "ab"
    ]
    assert made[0] == made[1]


def test_row_of_the_wrong_length_is_a_fault():
    with pytest.raises(ValueError, match="row 2 has 1 values for 5 columns"):
        write_xlsx([Sheet("得分", COLUMNS, [("甲",)])])


def test_overlong_text_is_cut_and_says_so():
    page = read(Sheet("长", (Column("甲"),), [("字" * 40_000,)]))
    assert len(page["A2"].value) == 32_767 and page["A2"].value.endswith("已截断）")


def test_csv_has_the_mark_and_guards_texts_only():
    content = write_csv(
        Sheet("得分", (Column("甲"), Column("乙", kind="int")), [("=1+1", -5), ('a,\n"b', None)])
    )
    assert content == '\ufeff甲,乙\r\n\'=1+1,-5\r\n"a,\n""b",\r\n'.encode()


@pytest.mark.parametrize("text", ATTACKS)
def test_csv_cells_never_begin_a_formula(text):
    assert guarded(text).startswith("'")
