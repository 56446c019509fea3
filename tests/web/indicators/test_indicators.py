"""The catalogue of indicators and a card: found by word, told in words, as of a day, units in sight."""

from __future__ import annotations

import io
from datetime import timedelta

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from luoshi.kernel.items.models import Item
from tests.web.conftest import HTMX, text_of
from tests.web.items.makers import item_taken_in

LIST = "/indicators/"
CARD = f"{LIST}bulletins.panjin_done/"
PERIOD = "?period=2023-01..2023-04"


def queries(client, address: str) -> int:
    client.get(address)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


def test_the_catalogue_is_searched_sorted_and_exported(district, browse):
    item_taken_in(district)
    desk = browse("ducha")
    page = text_of(desk.get(LIST))
    assert "解决率" in page and "事项“企业问题”" in page
    found = text_of(desk.get(f"{LIST}?q=解决率", headers=HTMX))
    assert "解决率" in found and "满意度" not in found
    assert "没有符合条件的指标" in text_of(desk.get(f"{LIST}?q=没有这个"))
    sheet = openpyxl.load_workbook(io.BytesIO(desk.get(f"{LIST}export/?pack=zhengqi").content)).active
    titles = [row[0].value for row in sheet.iter_rows()]
    assert "解决率" in titles and "办结率" not in titles


def test_a_card_says_the_figure_its_definition_and_its_rows(district, browse):
    page = text_of(browse("ducha").get(CARD + PERIOD))
    for word in ("分子", "未计入行数", "去年同期", "趋势", "分单位", "口径的变更", "计入的填报"):
        assert word in page
    assert browse("ducha").get(f"{LIST}bulletins.nothing/").status_code == 404
    assert "请写作" in text_of(browse("ducha").get(f"{CARD}?at=gestern"))


def test_a_clerk_sees_the_own_unit_and_no_other(district, browse):
    clerk = browse("dawa")
    page = text_of(clerk.get(CARD + PERIOD))
    assert "大洼" in page and "只列您查看范围内" in page
    assert clerk.get(f"{CARD}{PERIOD}&unit=PJ02").status_code == 403


def test_a_figure_over_items_is_asked_as_of_a_day(district, browse):
    item = item_taken_in(district)
    desk = browse("ducha")
    month = Item.objects.get(pk=item.pk).created_at.strftime("%Y-%m")
    day = (item.created_at - timedelta(days=2)).date().isoformat()
    page = text_of(desk.get(f"{LIST}zhengqi.received/?period={month}&at={day}"))
    assert "当时与现在" in page and "新计入" in page and item.number in page


@pytest.mark.parametrize("address", [LIST, CARD + PERIOD])
def test_the_number_of_queries_is_bounded(district, browse, address):
    assert queries(browse("ducha"), address) < 130
