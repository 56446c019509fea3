"""Burden by unit and month, the issuers in order, one unit's card; nobody is ranked for filling."""

from __future__ import annotations

import json
from io import BytesIO

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from luoshi.kernel.filings.models import Obligation
from tests.kernel.filings.loop import GOOD, owed, submit
from tests.kernel.filings.test_burden import extra_form, issue
from tests.kernel.org.helpers import grow
from tests.web.conftest import HTMX, soup, text_of

pytestmark = pytest.mark.django_db
PAGE = "/burden/"


def cells(page) -> dict[str, list[str]]:
    """Return the cells of the map that hold something, by unit."""
    return {
        row.select_one("td").get_text(strip=True): [
            cell.get_text(strip=True) for cell in row.select("td")[1:] if cell.get_text(strip=True) != "·"
        ]
        for row in page.select("#burden-map tbody tr")
    }


@pytest.fixture
def shared(cast) -> str:
    """A second form that asks the same element; S1 confirmed it there."""
    submit(cast.clerk, values=GOOD)
    ref = extra_form()
    issue(ref)
    row = Obligation.objects.get(form_ref=ref, unit_code="S1")
    submit(cast.clerk, row, values={"n": "10"}, shown={"n": "10"}, same=frozenset({"n"}))
    return ref


def test_map_shows_the_measure_asked_for(browse, shared):
    client = browse("office")
    assert cells(soup(client.get(PAGE + "?year=2020")))["单位S1"] == ["40", "40"]
    assert cells(soup(client.get(PAGE + "?year=2020&m=issued"))) == {
        f"单位S{number}": ["2", "2"] for number in (1, 2, 3)
    }
    assert cells(soup(client.get(PAGE + "?year=2020&m=saved&q=S1"))) == {"单位S1": ["1", "1"]}
    assert cells(soup(client.get(PAGE + "?year=2020&m=clustered")))["单位S2"] == ["2", "2"]
    assert "没有名称或编码含" in text_of(client.get(PAGE + "?year=2020&q=无"))


def test_issuers_are_ranked_and_fillers_are_not(browse, shared):
    page = soup(browse("office").get(PAGE + "?year=2020"))
    table = next(each for each in page.select("section.card2") if "谁在要数" in each.get_text())
    ranked = [[cell.get_text(strip=True) for cell in row.select("td")] for row in table.select("tbody tr")]
    assert [row[:5] for row in ranked] == [
        ["1", "单位A", "另表", "3", "3"],
        ["2", "单位P1", "履责月报", "3", "3"],
    ]
    assert "次序" not in page.select_one("#burden-map").get_text()


def test_unit_card_names_what_was_not_typed_again(browse, shared):
    text = text_of(browse("office").get(f"{PAGE}units/S1/?year=2020"))
    assert "应报 2 份" in text and "手工录入 2 项、免录 1 项" in text
    assert "2020年12月 件数 另表 2020年12月履责月报" in text
    assert "不统计登录、点击和在线时长" in text


def test_card_is_a_part_of_its_own_in_the_drawer(browse, shared):
    part = soup(browse("office").get(f"{PAGE}units/S1/?year=2020", headers=HTMX))
    assert [tag["id"] for tag in part.find_all(True, recursive=False)] == ["burden-unit"]


def test_chart_leaves_months_open_that_lie_ahead(browse, shared):
    chart = json.loads(
        soup(browse("office").get(PAGE + "?year=2020")).select_one("[data-chart]")["data-chart"]
    )
    assert [each["name"] for each in chart["series"]] == ["2020年"]
    assert chart["series"][0]["values"] == [0] * 11 + [120]


def test_a_clerk_sees_the_own_unit_only(browse, shared):
    client = browse("clerk")
    assert set(cells(soup(client.get(PAGE + "?year=2020")))) == {"单位S1"}
    assert client.get(f"{PAGE}units/S1/").status_code == 200
    assert client.get(f"{PAGE}units/S2/").status_code == 404
    assert client.get(f"{PAGE}units/NO/").status_code == 404
    book = openpyxl.load_workbook(BytesIO(client.get(f"{PAGE}export/?year=2020").content))
    assert {row[0].value for row in book.worksheets[0].iter_rows(min_row=3)} == {"S1"}


def test_export_holds_units_and_issuers(browse, shared):
    book = openpyxl.load_workbook(BytesIO(browse("office").get(f"{PAGE}export/?year=2020").content))
    units, caused = book.worksheets
    first = [cell.value for cell in units[3]]
    assert first == ["S1", "单位S1", "2020-12", 2, 2, 40, 3, 2, 1, 2, 0]
    assert [cell.value for cell in caused[3]][:4] == [1, "单位A", "另表", 3]


def test_without_any_filing_the_page_says_what_to_do(browse, cast):
    Obligation.objects.all().delete()
    assert "还没有可统计的填报" in text_of(browse("office").get(PAGE))


def test_a_filler_may_say_how_long_it_took(browse, cast):
    client, address = browse("clerk"), f"/filings/obligations/{owed().pk}/fill/"
    sent = {**GOOD, "do": "submit", "minutes.spent": "很久", "key": "9" * 32}
    page = soup(client.post(address, sent))
    assert "1 至 6000 的整数" in page.select_one(".field.bad").get_text()
    assert page.select_one("[name='minutes.spent']")["value"] == "很久"
    assert client.post(address, sent | {"minutes.spent": "12"}).status_code == 302
    assert "填报人自报 1 份共 12 分钟" in text_of(client.get(f"{PAGE}units/S1/?year=2020"))


def test_odd_addresses_fall_back(browse, shared):
    client = browse("office")
    for query in ("?year=1", "?year=x&m=nothing&page=99", "?page=-1"):
        assert client.get(PAGE + query).status_code == 200
        assert client.get(f"{PAGE}units/S1/{query}").status_code == 200


def test_queries_do_not_grow_with_units(browse, cast):
    client = browse("office")
    issue(extra_form("a"))

    def asked() -> int:
        with CaptureQueriesContext(connection) as found:
            assert client.get(PAGE + "?year=2020").status_code == 200
        return len(found)

    few = asked()
    for number in range(20):
        grow(f"S1{number}", "B", kind="street")
    for key in ("b", "c"):
        issue(extra_form(key))
    assert asked() == few
