"""Pages that change an item without a move, join it with others, and show personal data for a reason."""

from __future__ import annotations

import pytest
from django.urls import reverse

from luoshi.core.actor import SYSTEM_ACTOR
from luoshi.kernel.items.joining import item_link, parents_set
from luoshi.kernel.items.models import Item, ItemLink, ItemParent, ItemReveal
from luoshi.kernel.items.sealing import unseal
from luoshi.kernel.ledger.verify import verify_ledger
from tests.district import LATER
from tests.web.conftest import HTMX, soup, text_of
from tests.web.items.makers import item_taken_in

PHONE = "13800000000"


@pytest.fixture
def desk(browse):
    return browse("tongji")


def at(name: str, item, *more) -> str:
    return reverse(name, args=[item.pk, *more])


def fresh(item) -> Item:
    return Item.objects.get(pk=item.pk)


def sent(desk, item, unit: str = "PJ01") -> Item:
    desk.post(at("item_move", item, "send"), {"step": fresh(item).steps, "duty.lead": unit})
    return fresh(item)


def test_editing_changes_what_the_state_allows_and_wipes_no_personal_data(district, desk):
    item = item_taken_in(district, phone=PHONE)
    page = soup(desk.get(at("item_edit", item)))
    names = {each["name"] for each in page.select("form.panel [name]")}
    assert {"title", "firm", "phone"} <= names and "result" not in names and "duty.watch" not in names
    typed = {"step": 1, "title": "改过的事由", "kind": "finance", "firm": "", "detail": "太短"}
    refused = desk.post(at("item_edit", item), typed)
    assert (
        "不得少于 10 字" in text_of(refused)
        and soup(refused).select_one("[name=title]")["value"] == "改过的事由"
    )
    given = typed | {"firm": "海宁纺织厂", "detail": "企业反映续贷手续一直卡在评估环节。"}
    done = desk.post(at("item_edit", item), given, follow=True)
    assert "改过的事由" in text_of(done) and PHONE not in text_of(done)
    assert unseal(item.pk, fresh(item).private.sealed)["phone"] == PHONE
    late = desk.post(at("item_edit", item), given | {"title": "再改"})
    assert "您的办理没有生效" in text_of(late)
    assert verify_ledger().ok


def test_duties_are_set_where_the_state_allows(district, desk, browse):
    item = sent(desk, item_taken_in(district))
    done = desk.post(at("item_duties", item), {"step": 2, "duty.co": ["PJ02"]}, follow=True)
    assert "协办单位" in text_of(done)
    assert browse("dawa").get(at("item_duties", item)).status_code == 403


def test_tags_are_put_on_and_found(district, desk):
    item = item_taken_in(district)
    refused = desk.post(at("item_tags", item), {"tags": "x" * 21})
    assert "应不超过 20 字" in text_of(refused)
    assert "重点" in text_of(desk.post(at("item_tags", item), {"tags": "重点，续贷"}, follow=True))
    assert soup(desk.get(at("item_tags", item))).select_one("[name=tags]")["value"] == "重点 续贷"


def test_personal_data_is_shown_for_a_reason_and_every_look_is_on_record(district, desk, browse):
    item = sent(desk, item_taken_in(district, phone=PHONE))
    assert PHONE not in text_of(desk.get(at("item_reveal", item)))
    assert "请写明查看个人信息的理由" in text_of(desk.post(at("item_reveal", item), {"reason": " "}))
    assert "4 至 100 字" in text_of(desk.post(at("item_reveal", item), {"reason": "看"}))
    assert ItemReveal.objects.count() == 0
    shown = desk.post(at("item_reveal", item), {"reason": "回访企业核实情况", "key": "k"})
    assert PHONE in text_of(shown) and "no-store" in shown["Cache-Control"]
    assert soup(shown).select_one("meta[http-equiv=refresh]")["content"].startswith("60;")
    desk.post(at("item_reveal", item), {"reason": "回访企业核实情况", "key": "k"})
    assert ItemReveal.objects.count() == 2
    page = text_of(desk.get(at("item_detail", item)))
    assert "个人信息已查看" in page and "回访企业" not in page and PHONE not in page
    unseen = item_taken_in(district, phone=PHONE)
    assert browse("dawa").post(at("item_reveal", unseen), {"reason": "随便看一看"}).status_code == 404
    assert browse("ducha").post(at("item_reveal", item), {"reason": "随便看一看"}).status_code == 403


def test_parents_links_and_children_show_on_both_pages(district, desk):
    item, above, other = (item_taken_in(district, f"第{number}件") for number in range(3))
    wrong = desk.post(at("item_parents", item), {"numbers": "ZQ000"})
    assert "没有编号为“ZQ000”的事项" in text_of(wrong)
    assert soup(wrong).select_one("[name=numbers]")["value"] == "ZQ000"
    desk.post(at("item_parents", item), {"numbers": f"{above.number} {other.number}"})
    assert ItemParent.objects.filter(item=item).count() == 2
    assert (
        "下级事项" in soup(desk.get(at("item_detail", above))).select_one(f"#relations-{above.pk}").get_text()
    )
    circle = desk.post(at("item_parents", above), {"numbers": item.number})
    assert "不能作为上级事项" in text_of(circle)
    desk.post(at("item_link", item), {"number": other.number, "kind": "duplicate"})
    (link,) = ItemLink.objects.filter(item=item)
    twice = desk.post(at("item_link", item), {"number": other.number, "kind": "duplicate", "key": "2"})
    assert "已有“重复反映”的关联" in text_of(twice)
    assert "重复反映" in text_of(desk.get(at("item_detail", other)))
    assert desk.post(at("item_link_drop", other, link.pk)).status_code == 404
    desk.post(at("item_link_drop", item, link.pk))
    assert not ItemLink.objects.exists() and verify_ledger().ok


def test_merging_says_on_both_pages_what_it_means(district, desk):
    item, into = item_taken_in(district, "重复的一件"), item_taken_in(district, "先到的一件")
    assert "不再单独办理" in text_of(desk.get(at("item_merge", item)))
    refused = desk.post(at("item_merge", item), {"number": into.number, "note": "", "step": 1})
    assert "请写明并入的理由" in text_of(refused)
    assert soup(refused).select_one("[name=number]")["value"] == into.number
    own = desk.post(at("item_merge", item), {"number": item.number, "note": "同一件事", "step": 1})
    assert "不能并入自己" in text_of(own)
    done = desk.post(
        at("item_merge", item), {"number": into.number, "note": "同一件事", "step": 1}, follow=True
    )
    assert "已并入本件" in text_of(done) and item.number in text_of(done)
    page = text_of(desk.get(at("item_detail", item)))
    assert "本件已并入" in page and into.number in page and "统计位置保留" in page
    assert desk.get(at("item_merge", item)).status_code == 409


def test_an_item_is_split_into_several(district, desk):
    item = item_taken_in(district, phone=PHONE)
    long = desk.post(at("item_split", item), {"titles": "一件\n" + "长" * 201})
    assert "第 2 件事由超过 200 字" in text_of(long) and Item.objects.count() == 1
    done = desk.post(at("item_split", item), {"titles": "续贷手续\n\n评估收费"}, follow=True)
    assert "已拆分出" in text_of(done) and "拆分出" in text_of(done)
    part = Item.objects.get(title="评估收费")
    assert part.values["firm"] == "海宁纺织厂" and not hasattr(part, "private")
    assert verify_ledger().ok


def test_dialogs_open_in_the_drawer_too(district, desk):
    item = item_taken_in(district)
    for name in ("item_edit", "item_tags", "item_link", "item_parents", "item_merge", "item_split"):
        part = desk.get(at(name, item), headers=HTMX)
        assert soup(part).select_one("form.panel[action]") and not soup(part).select_one("#side")


def test_a_clerk_reaches_nothing_of_an_item_of_another_unit(district, desk, browse):
    item = sent(desk, item_taken_in(district, phone=PHONE), "PJ02")
    other = browse("dawa")
    for name in (
        *("item_detail", "item_edit", "item_duties", "item_tags", "item_reveal", "item_parents"),
        *("item_link", "item_merge", "item_split", "item_evidence"),
    ):
        assert other.get(at(name, item)).status_code == 404, name
    assert other.post(at("item_link_drop", item, 1)).status_code == 404
    assert other.post(reverse("comment_add", args=["item", item.pk]), {"text": "x"}).status_code == 404
    assert "续贷手续受阻" not in text_of(other.get("/items/zhengqi.case/"))


def test_what_is_out_of_sight_is_not_named_on_the_page_of_a_relative(district, desk, browse):
    seen, secret = sent(desk, item_taken_in(district, "看得到的")), item_taken_in(district, "看不到的")
    item_link(actor=SYSTEM_ACTOR, item_id=seen.pk, other_id=secret.pk, kind="related", now=LATER)
    parents_set(actor=SYSTEM_ACTOR, item_id=seen.pk, parent_ids=[secret.pk], now=LATER)
    clerk = browse("dawa")
    page = text_of(clerk.get(at("item_detail", seen)))
    assert "另有 1 件不在您的查看范围" in page and "看不到的" not in page and secret.number not in page
    named = clerk.post(at("item_link", seen), {"number": secret.number, "kind": "follows"})
    assert "没有编号为" in text_of(named)
    clerk.post(at("item_parents", seen), {"numbers": ""})
    assert ItemParent.objects.filter(item=seen, parent=secret).exists()


def test_a_clerk_finds_no_personal_data_by_filter_export_or_timeline(district, desk, browse):
    item = sent(desk, item_taken_in(district, phone=PHONE, contact="王建国"))
    clerk = browse("dawa")
    assert "筛选条件里没有“phone”" in text_of(clerk.get("/items/zhengqi.case/", {"q": f"phone:{PHONE}"}))
    assert "没有符合条件" in text_of(clerk.get("/items/zhengqi.case/", {"q": PHONE}))
    desk.post(at("item_edit", item), {"step": 2, "phone": "13900000000"})
    page = text_of(clerk.get(at("item_detail", item)))
    assert "已加密保存" in page and PHONE not in page and "13900000000" not in page and "王建国" not in page


def test_the_timeline_tells_all_in_order_and_by_kind(district, desk, browse):
    item = sent(desk, item_taken_in(district))
    clerk = browse("dawa")
    clerk.post(reverse("comment_add", args=["item", item.pk]), {"text": "已约谈银行"})
    desk.post(at("item_tags", item), {"tags": "重点"})
    page = soup(clerk.get(at("item_detail", item)))
    told = [each.get_text() for each in page.select(".steps .step-head b")]
    assert set(told) == {"登记 → 待派发", "派发 → 待签收", "意见", "事项标签已调整"}
    only = soup(clerk.get(at("item_detail", item), {"show": "comment"}))
    assert "已约谈银行" in only.select_one(".steps").get_text() and len(only.select(".steps li")) == 1
    assert only.select_one(".steps a[href*=strike]")
    assert not soup(desk.get(at("item_detail", item))).select(".steps a[href*=strike]")


def test_what_somebody_else_is_to_do_is_told_with_who(district, desk, browse):
    item = sent(desk, item_taken_in(district))
    blocked = soup(desk.get(at("item_detail", item))).select_one(".blocked").get_text(" ")
    assert "签收" in blocked and "由大洼区办理" in blocked
    buttons = [
        each.get_text() for each in soup(browse("dawa").get(at("item_detail", item))).select(".acts > a")
    ]
    assert buttons[:2] == ["签收", "退回"]


@pytest.mark.parametrize("rows", [1, 8])
def test_the_page_of_an_item_asks_a_bounded_number_of_queries(
    rows, district, desk, django_assert_max_num_queries
):
    item = item_taken_in(district)
    for number in range(rows):
        other = item_taken_in(district, f"第{number}件")
        item_link(actor=SYSTEM_ACTOR, item_id=item.pk, other_id=other.pk, kind="related", now=LATER)
        desk.post(reverse("comment_add", args=["item", item.pk]), {"text": f"意见{number}"})
    desk.get(at("item_detail", item))
    with django_assert_max_num_queries(55):
        assert desk.get(at("item_detail", item)).status_code == 200
