"""Finding items: one box over all, lists by due date and light, the calendar of what is due, own filters."""

from __future__ import annotations

import io
from datetime import timedelta

import openpyxl
import pytest
from django.urls import reverse

from luoshi.core.beijing import local_day
from luoshi.core.clock import FixedClock
from luoshi.kernel.items.actions import item_move
from luoshi.kernel.items.clock_models import ItemClock
from luoshi.kernel.items.given import Given
from luoshi.kernel.items.queries import filters_of
from tests.district import LATER
from tests.web.conftest import HTMX, soup, text_of
from tests.web.items.makers import CASE, DETAIL, item_taken_in

LIST = f"/items/{CASE}/"
SEARCH = "/search/"


def sent(district, title: str = "续贷手续受阻", **values):
    """Take one case in, send it and let its unit accept it: its clock runs."""
    item = item_taken_in(district, title, **values)
    given = Given(duties={"lead": ["PJ01"]})
    item_move(actor=district.actor("tongji"), item_id=item.pk, move="send", given=given, now=LATER)
    item_move(actor=district.actor("dawa"), item_id=item.pk, move="accept", given=Given(), now=LATER)
    return item


def due_of(item):
    return local_day(ItemClock.objects.get(item=item, key="total").due_at)


def test_one_box_finds_by_number_and_words_and_only_what_the_reader_may_see(district, browse):
    item = sent(district, phone="13800000000")
    desk, clerk, other = browse("tongji"), browse("dawa"), browse("guanli")
    for words in ("续贷手续", "续贷", item.number, item.number[-5:], "海宁 评估", item.number.lower()):
        assert item.number in text_of(desk.get(SEARCH, {"q": words})), words
    assert item.number in text_of(clerk.get(SEARCH, {"q": "续贷手续"}))
    assert item.number not in text_of(other.get(SEARCH, {"q": "续贷手续"}))
    assert "没有找到" in text_of(desk.get(SEARCH, {"q": "13800000000"}))
    assert "没有找到" in text_of(desk.get(SEARCH, {"q": "房租"}))
    assert "请输入要找的编号或文字" in text_of(desk.get(SEARCH))
    assert soup(desk.get(LIST)).select_one(f"header form[action='{SEARCH}'] input[name=q]")


def test_units_and_forms_are_found_by_their_titles(district, browse):
    page = browse("tongji").get(SEARCH, {"q": "大洼"})
    assert soup(page).select_one(f"a[href='{reverse('unit_detail', args=['PJ01'])}']")


def test_finds_are_paged(district, browse):
    items = [item_taken_in(district, f"用地困难{number}") for number in range(23)]
    desk = browse("tongji")
    first = soup(desk.get(SEARCH, {"q": "用地困难"}))
    older = first.select_one(".pages a")["href"]
    second = soup(desk.get(f"{SEARCH}{older}"))
    numbers = [cell.get_text() for page in (first, second) for cell in page.select("td[data-label=编号]")]
    assert numbers == [item.number for item in reversed(items)]


@pytest.mark.parametrize("rows", [1, 12])
def test_a_search_asks_the_same_queries_for_any_number_of_finds(
    rows, district, browse, django_assert_max_num_queries
):
    for number in range(rows):
        item_taken_in(district, f"用地困难{number}")
    desk = browse("tongji")
    desk.get(SEARCH, {"q": "用地"})
    with django_assert_max_num_queries(32):
        assert "用地困难0" in text_of(desk.get(SEARCH, {"q": "用地"}))


def test_a_list_shows_due_dates_and_lights_and_is_put_in_their_order(district, browse, settings):
    sent(district, kind="urgent", title="急件"), sent(district, title="常件")
    desk = browse("tongji")
    page = soup(desk.get(LIST, {"sort": "due"}))
    assert [cell.get_text() for cell in page.select("td[data-label=事由]")] == ["急件", "常件"]
    assert soup(desk.get(LIST)).select_one("td[data-label=事由]").get_text() == "常件"
    assert page.select_one("td[data-label=时限] .st").get_text()
    settings.LUOSHI_CLOCK = FixedClock(LATER + timedelta(days=5))
    late = desk.get(LIST, {"light": "red"})
    assert "急件" in text_of(late) and "常件" not in text_of(late)
    assert "逾期" in [cell.get_text() for cell in soup(late).select("td[data-label=时限] .st")]
    part = soup(desk.get(LIST, {"sort": "due", "q": "overdue:yes"}, headers=HTMX)).select_one("#items")
    whole = soup(desk.get(LIST, {"sort": "due", "q": "overdue:yes"})).select_one("#items")
    assert part.get_text() == whole.get_text()


def test_an_export_says_filter_order_and_number_and_holds_due_and_light(district, browse):
    item = sent(district)
    answer = browse("tongji").get(f"{LIST}export/", {"q": f"due:{due_of(item)}", "sort": "due"})
    rows = list(openpyxl.load_workbook(io.BytesIO(answer.content)).active.iter_rows(values_only=True))
    told = "|".join(str(cell) for row in rows for cell in row)
    assert "共 1 件" in told and "先到期在前" in told and "到期" in told and str(due_of(item)) in told


def test_the_calendar_counts_what_is_due_and_leads_to_the_list(district, browse):
    item = sent(district)
    desk, due = browse("tongji"), due_of(item)
    page = desk.get(f"{LIST}calendar/", {"month": f"{due:%Y-%m}"})
    cell = next(each for each in soup(page).select("td") if each.select_one("a.n"))
    assert str(due) in cell.get_text() and item.number in cell.get_text()
    assert item.number in text_of(desk.get(cell.select_one("a.n")["href"]))
    months = [link["href"] for link in soup(page).select("a[rel]")]
    assert len(months) == 2 and all("month=" in each for each in months)
    assert "没有到期" in text_of(desk.get(f"{LIST}calendar/", {"month": "2020-01"}))
    assert "没有到期" in text_of(
        browse("ducha").get(f"{LIST}calendar/", {"month": f"{due:%Y-%m}", "q": "lead:X"})
    )
    assert browse("guanli").get(f"{LIST}calendar/").status_code == 403
    for wrong in ("", "昨天", "2023-13"):
        assert desk.get(f"{LIST}calendar/", {"month": wrong}).status_code == 200


def test_what_was_due_before_the_month_is_told(district, browse, settings):
    item = sent(district)
    after = due_of(item).replace(day=1) + timedelta(days=62)
    settings.LUOSHI_CLOCK = FixedClock(LATER + timedelta(days=120))
    page = browse("tongji").get(f"{LIST}calendar/", {"month": f"{after:%Y-%m}"})
    assert "1 件" in text_of(page) and "在本月以前已经到期" in text_of(page)
    link = soup(page).select_one(".notice a")["href"]
    assert item.number in text_of(browse("tongji").get(link))


@pytest.mark.parametrize("rows", [1, 8])
def test_a_calendar_asks_the_same_queries_for_any_number_of_items(
    rows, district, browse, django_assert_max_num_queries
):
    for number in range(rows):
        item = sent(district, f"第{number}件")
    desk, month = browse("tongji"), f"{due_of(item):%Y-%m}"
    desk.get(f"{LIST}calendar/", {"month": month})
    with django_assert_max_num_queries(32):
        shown = text_of(desk.get(f"{LIST}calendar/", {"month": month}))
    assert f"{rows} 件" in shown


def test_an_own_filter_is_renamed_and_made_the_one_a_list_opens_with(district, browse):
    item_taken_in(district, detail=DETAIL)
    desk = browse("tongji")
    for name, text in (("在办", "stage:working"), ("受理", "stage:intake")):
        desk.post(reverse("filter_save", args=[CASE]), {"name": name, "q": text})
    first, second = filters_of(district.actor("tongji"), CASE)
    rename = reverse("filter_rename", args=[first.pk])
    assert "请换个名称" in text_of(desk.post(rename, {"name": second.name}, follow=True))
    assert "请给筛选起个名字" in text_of(desk.post(rename, {"name": " "}, follow=True))
    assert "已改名为“我的件”" in text_of(desk.post(rename, {"name": "我的件"}, follow=True))
    default = reverse("filter_default", args=[first.pk])
    assert "先按“我的件”筛选" in text_of(desk.post(default, {"on": "1"}, follow=True))
    desk.post(reverse("filter_default", args=[second.pk]), {"on": "1"})
    assert [each.default for each in filters_of(district.actor("tongji"), CASE)] == [
        each.pk == second.pk for each in filters_of(district.actor("tongji"), CASE)
    ]
    opened = desk.get(LIST)
    assert opened.status_code == 302 and second.text.replace(":", "%3A") in opened["Location"]
    assert desk.get(LIST, {"q": ""}).status_code == 200
    assert browse("ducha").get(LIST).status_code == 200
    desk.post(reverse("filter_default", args=[second.pk]), {"on": "0"})
    assert desk.get(LIST).status_code == 200
