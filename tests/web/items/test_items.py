"""Items in the browser: taken in, moved by dialogs, found by filters, moved together, exported."""

from __future__ import annotations

import io

import openpyxl
import pytest
from django.urls import reverse

from luoshi.kernel.items.models import Item
from luoshi.kernel.items.queries import filters_of
from luoshi.kernel.ledger.verify import verify_ledger
from tests.web.conftest import HTMX, soup, text_of
from tests.web.items.makers import CASE, DETAIL, item_taken_in

LIST = f"/items/{CASE}/"
RESULT = "已协调银行与企业当面对接，贷款续期手续办理完毕。"


def state_of(item) -> str:
    return Item.objects.get(pk=item.pk).state


def move(client, item, key, **given):
    step = Item.objects.get(pk=item.pk).steps
    address = reverse("item_move", args=[item.pk, key])
    return client.post(address, {"step": step, **given}, follow=True)


def test_a_case_is_taken_in_and_handled_to_its_end(district, browse):
    item_taken_in(district)
    desk = browse("tongji")
    page = desk.get(f"{LIST}new/")
    names = {each["name"] for each in soup(page).select("form.panel [name]")}
    assert {"title", "kind", "firm", "phone"} <= names and "result" not in names
    refused = desk.post(f"{LIST}new/", {"title": "用地困难", "kind": "land"})
    assert "请填写企业名称" in text_of(refused) and Item.objects.count() == 1
    given = {"title": "用地困难", "kind": "land", "channel": "visit", "firm": "青禾食品厂", "detail": DETAIL}
    done = desk.post(f"{LIST}new/", given | {"phone": "13800000000"}, follow=True)
    assert "用地困难" in text_of(done) and "13800000000" not in text_of(done)
    item = Item.objects.get(title="用地困难")
    assert "13800000000" not in item.private.sealed and item.private.fields == ["phone"]
    assert "待签收" in text_of(move(desk, item, "send", **{"duty.lead": "PJ01"}))
    clerk = browse("dawa")
    assert "办理中" in text_of(move(clerk, item, "accept"))
    short = move(clerk, item, "report", result="办完了")
    assert "不得少于 20 字" in text_of(short) and state_of(item) == "doing"
    assert "待回访" in text_of(move(clerk, item, "report", result=RESULT))
    assert clerk.get(reverse("item_move", args=[item.pk, "confirm"])).status_code == 403
    shown = text_of(move(desk, item, "confirm", solved="yes", rating="98"))
    assert "已办结" in shown and "98" in shown and RESULT in shown
    assert verify_ledger().ok


def test_the_second_of_two_pages_reads_what_happened(district, browse):
    item = item_taken_in(district)
    desk = browse("tongji")
    address = reverse("item_move", args=[item.pk, "send"])
    old = soup(desk.get(address)).select_one("[name=step]")["value"]
    move(desk, item, "send", **{"duty.lead": "PJ01"})
    late = desk.post(address, {"step": old, "duty.lead": "PJ02"})
    assert "办理“派发”" in text_of(late) and "您的办理没有生效" in text_of(late)


def test_sending_the_same_dialog_twice_moves_once(district, browse):
    item = item_taken_in(district)
    desk = browse("tongji")
    given = {"step": 1, "key": "k1", "duty.lead": "PJ01"}
    address = reverse("item_move", args=[item.pk, "send"])
    assert desk.post(address, given).status_code == desk.post(address, given).status_code == 302
    assert Item.objects.get(pk=item.pk).steps == 2


def test_lists_filter_and_say_what_is_wrong_with_a_filter(district, browse):
    item_taken_in(district)
    desk = browse("tongji")
    assert "续贷手续受阻" in text_of(desk.get(LIST, {"q": "kind:融资信贷 续贷"}))
    assert "没有符合条件的事项" in text_of(desk.get(LIST, {"q": "state:closed"}))
    assert "是否指 state" in text_of(desk.get(LIST, {"q": "stat:closed"}))
    assert "还没有您能看到的企业问题" in text_of(browse("dawa").get(LIST))
    part = desk.get(LIST, {"state": "new"}, headers=HTMX)
    whole = soup(desk.get(LIST, {"state": "new"})).select_one("#items")
    assert soup(part).select_one("#items").get_text() == whole.get_text()


def test_a_filter_is_kept_and_dropped(district, browse):
    item_taken_in(district)
    desk = browse("tongji")
    address = reverse("filter_save", args=[CASE])
    assert "已保存常用筛选“在办”" in text_of(
        desk.post(address, {"name": "在办", "q": "stage:working"}, follow=True)
    )
    assert "请给筛选起个名字" in text_of(desk.post(address, {"name": "", "q": ""}, follow=True))
    (kept,) = filters_of(district.actor("tongji"), CASE)
    desk.post(reverse("filter_drop", args=[kept.pk]))
    assert filters_of(district.actor("tongji"), CASE) == []


def test_several_are_sent_together(district, browse):
    items = [item_taken_in(district, f"第{number}件") for number in range(3)]
    desk = browse("tongji")
    listed = soup(desk.get(LIST, {"state": "new"}))
    assert len(listed.select("input[name=item]")) == 3 and listed.select_one("button[value=send]")
    asked = {"move": "send", "item": [items[0].pk, items[1].pk]}
    assert "所选 2 件" in text_of(desk.get(f"{LIST}bulk/", asked))
    done = desk.post(f"{LIST}bulk/", {**asked, "sure": "1", "duty.lead": "PJ01"}, follow=True)
    assert "已对 2 件办理“派发”" in text_of(done)
    assert [state_of(item) for item in items] == ["sent", "sent", "new"]
    stuck = desk.post(f"{LIST}bulk/", {**asked, "sure": "1", "duty.lead": "PJ01"})
    assert "本次一件也没有办理" in text_of(stuck)


def test_the_board_has_a_column_for_each_stage(district, browse):
    item_taken_in(district)
    page = soup(browse("tongji").get(f"{LIST}board/"))
    titles = [each.get_text(" ").split() for each in page.select(".board-col h2")]
    assert titles[:2] == [["受理", "1"], ["已派", "0"]] and len(titles) == 7
    assert page.select_one(".board-card b").get_text() == "续贷手续受阻"


def test_the_export_holds_what_the_filter_finds_without_personal_fields(district, browse):
    item_taken_in(district, phone="13800000000", contact="王建国")
    answer = browse("tongji").get(f"{LIST}export/", {"q": "kind:finance"})
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    cells = [[str(cell) for cell in row] for row in sheet.iter_rows(values_only=True)]
    told = "\n".join("|".join(row) for row in cells)
    assert "ZQ" in told and "海宁纺织厂" in told and "融资信贷" in told
    assert "13800000000" not in told and "王建国" not in told and "联系电话" not in told


def test_the_menu_shows_the_area_of_the_pack_and_a_watched_item_is_found(district, browse):
    item = item_taken_in(district)
    desk = browse("tongji")
    side = soup(desk.get(LIST)).select_one("#side")
    assert "政企互通服务" in side.get_text() and side.select_one("a.on").get_text(strip=True) == "企业问题"
    desk.post(reverse("item_watch", args=[item.pk]), {"on": "1"})
    assert item.number in text_of(desk.get(LIST, {"q": "watch:mine"}))
    assert "没有符合条件" in text_of(browse("ducha").get(LIST, {"q": "watch:mine"}))


@pytest.mark.parametrize("rows", [1, 12])
def test_a_list_page_asks_the_same_queries_for_any_number_of_rows(
    rows, district, browse, django_assert_max_num_queries
):
    for number in range(rows):
        item_taken_in(district, f"第{number}件")
    desk = browse("tongji")
    desk.get(LIST)
    with django_assert_max_num_queries(32):
        assert desk.get(LIST).status_code == 200


def test_a_definition_page_tells_the_lifecycle_in_words(district, browse):
    item_taken_in(district)
    shown = text_of(browse("tongji").get(f"/packs/item/{CASE}/"))
    assert "与“报结”不得为同一单位" in shown and "10 个工作日内" in shown and "加密另存" in shown
