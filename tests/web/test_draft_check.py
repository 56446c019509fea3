"""数字校对 on the page: the list with place and both values, its export, and that nothing is kept."""

from __future__ import annotations

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import load_workbook

from luoshi.kernel.files.models import StoredFile
from luoshi.kernel.ledger.queries import events_page
from tests.core.figlint.corpus import DRAFTS, planted
from tests.web.conftest import soup, text_of


@pytest.fixture
def desk(browse):
    return browse("tongji")


def sent(client, text: str, name: str = "一月情况.txt"):
    return client.post("/drafts/", {"draft": SimpleUploadedFile(name, text.encode())})


def test_contradictions_are_listed_with_place_and_both_values_and_nothing_is_kept(desk):
    files, newest = StoredFile.objects.count(), events_page(limit=1)[0].id
    page = sent(desk, planted("01"))
    rows = [[cell.get_text() for cell in row.select("td")] for row in soup(page).select("#findings tbody tr")]
    assert [row[:4] for row in rows] == [
        ["第 2 段第 2 句", "占比", "占 22.0%", "20.0%"],
        ["第 3 段第 1 句", "其中", "未办结 73件", "63件"],
    ]
    assert "252件÷1260件＝20.0%" in rows[0][4] and "矛盾 2 处" in text_of(page)
    assert (StoredFile.objects.count(), events_page(limit=1)[0].id) == (files, newest)


def test_agreeing_draft_says_so_without_promising_more(desk):
    page = sent(desk, DRAFTS["01"])
    assert "未发现矛盾" in text_of(page) and "未列出的数字不等于无误" in text_of(page)
    assert not soup(page).select("#findings tbody tr")


def test_list_is_taken_along_as_a_spreadsheet(desk):
    page = sent(desk, planted("01"))
    [field] = soup(page).select("form[action='/drafts/export/'] input[name=list]")
    answer = desk.post("/drafts/export/", {"list": field["value"]})
    sheet = load_workbook(io.BytesIO(answer.content)).active
    cells = [cell for row in sheet.iter_rows(values_only=True) for cell in row if cell]
    assert {"第 2 段第 2 句", "占 22.0%", "20.0%"} <= set(map(str, cells))


def test_forged_list_is_refused(desk):
    page = sent(desk, planted("01"))
    [field] = soup(page).select("form[action='/drafts/export/'] input[name=list]")
    answer = desk.post("/drafts/export/", {"list": field["value"] + "x"})
    assert answer.status_code == 409 and "请重新校对后导出" in text_of(answer)


@pytest.mark.parametrize(
    ("name", "text", "why"),
    [("稿.doc", "x", "另存为 .docx"), ("稿.docx", "x", "内容却不是 Word 文档"), ("稿.txt", "", "文件是空的")],
)
def test_unfit_file_is_refused_beside_the_field(desk, name, text, why):
    page = sent(desk, text, name)
    assert page.status_code == 200 and why in text_of(page)


def test_markup_in_a_draft_stays_text(desk):
    page = sent(desk, "<script>alert(1)</script>共200件，其中<b>电话</b>150件，占80%。")
    assert "<script>alert(1)" not in page.content.decode() and "75%" in text_of(page)
