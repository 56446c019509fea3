"""A table on the page: every fault with row, column, rule and remedy; nothing saved before it is taken."""

from __future__ import annotations

import io

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from luoshi.core.periods import parse_period
from luoshi.kernel.filings.actions import obligations_open
from luoshi.kernel.filings.queries import drafts_of, forms_visible
from luoshi.kernel.ledger.queries import events_page
from luoshi.web.shell import forms as shell_forms
from tests.web.conftest import HTMX, PANJIN, obligation_of, soup, text_of

NEXT = "2023-09..2023-10"
HEAD = "单位,转办件数,办结率,满意率,按时反馈率,有效回访率,知识库更新数"
CLEAN = "大洼区,100,98.5,99,100,100,5"
FAULTY = ["盘山县,200,103,98,100,100,6", "没有这个区,1,1,1,1,1,1", "兴隆台区,许多,90,90,90,90,7"]
IMPORT = f"/filings/{PANJIN}/import/"


@pytest.fixture
def opened(district, browse):
    """The form opened for a period in which nothing is filed yet; returns the desk's client."""
    office = district.actor("ducha")
    obligations_open(actor=office, form_ref=PANJIN, period=parse_period(NEXT), now=district.now)
    return browse("tongji")


def sent(client, *lines: str, name: str = "四率.csv", period: str = NEXT):
    """Upload a table."""
    content = "\n".join([HEAD, *lines]).encode()
    table = SimpleUploadedFile(name, content)
    return client.post(IMPORT, {"template": PANJIN, "period": period, "table": table})


def answered(district) -> int:
    """How many obligations of the form are answered."""
    return next(card.answered for card in forms_visible(district.actor("ducha")) if card.form.ref == PANJIN)


def test_preview_names_row_column_rule_and_remedy_and_saves_nothing(opened, district):
    before, events = answered(district), events_page(limit=1)[0].id
    page = opened.get(sent(opened, CLEAN, *FAULTY)["Location"])
    rows = [[cell.get_text() for cell in row.select("td")] for row in soup(page).select("#faults tbody tr")]
    assert [row[:4] for row in rows] == [
        ["C3", "3", "办结率", "103"],
        ["A4", "4", "单位", "没有这个区"],
        ["B5", "5", "转办件数", "许多"],
    ]
    assert all(row[4] and row[5] for row in rows)
    assert "无误 1 行，有误 3 行" in text_of(page)
    assert (answered(district), events_page(limit=1)[0].id) == (before, events)


def test_clean_rows_are_taken_only_when_asked_and_once(opened, district):
    before = answered(district)
    preview = sent(opened, CLEAN, *FAULTY)["Location"]
    assert opened.post(f"{preview}take/", {"key": "k-1", "take": "all"}).status_code == 409
    assert answered(district) == before
    for _ in range(2):
        taken = opened.post(f"{preview}take/", {"key": "k-2", "take": "clean"})
        assert taken.status_code == 302
    assert answered(district) == before + 1
    assert "已导入 1 行，未导入 3 行" in text_of(opened.get(taken["Location"]))


def test_second_file_for_the_same_period_is_told_so(opened, district):
    preview = sent(opened, CLEAN)["Location"]
    opened.post(f"{preview}take/", {"key": "k-3", "take": "all"})
    page = opened.get(sent(opened, CLEAN)["Location"])
    assert "已报（第 1 版）" in text_of(page) and "更正" in text_of(page)


def test_missing_column_and_merged_head_refuse_the_whole_table(opened):
    book = openpyxl.Workbook()
    book.active.append(["单位", "转办件数", "", "满意率"])
    book.active.append(["大洼区", 1, 2, 3])
    book.active.merge_cells("B1:C1")
    content = io.BytesIO()
    book.save(content)
    table = SimpleUploadedFile("四率.xlsx", content.getvalue())
    preview = opened.post(IMPORT, {"template": PANJIN, "period": NEXT, "table": table})["Location"]
    page = text_of(opened.get(preview))
    assert "表头有合并单元格" in page and "缺少“办结率”列" in page and "这张表不能导入" in page
    assert opened.post(f"{preview}take/", {"key": "k-4", "take": "clean"}).status_code == 409


def test_period_not_opened_is_said_with_the_remedy(opened):
    page = text_of(opened.get(sent(opened, CLEAN, period="2024-01..2024-02")["Location"]))
    assert "尚未开放填报" in page and "开放该期间" in page


@pytest.mark.parametrize(
    ("name", "period", "says"),
    [
        ("四率.exe", NEXT, "四率.exe"),
        ("四率.csv", "", "请选择"),
        ("四率.csv", "2023-13", "月份应为 01 至 12"),
    ],
)
def test_unreadable_upload_comes_back_with_the_form(opened, name, period, says):
    response = sent(opened, CLEAN, name=name, period=period)
    if response.status_code == 302:
        response = opened.get(response["Location"])
    assert response.status_code in {200, 409} and says in text_of(response)


def test_nothing_chosen_is_said_beside_the_field(opened):
    page = soup(opened.post(IMPORT, {"template": PANJIN, "period": NEXT}))
    assert page.find(id="id_table-error").get_text() == "请选择要导入的表格文件。"


def test_upload_too_large_is_refused_before_it_is_read(opened, monkeypatch):
    monkeypatch.setattr(shell_forms, "LARGEST_UPLOAD", 10)
    page = soup(sent(opened, CLEAN))
    assert "请分成几个文件导入" in page.find(id="id_table-error").get_text()


def test_dropped_upload_is_gone(opened, district):
    preview = sent(opened, CLEAN)["Location"]
    assert opened.post(f"{preview}cancel/").status_code == 302
    assert opened.get(preview).status_code == 404 and not drafts_of(district.actor("tongji"))


def test_waiting_upload_is_a_to_do(opened):
    sent(opened, CLEAN, name="等确认.csv")
    assert "导入未确认：等确认.csv" in text_of(opened.get("/"))


def test_list_of_faults_can_be_downloaded(opened):
    preview = sent(opened, *FAULTY)["Location"]
    sheet = openpyxl.load_workbook(io.BytesIO(opened.get(f"{preview}faults/").content)).active
    texts = [cell for row in sheet.iter_rows(values_only=True) for cell in row]
    assert "C2" in texts and "怎么改" in texts


def test_template_has_the_head_that_the_import_wants(opened):
    sheet = openpyxl.load_workbook(io.BytesIO(opened.get(f"/filings/templates/{PANJIN}/").content)).active
    heads = {cell for row in sheet.iter_rows(values_only=True) for cell in row if cell}
    assert set(HEAD.split(",")) <= heads


def test_correction_makes_a_new_version_with_its_reason(opened, district):
    found = obligation_of(district, "PJ01")
    address = f"/filings/obligations/{found}/correct/"
    given = {
        name: field["value"]
        for field in soup(opened.get(address)).select("form.panel input[name]")
        for name in [field["name"]]
        if name not in {"csrfmiddlewaretoken", "key"}
    }
    assert given["done_rate"] == "98.06"
    refused = opened.post(address, {**given, "done_rate": "103", "reason": "核对原表", "key": "c-1"})
    assert "百分率应在 0 至 100 之间" in soup(refused).find(id="id_done_rate-error").get_text()
    assert "请说明更正理由" in text_of(opened.post(address, {**given, "done_rate": "98.07", "key": "c-2"}))
    done = opened.post(address, {**given, "done_rate": "98.07", "reason": "核对原表", "key": "c-3"})
    assert done.status_code == 302
    page = text_of(opened.get(done["Location"]))
    assert "第 2 版" in page and "更正理由：核对原表" in page and "98.07" in page and "98.06" in page


def test_opening_a_period_twice_opens_nothing_twice(district, browse):
    client = browse("ducha")
    for expected in ("新增应报 6 份", "新增应报 0 份"):
        done = client.post(f"/filings/{PANJIN}/open/", {"period": NEXT})
        assert done.status_code == 302 and expected in text_of(client.get(done["Location"]))


def test_opening_a_period_of_another_kind_says_why(browse):
    page = browse("ducha").post(f"/filings/{PANJIN}/open/", {"period": "2023-Q1"})
    assert page.status_code == 200 and "这种期间" in text_of(page)


def test_under_htmx_a_refusal_is_a_notice(opened):
    preview = sent(opened, *FAULTY)["Location"]
    part = opened.post(f"{preview}take/", {"key": "k-9", "take": "all"}, headers=HTMX)
    assert part.status_code == 409 and soup(part).find(class_="notice") and not soup(part).find("html")
