"""The page of one sheet for many units: download, upload, preview by row, take, mend what was left out."""

from __future__ import annotations

import io

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from luoshi.kernel.access.models import Account
from luoshi.kernel.filings.actions import filing_accept, filing_sign
from luoshi.kernel.filings.models import Filing, ImportDraft
from tests.kernel.filings.loop import IN_TIME, loop_world, opened, owed, player, submit
from tests.kernel.filings.sheets import cells, filled, put
from tests.web.conftest import soup, text_of

pytestmark = pytest.mark.django_db

PAGE = "/filings/loop.monthly/sheet/"
ROW = {"件数": 10, "超期": 1}


@pytest.fixture
def cast(db):
    found = loop_world()
    player("desk", "D", ("desk", None))
    opened()
    Account.objects.update(must_change_password=False)
    return found


def sheet_of(client) -> bytes:
    response = client.get(f"{PAGE}file/?period=2020-12")
    assert response.status_code == 200
    return response.content


def upload(client, content: bytes, name: str = "填报表.xlsx"):
    return client.post(f"{PAGE}?period=2020-12", {"table": SimpleUploadedFile(name, content)})


def test_the_page_says_what_to_do_and_for_how_many(browse):
    page = soup(browse("desk").get(PAGE))
    assert "下载 3 个单位的填报表" in page.get_text() and "已报 0 个" in page.get_text()
    own = soup(browse("clerk").get(PAGE))
    assert "下载 1 个单位的填报表" in own.get_text()
    assert browse("reviewer").get(PAGE).status_code == 403
    assert browse("desk").get(f"{PAGE}file/?period=2019-01").status_code == 404


def test_round_trip_with_a_fault_that_is_mended(browse):
    client = browse("desk")
    content = filled(sheet_of(client), put({"单位S1": ROW, "单位S2": {"件数": 1, "超期": 2}}))
    response = upload(client, content)
    assert response.status_code == 302
    page = soup(client.get(response["Location"]))
    assert "无误 1 行，有误 1 行（共 1 处），无变化 0 行，未填 1 行。以下均未导入。" in page.get_text()
    assert [tag.get_text() for tag in page.select("td .st")] == ["可导入", "有误", "未填"]
    assert "C5" in page.get_text() and not Filing.objects.exists()
    marked = client.get(response["Location"] + "marked/")
    assert marked.status_code == 200
    taken = client.post(response["Location"] + "take/", {"take": "clean", "key": "k" * 32})
    assert taken["Location"] == f"{PAGE}?period=2020-12" and Filing.objects.count() == 1
    after = soup(client.get(taken["Location"]))
    assert "已导入 1 行，未导入 1 行" in after.get_text()
    link = after.find("a", string="下载，改正后再上传")["href"]
    again = client.get(link).content
    there = cells(openpyxl.load_workbook(io.BytesIO(again)).active)
    assert {unit for unit, _ in there} == {"单位S2"}
    assert there["单位S2", "件数"].comment.text == "超期不得大于件数，请核对原表，改正后重新上传"
    response = upload(client, filled(again, put({"单位S2": {"件数": 2}})))
    client.post(response["Location"] + "take/", {"take": "all", "key": "m" * 32})
    assert Filing.objects.get(obligation=owed("S2")).values["cases"] == "2"
    assert browse("other").get(link).status_code == 404


def test_a_change_of_what_stands_asks_for_its_reason(browse, cast):
    filing = submit(cast.clerk)
    filing_sign(actor=cast.head, filing_id=filing.pk, now=IN_TIME)
    filing_accept(actor=cast.reviewer, filing_id=filing.pk, now=IN_TIME)
    client = browse("desk")
    response = upload(client, filled(sheet_of(client), put({"单位S1": {"件数": 12}})))
    page = soup(client.get(response["Location"]))
    assert page.select_one("td s.was").get_text() == "10" and page.select_one("[name=reason]")
    refused = client.post(response["Location"] + "take/", {"take": "all", "key": "k" * 32})
    assert refused.status_code == 409 and Filing.objects.count() == 1
    taken = client.post(
        response["Location"] + "take/", {"take": "all", "reason": "与台账核对", "key": "n" * 32}
    )
    assert taken.status_code == 302 and Filing.objects.get(version=2).note == "与台账核对"


def test_a_sheet_of_another_period_is_refused_on_the_page(browse):
    client = browse("desk")

    def other(page):
        page["A1"].value = page["A1"].value.replace("2020-12", "2020-11")

    response = upload(client, filled(sheet_of(client), other))
    assert response.status_code == 200 and not ImportDraft.objects.exists()
    assert "这是期间 2020-11 的填报表，不能用于2020年12月" in text_of(response)
    assert "不是从本页下载的填报表" in text_of(upload(client, plain()))


def plain() -> bytes:
    book = openpyxl.Workbook()
    book.active.append(["单位", "件数"])
    book.active.append(["单位S1", 1])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
