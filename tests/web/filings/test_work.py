"""What waits for whom: the own list, the desk of the reviewer, the to-dos of the workbench."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from luoshi.kernel.filings.models import Filing, Obligation
from tests.kernel.filings.loop import GOOD, PAST_DUE, later, owed, returned, signed, submit
from tests.web.conftest import HTMX, soup, text_of

pytestmark = pytest.mark.django_db

MINE, DESK = "/filings/mine/", "/filings/review/"


def lines(page) -> list[list[str]]:
    """Return the words of each row of the table."""
    return [[cell.get_text().strip() for cell in row.select("td")] for row in page.select("#main tbody tr")]


def todos(client) -> list[tuple[str, str, str]]:
    """Return (label, title, address) of each to-do of the workbench."""
    return [
        (each.select_one(".st").get_text(), each.b.get_text(), each.a["href"])
        for each in soup(client.get("/")).select("ul.todo li:has(.st)")
    ]


def test_list_tells_light_step_and_state_and_leads_to_the_work(browse, cast):
    page = soup(browse("clerk").get(MINE))
    assert lines(page) == [
        ["预警", "履责月报", "2020年12月", "单位S1", "填报", "未开始", "2021-01-15 23:59", "—"]
    ]
    assert page.select_one("#work tbody a")["href"] == f"/filings/obligations/{owed().pk}/fill/"
    submit(cast.clerk)
    page = soup(browse("head").get(MINE))
    assert lines(page)[0][4:6] == ["审签", "已提交"]
    assert page.select_one("#work tbody a")["href"] == f"/filings/obligations/{owed().pk}/"


def test_list_says_what_to_do_when_empty_and_when_nothing_matches(browse, cast):
    assert "没有要您填报、审签或审核的事项" in text_of(browse("auditor").get(MINE))
    assert "没有符合条件的事项" in text_of(browse("clerk").get(MINE + "?light=red"))
    assert lines(soup(browse("clerk", PAST_DUE).get(MINE + "?light=red&q=S1&step=fill&period=2020-12")))
    part = soup(browse("clerk").get(MINE, headers=HTMX))
    assert [tag["id"] for tag in part.find_all(True, recursive=False)] == ["work"]


def test_desk_accepts_several_at_once_or_none(browse, cast):
    filing = signed(cast)
    client = browse("reviewer", later(days=2))
    page = soup(client.get(DESK))
    assert "待您审核 1 份，最久的已等 2 天" in page.get_text()
    assert lines(page)[0][1:7] == ["单位S1", "履责月报", "2020年12月", "1", "按时", "2 天"]
    page = soup(client.post(DESK, {"filing": str(filing.pk)}))
    assert "请先核对并勾选确认" in page.get_text() and page.select_one("[name=filing]").has_attr("checked")
    assert "请先勾选要通过的填报" in text_of(client.post(DESK, {"sure": "on"}))
    response = client.post(DESK, {"sure": "on", "filing": [str(filing.pk)], "key": "b" * 32})
    assert "已通过 1 份" in text_of(client.get(response["Location"]))
    filing.refresh_from_db()
    assert filing.state == "accepted"


def test_desk_refuses_what_no_longer_waits_naming_it(browse, cast):
    filing = signed(cast)
    client = browse("reviewer")
    returned(cast, filing)
    page = text_of(client.post(DESK, {"sure": "on", "filing": [str(filing.pk)]}))
    assert "单位S1" in page and "本次一份也没有通过" in page
    assert browse("clerk").post(DESK, {"sure": "on", "filing": [str(filing.pk)]}).status_code == 403


def test_versions_stand_side_by_side(browse, cast):
    returned(cast, signed(cast))
    filing = signed(cast, values=GOOD | {"cases": "9"})
    client = browse("reviewer")
    link = soup(client.get(DESK)).select_one("#queue a[data-drawer]")
    assert link.get_text() == "与上一版对照"
    part = soup(client.get(link["href"], headers=HTMX))
    assert [cell.get_text().split()[0] for cell in part.select("tr.changed td")] == ["件数（件）", "10", "9"]
    assert str(soup(client.get(link["href"])).find(id=f"changes-{filing.pk}")) == str(part.div)


def test_workbench_leads_everybody_to_the_own_work(browse, cast):
    assert todos(browse("clerk")) == [
        ("今日到期", "填报 履责月报", f"/filings/obligations/{owed().pk}/fill/")
    ]
    assert todos(browse("clerk", PAST_DUE))[0][0] == "逾期 3 天"
    filing = submit(cast.clerk)
    here = f"/filings/obligations/{owed().pk}/"
    assert todos(browse("clerk")) == []
    assert todos(browse("head")) == [("待审签", "审签 履责月报", here)]
    browse("head").post(f"/filings/versions/{filing.pk}/sign/", {"sure": "on"})
    assert todos(browse("reviewer")) == [("待审核", "审核 履责月报", here)]
    returned(cast, filing_of())
    assert todos(browse("clerk")) == [("退回补正", "填报 履责月报", f"{here}fill/")]


def filing_of() -> Filing:
    return owed().filings.get()


def test_several_of_one_form_and_period_are_one_line(browse, cast):
    template = signed(cast)
    for obligation in Obligation.objects.exclude(pk=template.obligation_id):
        copied(template, obligation)
    assert todos(browse("reviewer")) == [
        ("待审核", "审核 履责月报", "/filings/review/?form=loop.monthly&period=2020-12")
    ]


def copied(filing: Filing, obligation: Obligation) -> None:
    """Put the same version on another obligation; only what lists read is true of it."""
    Filing.objects.create(
        obligation=obligation,
        version=1,
        state=filing.state,
        values=filing.values,
        submitted_at=filing.submitted_at,
        submitted_by_account=filing.submitted_by_account,
        signed_at=filing.signed_at,
        signed_by_account=filing.signed_by_account,
    )
    Obligation.objects.filter(pk=obligation.pk).update(answer="filed", current_version=1)


def test_queries_of_the_lists_do_not_grow_with_rows(browse, cast):
    template = signed(cast)
    client = browse("reviewer")
    counted = []
    for obligation in [None, *Obligation.objects.exclude(pk=template.obligation_id)]:
        if obligation is not None:
            copied(template, obligation)
        for address in (MINE, DESK, "/"):
            client.get(address)
            with CaptureQueriesContext(connection) as queries:
                client.get(address)
            counted.append((address, len(queries)))
    assert len(set(counted)) == 3, counted
    assert max(count for _, count in counted) <= 68


def cards(client) -> dict[str, tuple[str, str]]:
    """Return number and address of each card of the workbench by its title."""
    return {
        each.select_one(".l").get_text(): (each.select_one(".v").contents[0], each["href"])
        for each in soup(client.get("/")).select("a.kpi")
    }


def test_cards_of_the_workbench_count_what_presses_and_lead_there(browse, cast):
    assert cards(browse("clerk"))["填报待办"] == ("1", MINE)
    assert cards(browse("clerk"))["逾期"] == ("0", f"{MINE}?step=fill")
    count, address = cards(browse("clerk", PAST_DUE))["逾期"]
    assert (count, address) == ("1", f"{MINE}?step=fill&light=red")
    assert len(lines(soup(browse("clerk", PAST_DUE).get(address)))) == 1
    whole = cards(browse("reviewer", PAST_DUE))
    assert whole["填报待办"][0] == "0" and whole["逾期未报"][0] == str(Obligation.objects.count())
    assert whole["逾期未报"][1] == "/filings/statistics/?sort=-missing"
    assert "填报待办" not in cards(browse("auditor")), "who changes nothing has nothing to do"


def test_cards_stay_away_from_quiet_hours(browse, cast):
    assert cards(browse("clerk", PAST_DUE.replace(hour=10)))["未读消息"][0] == "0"
    assert cards(browse("clerk", PAST_DUE.replace(hour=23)))["未读消息"][0] == "—"
