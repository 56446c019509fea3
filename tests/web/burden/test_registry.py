"""The registry lists every form with owner, cost and state; it is stopped here, and renewed by two."""

from __future__ import annotations

from datetime import date, datetime
from io import BytesIO

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from luoshi.kernel.filings.models import FormStanding
from luoshi.kernel.ledger.models import SecurityEntry
from luoshi.web.burden.costs import cost_context
from tests.harness.times import NOW
from tests.kernel.filings.helpers import ADMISSION, WINDOW, form_body
from tests.kernel.filings.loop import FORM
from tests.kernel.filings.test_burden import OWN, extra_form
from tests.web.conftest import HTMX, soup, text_of

pytestmark = pytest.mark.django_db
LIST = "/burden/forms/"
PAGE = f"{LIST}{FORM}/"
RENEWAL = {
    "renew-until": "2029-06-30",
    "renew-basis": "续期通知",
    "renew-reason": "仍需掌握情况",
    "key": "c" * 32,
}
IN_2027 = datetime(2027, 6, 1, 9, 0, tzinfo=NOW.tzinfo)


def lines(page) -> list[list[str]]:
    return [
        [" ".join(cell.get_text(" ").split()) for cell in row.select("td")]
        for row in page.select("#registry tbody tr")
    ]


def test_list_tells_owner_basis_audience_cost_and_state(browse, cast):
    (line,) = lines(soup(browse("clerk").get(LIST)))
    assert line == [
        "履责月报",
        "在用",
        "单位P1",
        "年度责任清单",
        "3 个街道",
        "每月",
        "2027-12-31",
        "10",
        "6.0",
        "3",
        "100.0%",
    ]


def test_list_filters_searches_and_sorts(browse, cast):
    extra_form(admission=ADMISSION | {"until": "2020-12-31", "minutes": 30})
    client = browse("office")
    assert [line[0] for line in lines(soup(client.get(LIST)))] == ["另表", "履责月报"]
    assert [line[1] for line in lines(soup(client.get(LIST + "?state=expired")))] == ["已到期"]
    assert [line[0] for line in lines(soup(client.get(LIST + "?q=履责")))] == ["履责月报"]
    assert [line[0] for line in lines(soup(client.get(LIST + "?owner=单位A")))] == ["另表"]
    assert [line[0] for line in lines(soup(client.get(LIST + "?sort=until")))] == ["另表", "履责月报"]
    assert "没有符合条件的表单" in text_of(client.get(LIST + "?q=无"))
    part = soup(client.get(LIST, headers=HTMX))
    assert [tag["id"] for tag in part.find_all(True, recursive=False)] == ["registry"]


def test_export_holds_what_is_shown(browse, cast):
    sheet = openpyxl.load_workbook(BytesIO(browse("clerk").get(f"{LIST}export/").content)).active
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=3)]
    assert rows[0][:5] == ["履责月报", FORM, "单位P1", "年度责任清单", "3 个街道"]
    assert (rows[0][7], rows[0][8], rows[0][9]) == (10, 36, 6)


def test_form_page_says_what_it_costs_and_asks_twice(browse, cast):
    extra_form()
    text = text_of(browse("clerk").get(PAGE))
    assert "这张表每年将占用 3 个街道共 36 次、6.0 小时；其中 1 项与《另表》为同一数据元。" in text
    assert "另表“件数”" in text and "同一数据元" in text
    assert "截止日扎堆" in text and "另表（2021-01-15，3 个单位）" in text
    assert "停用这张表" not in text and "提出申请" not in text


def test_sentence_tells_linked_fields_from_those_only_alike(browse, cast):
    on = NOW.date()
    linked = {"key": "a", "title": "件数", "type": "int", "unit": "件", "element": "E01"}
    alike = {"key": "b", "title": "件 数", "type": "int", "unit": "件"}
    body = form_body(flow=OWN, window=WINDOW, fields=[linked, alike], to="unit.code in ('S1', 'P1')")
    told = cost_context(body, on=on)["sentence"]
    assert told == (
        "这张表每年将占用 1 个街道、1 个部门共 24 次、4.0 小时；"
        "其中 1 项与《履责月报》为同一数据元；其中 1 项与《履责月报》重复，建议引用。"
    )
    nobody = cost_context(body | {"to": "unit.kind == 'firm'"}, on=on)["sentence"]
    assert nobody == "按现在的填报范围，没有单位需要填报，请核对填报范围。"
    desk = cost_context(body | {"flow": {"fill": "desk"}, "admission": {}}, on=on)["sentence"]
    assert desk.startswith("这张表由一个岗位统一填报，每年 12 次，涉及 1 个街道、1 个部门；尚未填写预计用时")


def test_a_form_that_is_not_there_is_not_found(browse, cast):
    assert browse("office").get(f"{LIST}loop.weekly/").status_code == 404


def test_office_stops_a_form_once_and_the_page_says_so(browse, cast):
    client = browse("office")
    page = soup(client.post(f"{PAGE}stop/", {"stop-reason": ""}))
    assert "请说明停用理由" in page.get_text() and page.select("details[open]")
    sent = {"stop-reason": "与季报重复", "key": "d" * 32}
    for _ in range(2):
        assert client.post(f"{PAGE}stop/", sent).status_code == 302
    assert FormStanding.objects.count() == 1
    text = text_of(client.get(PAGE))
    assert "已停用" in text and "与季报重复" in text and "停用这张表" not in text
    again = text_of(client.post(f"{PAGE}stop/", {"stop-reason": "再停", "key": "e" * 32}))
    assert "表单“履责月报”已经停用。" in again


def test_who_may_not_stop_is_refused_and_noted(browse, cast):
    response = browse("clerk").post(f"{PAGE}stop/", {"stop-reason": "不想填", "key": "f" * 32})
    assert response.status_code == 403
    assert SecurityEntry.objects.filter(kind="denied").exists()
    assert not FormStanding.objects.exists()


def test_the_owner_asks_and_another_grants(browse, cast):
    owner = browse("reviewer", IN_2027)
    assert "提出申请" in text_of(owner.get(PAGE))
    early = soup(owner.post(f"{PAGE}renew/", RENEWAL | {"renew-until": "2027-12-31"}))
    assert "有效期应晚于现有的 2027-12-31。" in early.get_text()
    assert early.select_one("[name=renew-basis]")["value"] == "续期通知"
    assert owner.post(f"{PAGE}renew/", RENEWAL).status_code == 302
    standing = FormStanding.objects.get()
    assert "待答复" in text_of(owner.get(PAGE)) and "同意续期" not in text_of(owner.get(PAGE))
    assert owner.post(f"{PAGE}decide/", {"standing": standing.pk, "do": "grant"}).status_code == 403
    office = browse("office", IN_2027)
    assert "续期待批" in text_of(office.get(LIST))
    refused = text_of(
        office.post(f"{PAGE}decide/", {"standing": standing.pk, "do": "refuse", "key": "1" * 32})
    )
    assert "请说明不同意续期的理由。" in refused
    answer = {"standing": standing.pk, "do": "grant", "key": "2" * 32}
    assert office.post(f"{PAGE}decide/", answer).status_code == 302
    assert lines(soup(office.get(LIST)))[0][6] == "2029-06-30"
    standing.refresh_from_db()
    assert standing.until == date(2029, 6, 30)


def test_the_office_does_not_grant_what_it_asked(browse, cast):
    office = browse("office", IN_2027)
    office.post(f"{PAGE}renew/", RENEWAL)
    assert "同意续期" not in text_of(office.get(PAGE))
    answer = {"standing": FormStanding.objects.get().pk, "do": "grant", "key": "3" * 32}
    assert "不能批准本人提出的续期" in text_of(office.post(f"{PAGE}decide/", answer))
    assert FormStanding.objects.get().state == "asked"


def test_opening_a_stopped_form_by_hand_tells_the_remedy(browse, cast):
    client = browse("office")
    client.post(f"{PAGE}stop/", {"stop-reason": "重复", "key": "4" * 32})
    text = text_of(client.post(f"/filings/{FORM}/open/", {"period": "2020年11月", "key": "5" * 32}))
    assert "已于 2021-01-15 停用，不再开放" in text and "报表目录" in text


def test_queries_do_not_grow_with_forms(browse, cast):
    client = browse("office")

    def asked(address: str) -> int:
        with CaptureQueriesContext(connection) as found:
            assert client.get(address).status_code == 200
        return len(found)

    extra_form("a")
    few = [asked(LIST), asked(PAGE)]
    for key in ("b", "c", "e"):
        extra_form(key)
    assert [asked(LIST), asked(PAGE)] == few
