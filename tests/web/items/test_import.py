"""Items from a table on the page: looked at cell by cell, then taken."""

from __future__ import annotations

import io

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from luoshi.kernel.items.models import Item
from tests.web.conftest import soup, text_of
from tests.web.items.makers import CASE, DETAIL, item_taken_in

PAGE = f"/items/{CASE}/import/"
HEAD = "原编号,事由,类型,来源,企业名称,问题内容,主办单位"
GOOD = f"A-1,用地困难,用地用房,走访,青禾食品厂,{DETAIL},PJ01"
BAD = f"A-2,用工困难,招工,走访,青禾食品厂,{DETAIL},无此单位"


@pytest.fixture
def desk(district, browse):
    item_taken_in(district)
    return browse("tongji")


def sent(client, *lines: str, move: str = "send"):
    table = SimpleUploadedFile("问题.csv", "\n".join([HEAD, *lines]).encode())
    return client.post(PAGE, {"move": move, "table": table})


def form_of(page, take: str) -> dict[str, str]:
    fields = {field["name"]: field["value"] for field in soup(page).select("#main form input[name]")}
    return {**fields, "take": take}


def test_faults_are_shown_and_downloaded_and_the_clean_rows_are_taken(desk):
    page = sent(desk, GOOD, BAD)
    rows = [[cell.get_text() for cell in row.select("td")] for row in soup(page).select("#faults tbody tr")]
    assert [row[0] for row in rows] == ["C3", "G3"] and all(row[4] and row[5] for row in rows)
    assert "可导入 1 行" in text_of(page) and Item.objects.count() == 1
    form = form_of(page, "clean")
    sheet = openpyxl.load_workbook(io.BytesIO(desk.post(f"{PAGE}faults/", form).content)).active
    assert "G3" in [cell.value for cell in sheet["A"]]
    assert desk.post(PAGE, {**form, "take": "all"}).status_code == 409 and Item.objects.count() == 1
    done = desk.post(PAGE, form, follow=True)
    assert "已导入 1 件" in text_of(done) and "有误未导入 1 行" in text_of(done)
    assert Item.objects.get(origin="A-1").state == "sent"
    again = sent(desk, GOOD)
    assert "已登记 1 行" in text_of(again) and not soup(again).select("button[name=take]")


def test_the_template_is_a_table_that_can_be_imported(desk):
    for move in ("", "send"):
        content = desk.get(f"{PAGE}template/", {"move": move}).content
        sheet = openpyxl.load_workbook(io.BytesIO(content)).active
        heads = [[cell.value for cell in line] for line in sheet.iter_rows() if line[0].value == "原编号"]
        assert len(heads) == 1 and ("主办单位" in heads[0]) == (move == "send")


def test_a_forged_table_and_one_meant_for_somebody_else_are_refused(desk, browse):
    form = form_of(sent(desk, GOOD), "all")
    assert desk.post(PAGE, {**form, "token": form["token"] + "x"}).status_code == 409
    assert browse("dawa").post(PAGE, form).status_code == 403 and Item.objects.count() == 1


def test_the_list_leads_to_the_import_for_whoever_takes_in(desk, browse):
    assert PAGE in [each.get("href") for each in soup(desk.get(f"/items/{CASE}/")).select("a")]
    assert PAGE not in [each.get("href") for each in soup(browse("dawa").get(f"/items/{CASE}/")).select("a")]
