"""The page of an obligation for those who sign, review and withdraw: what it offers, does and refuses."""

from __future__ import annotations

import pytest

from luoshi.kernel.filings.models import Filing, Review
from tests.kernel.filings.loop import GOOD, accepted, later, owed, returned, signed, submit
from tests.web.conftest import soup, text_of

pytestmark = pytest.mark.django_db


def page_of(client):
    return soup(client.get(f"/filings/obligations/{owed().pk}/"))


def step_of(filing: Filing, step: str) -> str:
    return f"/filings/versions/{filing.pk}/{step}/"


def buttons(page) -> list[str]:
    return [tag.get_text().strip() for tag in page.select("#main form button, #main a.btn2")]


def test_everybody_is_offered_the_own_step_and_no_other(browse, cast):
    assert "填报" in buttons(page_of(browse("clerk")))
    assert buttons(page_of(browse("reviewer"))) == []
    assert buttons(page_of(browse("office"))) == ["准予免报"]
    filing = submit(cast.clerk)
    assert buttons(page_of(browse("clerk"))) == ["撤回修改"]
    assert buttons(page_of(browse("head"))) == ["审签"]
    assert buttons(page_of(browse("reviewer"))) == []
    browse("head").post(step_of(filing, "sign"), {"sure": "on"})
    assert buttons(page_of(browse("clerk"))) == []
    assert buttons(page_of(browse("reviewer"))) == ["通过", "退回补正"]


def test_signing_needs_the_tick(browse, cast):
    filing = submit(cast.clerk)
    client = browse("head")
    assert "请先核对并勾选确认" in text_of(client.post(step_of(filing, "sign")))
    response = client.post(step_of(filing, "sign"), {"sure": "on"})
    assert response["Location"] == f"/filings/obligations/{owed().pk}/"
    assert "已审签，等待审核" in text_of(client.get(response["Location"]))
    filing.refresh_from_db()
    assert filing.state == "signed"


def test_return_names_each_item_beside_its_row_and_loses_nothing(browse, cast):
    filing = signed(cast)
    client = browse("reviewer")
    assert "请逐项写明要补正什么" in text_of(client.post(step_of(filing, "return")))
    sent = {
        "pick.cases": "on",
        "code.cases": "wrong",
        "text.cases": "",
        "code.@": "other",
        "text.@": "漏附件",
    }
    page = soup(client.post(step_of(filing, "return"), sent))
    assert page.find(id="id_text.cases-error").get_text() == "请写明如何补正，不超过 500 字。"
    assert page.find(id="id_text.@").get_text().strip() == "漏附件" and not Review.objects.exists()
    page = soup(client.post(step_of(filing, "return"), {"pick.cases": "on", "text.cases": "核对台账"}))
    assert page.find(id="id_code.cases-error").get_text().startswith("退回原因应为：漏填、")
    assert client.post(step_of(filing, "return"), sent | {"text.cases": "核对台账"}).status_code == 302
    assert Review.objects.get().items == [
        {"field": "cases", "code": "wrong", "text": "核对台账"},
        {"field": "", "code": "other", "text": "漏附件"},
    ]
    shown = text_of(browse("clerk").get(f"/filings/obligations/{owed().pk}/"))
    assert "件数 数据有误：核对台账" in shown and "修改后重新提交" in shown


def test_second_return_asks_for_the_talk_and_a_third_is_not_offered(browse, cast):
    returned(cast, signed(cast))
    filing = signed(cast, values=GOOD | {"cases": "9"})
    client = browse("reviewer")
    page = page_of(client)
    assert page.select_one("tr.changed td.was").get_text() == "10"
    assert page.find(id="id_talk_note") is not None
    sent = {"code.cases": "wrong", "text.cases": "仍不符"}
    page = soup(client.post(step_of(filing, "return"), sent))
    assert page.find(id="id_talk_note-error").get_text() == "再次退回须写明已与填报单位沟通的情况。"
    assert client.post(step_of(filing, "return"), sent | {"talk_note": "已电话核对"}).status_code == 302
    signed(cast, values=GOOD | {"cases": "8"})
    assert "不能再退回" in page_of(client).get_text()


def test_accepting_ends_it(browse, cast):
    filing = signed(cast)
    client = browse("reviewer")
    assert "请先核对并勾选确认" in text_of(client.post(step_of(filing, "accept")))
    sent = {"sure": "on", "comment": "数据清楚", "key": "a" * 32}
    for _ in range(2):
        assert client.post(step_of(filing, "accept"), sent).status_code == 302
    page = page_of(client)
    assert "已通过" in page.get_text() and "通过，数据清楚" in page.get_text() and buttons(page) == []


def test_author_withdraws_until_somebody_acted(browse, cast):
    filing = submit(cast.clerk)
    client = browse("clerk")
    assert browse("colleague").post(step_of(filing, "withdraw")).status_code == 403
    assert client.post(step_of(filing, "withdraw"))["Location"].endswith("/fill/")
    filing = signed(cast, now=later(minutes=1))
    assert client.post(step_of(filing, "withdraw")).status_code == 409


def test_steps_of_others_are_refused(browse, cast):
    filing = submit(cast.clerk)
    for who, code in (("clerk", 403), ("reviewer", 403), ("other", 404), ("auditor", 403)):
        assert browse(who).post(step_of(filing, "sign"), {"sure": "on"}).status_code == code
    filing = signed_of(browse, filing)
    for who, code in (("clerk", 403), ("head", 403), ("other", 404), ("auditor", 403)):
        assert browse(who).post(step_of(filing, "accept"), {"sure": "on"}).status_code == code


def signed_of(browse, filing: Filing) -> Filing:
    browse("head").post(step_of(filing, "sign"), {"sure": "on"})
    return filing


def test_a_step_replayed_after_signing_in_again_is_told_to_have_done_nothing(browse, cast):
    filing = submit(cast.clerk)
    client = browse("head")
    response = client.get(step_of(filing, "sign"))
    assert response["Location"] == f"/filings/obligations/{owed().pk}/"
    assert "刚才的办理没有生效" in text_of(client.get(response["Location"]))


def test_history_of_each_version_can_be_read(browse, cast):
    returned(cast, signed(cast, note="按台账"))
    accepted(cast, signed(cast, values=GOOD | {"cases": "9"}))
    text = text_of(browse("auditor").get(f"/filings/obligations/{owed().pk}/"))
    for words in (
        "第 2 版",
        "说明：按台账",
        "审签",
        "退回，请于 2021-01-20 23:59 前补正",
        "件数 数据有误：与台账不符",
    ):
        assert words in text, words


def test_page_asks_the_same_number_of_queries_however_many_versions(
    browse, cast, django_assert_max_num_queries
):
    returned(cast, signed(cast))
    signed(cast, values=GOOD | {"cases": "9"})
    client = browse("reviewer")
    with django_assert_max_num_queries(60):
        page_of(client)


def test_every_form_that_writes_carries_its_token(browse, cast):
    submit(cast.clerk)
    here = f"/filings/obligations/{owed().pk}/"
    addresses = [
        ("clerk", here),
        ("head", here),
        ("reviewer", "/filings/review/"),
        ("clerk", "/filings/mine/"),
    ]
    browse("head").post(step_of(owed().filings.get(), "sign"), {"sure": "on"})
    for who, address in [*addresses, ("reviewer", here)]:
        for form in soup(browse(who).get(address)).select("form[method=post]"):
            assert form.select_one("[name=csrfmiddlewaretoken]"), form["action"]
