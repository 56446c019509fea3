"""Units from a table on the page: looked at cell by cell, then taken."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from luoshi.kernel.ledger.queries import events_page
from luoshi.kernel.org.queries import unit_tree
from tests.web.conftest import soup, text_of

HEAD = "单位编码,单位名称,简称,类别,上级编码,别名"
GOOD = "JD01,示例街道办事处,示例街道,街道,SQ,示例街"
BAD = ["JD03,另一街道,,村庄,SQ,", "JD04,第三街道,,街道,NOPE,"]


@pytest.fixture
def admin(browse):
    return browse("guanli")


def sent(client, *lines: str, on: str = "2023-06-01"):
    """Upload a table of units."""
    table = SimpleUploadedFile("单位.csv", "\n".join([HEAD, *lines]).encode())
    return client.post("/org/import/", {"on": on, "table": table})


def form_of(page, take: str) -> dict[str, str]:
    """Return what the button of the preview sends."""
    fields = {field["name"]: field["value"] for field in soup(page).select("#main form input[name]")}
    return {**fields, "take": take}


def test_faults_name_cell_rule_and_remedy_and_nothing_is_saved(admin, district):
    newest = events_page(limit=1)[0].id
    page = sent(admin, GOOD, *BAD)
    rows = [[cell.get_text() for cell in row.select("td")] for row in soup(page).select("#faults tbody tr")]
    assert {row[0] for row in rows} >= {"D3", "E4"} and all(row[4] and row[5] for row in rows)
    assert "可导入 1 行" in text_of(page) and events_page(limit=1)[0].id == newest


def test_clean_rows_are_taken_when_asked(admin, district):
    page = sent(admin, GOOD, *BAD)
    done = admin.post("/org/import/", form_of(page, "clean"))
    assert done.status_code == 302 and "已导入单位 1 个" in text_of(admin.get(done["Location"]))
    assert "JD01" in {node.code for node in unit_tree(district.now.date())}


def test_faulty_table_is_not_taken_whole(admin, district):
    page = sent(admin, GOOD, *BAD)
    assert admin.post("/org/import/", form_of(page, "all")).status_code == 409
    assert "JD01" not in {node.code for node in unit_tree(district.now.date())}


def test_table_of_somebody_else_or_a_forged_one_is_refused(admin, browse):
    form = form_of(sent(admin, GOOD), "all")
    assert admin.post("/org/import/", {**form, "token": form["token"] + "x"}).status_code == 409
    assert browse("ducha").post("/org/import/", form).status_code == 403


def test_tree_of_a_day_shows_the_units_of_that_day(admin):
    assert "SQDC" not in text_of(admin.get("/org/?on=2015-01-01"))
    assert "还没有单位" in text_of(admin.get("/org/?on=2009-12-31"))
    found = soup(admin.get("/org/?q=PJ03")).select("#unit-rows tbody tr")
    assert [row.select("td")[1].get_text() for row in found] == ["SAMPLE", "PJ", "PJ03"]
