"""The ledger on the page: events in words, and a verification that names the row that was touched."""

from __future__ import annotations

from django.db import connection

from luoshi.kernel.ledger.queries import events_page
from tests.web.conftest import HTMX, soup, text_of


def test_verification_says_what_was_checked_and_what_it_cannot_notice(browse):
    page = text_of(browse("shenji").post("/ledger/verify/"))
    assert "一致" in page and "没有发现改动" in page and "尚无检查点" in page


def test_a_value_changed_past_the_ledger_is_named(browse):
    with connection.cursor() as cursor:
        cursor.execute("UPDATE org_unit SET title = '改过的名称' WHERE code = 'PJ01'")
    page = soup(browse("shenji").post("/ledger/verify/", headers=HTMX))
    assert page.find("html") is None and "不一致" in page.get_text()
    rows = [[cell.get_text() for cell in row.select("td")] for row in page.select("tbody tr")]
    assert len(rows) == 1 and rows[0][1]


def test_event_shows_names_in_place_of_codes(browse):
    taken = next(event for event in events_page(kind="filing.taken", limit=1))
    page = text_of(browse("ducha").get(f"/ledger/events/{taken.id}/"))
    assert (
        "示例区政务热线服务中心 · 统计岗（账号" in page
        and taken.hash in page
        and f"第 {taken.position} 位" in page
    )
    assert "填报已" in page and "（bulletins." in page


def test_security_log_is_in_words(browse):
    browse("guanli").get("/filings/")
    page = text_of(browse("shenji").get("/ledger/security/"))
    assert "节点填报，查看，没有权限" in page


def test_paging_leads_through_all_events(browse):
    client, seen, address = browse("ducha"), [], "/ledger/"
    while address:
        page = soup(client.get(address))
        seen += [row.select("td")[2].a["href"] for row in page.select("#event-rows tbody tr")]
        older = page.find("a", string="更早的记录")
        address = older["href"] if older else ""
    assert len(seen) == len(set(seen)) == len(events_page(limit=100_000))
