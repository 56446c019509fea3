"""What waits for the reader over all types, on a page and on the workbench."""

from __future__ import annotations

import io
from datetime import timedelta

import openpyxl
import pytest
from django.urls import reverse

from luoshi.core.clock import FixedClock
from luoshi.kernel.items.mine import items_mine
from luoshi.kernel.items.models import Item
from tests.district import LATER
from tests.web.conftest import soup, text_of
from tests.web.items.makers import item_taken_in


def send(browse, item, unit: str = "PJ01") -> None:
    address = reverse("item_move", args=[item.pk, "send"])
    browse("tongji").post(address, {"step": Item.objects.get(pk=item.pk).steps, "duty.lead": unit})


def test_an_item_waits_for_whoever_takes_its_next_move(district, browse):
    first, other = item_taken_in(district, "第一件"), item_taken_in(district, "第二件")
    desk, clerk = browse("tongji"), browse("dawa")
    assert list(items_mine(district.actor("tongji"), LATER)) == [first, other]
    send(browse, first)
    send(browse, other, "PJ02")
    assert "没有等您办理的事项" in text_of(desk.get(reverse("item_mine")))
    page = soup(clerk.get(reverse("item_mine"))).select_one("#mine").get_text(" ")
    assert "第一件" in page and "第二件" not in page and "待签收" in page
    clerk.post(reverse("item_move", args=[first.pk, "accept"]), {"step": 2})
    assert "办理中" in text_of(clerk.get(reverse("item_mine")))


def test_what_is_overdue_stands_on_the_workbench_and_in_the_export(district, browse, settings):
    item = item_taken_in(district, "第一件")
    send(browse, item)
    settings.LUOSHI_CLOCK = FixedClock(LATER + timedelta(days=2))
    clerk = browse("dawa")
    settings.LUOSHI_CLOCK = FixedClock(LATER + timedelta(days=2))
    card = next(
        each
        for each in soup(clerk.get("/")).select("a")
        if "我的事项" in each.get_text() and "逾期" in each.get_text()
    )
    assert card["href"] == reverse("item_mine") + "?late=1"
    assert "第一件" in text_of(clerk.get(card["href"]))
    sheet = openpyxl.load_workbook(io.BytesIO(clerk.get(reverse("item_mine_export")).content)).active
    assert any("逾期" in row for row in sheet.iter_rows(values_only=True))


@pytest.mark.parametrize("rows", [1, 12])
def test_the_page_asks_the_same_queries_for_any_number_of_rows(
    rows, district, browse, django_assert_max_num_queries
):
    for number in range(rows):
        item_taken_in(district, f"第{number}件")
    desk = browse("tongji")
    desk.get(reverse("item_mine"))
    with django_assert_max_num_queries(36):
        assert desk.get(reverse("item_mine")).status_code == 200
