"""The page of an answer: what it shows, what it keeps, what it refuses and where it says so."""

from __future__ import annotations

import pytest

from luoshi.kernel.filings.actions import draft_save, obligation_claim
from luoshi.kernel.filings.entries import Typed
from luoshi.kernel.filings.models import Draft, Filing, Obligation
from tests.kernel.filings.loop import (
    GOOD,
    IN_TIME,
    PAST_DUE,
    accepted,
    later,
    opened,
    owed,
    parse_period,
    returned,
    signed,
    submit,
)
from tests.web.conftest import HTMX, soup, text_of

pytestmark = pytest.mark.django_db


def fill_of(code: str = "S1", period: str = "2020-12") -> str:
    return f"/filings/obligations/{owed(code, period).pk}/fill/"


def errors_of(page) -> dict[str, str]:
    """Return the text beside each input that has one."""
    return {
        tag["id"].removeprefix("id_").removesuffix("-error"): tag.get_text()
        for tag in page.select(".bad-text")
    }


def test_fields_stand_with_unit_mark_and_a_label_each(browse):
    page = soup(browse("clerk").get(fill_of()))
    labels = [label.get_text() for label in page.select(".field.entry label")]
    assert labels == ["件数（件）*", "超期（件）*", "备注"]
    assert page.select_one("#id_cases")["inputmode"] == "decimal"
    assert "零报告" in page.get_text() and page.select_one("[name=late_reason]")["type"] == "hidden"
    for field in page.select("#entry input:not([type=hidden]), #entry textarea"):
        assert page.find("label", attrs={"for": field["id"]}), field


def test_draft_is_kept_as_typed_without_javascript(browse, cast):
    client = browse("clerk")
    sent = {
        "do": "save",
        "rev": "0",
        "cases": "十二",
        "overdue": "",
        "remark": "第一行\r\n第二行",
        "note": "",
    }
    assert client.post(fill_of(), sent)["Location"] == fill_of()
    draft = Draft.objects.get()
    assert draft.values == {"cases": "十二", "overdue": "", "remark": "第一行\n第二行"}
    page = soup(client.get(fill_of()))
    assert page.select_one("#id_cases")["value"] == "十二"
    assert page.select_one("[name=rev]")["value"] == "1"
    assert "人员clerk" in page.select_one("#draft-state").get_text()


def test_autosave_answers_with_the_line_alone_and_the_next_revision(browse):
    client = browse("clerk")
    response = client.post(fill_of(), {"rev": "0", "cases": "3"}, headers=HTMX)
    part = soup(response)
    assert [tag["id"] for tag in part.find_all(True, recursive=False)] == ["draft-state"]
    assert part.select_one("[name=rev]")["value"] == "1" and "data-saved" in str(part)


def test_second_editor_sees_who_and_when_and_both_texts(browse, cast):
    draft_save(
        actor=cast.colleague, obligation_id=owed().pk, rev=0, typed=Typed({"cases": "12"}), now=IN_TIME
    )
    client = browse("clerk", later(minutes=1))
    page = soup(client.post(fill_of(), {"do": "save", "rev": "0", "cases": "15", "note": "我的"}))
    assert "已由人员colleague于 2021-01-15 08:00 保存" in page.select_one(".notice.error").get_text()
    assert page.select_one("#id_cases")["value"] == "15"
    assert "12" in page.select_one(".theirs").get_text() and "说明　对方已存：—" in page.get_text()
    assert Draft.objects.get().values == {"cases": "12"}
    again = client.post(
        fill_of(), {"do": "save", "rev": page.select_one("[name=rev]")["value"], "cases": "15"}
    )
    assert again.status_code == 302 and Draft.objects.get().values["cases"] == "15"


def test_autosave_never_overwrites_and_says_so(browse, cast):
    draft_save(
        actor=cast.colleague, obligation_id=owed().pk, rev=0, typed=Typed({"cases": "12"}), now=IN_TIME
    )
    part = soup(browse("clerk").post(fill_of(), {"rev": "0", "cases": "15"}, headers=HTMX))
    assert "未自动保存" in part.get_text() and "data-saved" not in str(part)
    assert part.select_one("[name=rev]")["value"] == "0"


def test_submitting_leads_to_the_obligation_and_is_done_once(browse):
    client = browse("clerk")
    sent = {"do": "submit", "rev": "0", "key": "k" * 32, **GOOD}
    for _ in range(2):
        response = client.post(fill_of(), sent)
        assert response["Location"] == f"/filings/obligations/{owed().pk}/"
    assert Filing.objects.get().values == {"cases": "10", "overdue": "1", "remark": None}
    assert "已提交，等待审签" in text_of(client.get(response["Location"]))


def test_missing_and_unfit_values_are_named_beside_the_field(browse):
    page = soup(browse("clerk").post(fill_of(), {"do": "submit", "rev": "0", "cases": "1.5"}))
    assert errors_of(page) == {
        "cases": "应为整数，现为 1.5，请核对后改正。",
        "overdue": "此项必填，请填写超期。",
    }
    summary = page.select_one("#entry > .notice.error")
    assert summary.get_text().startswith("有 ") and "您填的内容都还在" in summary.get_text()
    assert all(page.select_one(link["href"]) for link in summary.select("a")) and summary.select("a")
    assert page.select_one("#id_cases")["value"] == "1.5" and not Filing.objects.exists()


def test_a_broken_rule_stands_beside_the_field_too(browse):
    page = soup(browse("clerk").post(fill_of(), {"do": "submit", "rev": "0", "cases": "1", "overdue": "2"}))
    assert errors_of(page) == {"overdue": "超期不得大于件数。"}


def test_last_period_stands_beside_and_a_jump_asks_for_an_explanation(browse, cast):
    accepted(cast, signed(cast))
    now = later(days=14)
    opened(parse_period("2021-01"), now=now)
    client = browse("clerk", now)
    january = fill_of(period="2021-01")
    page = soup(client.get(january))
    assert page.select_one("#id_cases-before").get_text() == "2020年12月 10"
    assert page.select_one("[data-into=id_cases]")["data-same"] == "10"
    assert page.find(id="id_cases.explained") is None
    sent = {"do": "submit", "rev": "0", **GOOD, "cases": "16"}
    page = soup(client.post(january, sent))
    assert errors_of(page) == {"cases.explained": "上期为 10，变动超过 50%，请说明原因。"}
    assert client.post(january, sent | {"cases.explained": "集中接访"}).status_code == 302


def test_nil_return_needs_its_note(browse):
    client = browse("clerk")
    page = soup(client.post(fill_of(), {"do": "nil", "rev": "0"}))
    assert errors_of(page) == {"note": "零报告须说明情况。"}
    assert client.post(fill_of(), {"do": "nil", "rev": "0", "note": "本月无"}).status_code == 302
    assert owed().answer == "nil"


def test_after_due_a_reason_is_asked_for(browse):
    client = browse("clerk", PAST_DUE)
    page = soup(client.get(fill_of()))
    assert page.select_one("textarea[name=late_reason]") is not None
    page = soup(client.post(fill_of(), {"do": "submit", "rev": "0", **GOOD}))
    assert "请说明迟报理由" in errors_of(page)["late_reason"]
    assert (
        client.post(fill_of(), {"do": "submit", "rev": "0", **GOOD, "late_reason": "停电"}).status_code == 302
    )


def test_after_a_hard_lock_the_page_says_so_and_keeps_what_was_typed(browse):
    Obligation.objects.update(lock_mode="hard", lock_at=IN_TIME)
    client = browse("clerk", later(minutes=1))
    page = soup(client.get(fill_of()))
    assert "该期间已锁定（截至 2021-01-15 08:00）" in page.get_text() and page.find(id="entry") is None
    page = soup(client.post(fill_of(), {"do": "submit", "rev": "0", **GOOD}))
    assert page.select_one("#id_cases")["value"] == "10" and "已锁定" in page.get_text()
    assert not Filing.objects.exists()


def test_answered_the_page_says_why_it_is_shut(browse, cast):
    submit(cast.clerk)
    page = soup(browse("clerk").get(fill_of()))
    assert "已提交，不能再填" in page.get_text() and page.find(id="entry") is None


def test_returned_items_stand_beside_their_fields(browse, cast):
    returned(cast, signed(cast))
    page = soup(browse("clerk").get(fill_of()))
    assert "数据有误：与台账不符，请核对" in page.select_one(".mend").get_text()
    assert page.select_one("#id_cases")["value"] == "10"
    assert "第 1 次退回" in page.get_text()


def test_only_who_fills_may_open_the_page(browse):
    codes = {who: browse(who).get(fill_of()).status_code for who in ("clerk", "head", "reviewer", "other")}
    assert codes == {"clerk": 200, "head": 403, "reviewer": 403, "other": 404}


def test_claiming_and_taking_over(browse, cast):
    address = fill_of().replace("/fill/", "/claim/")
    assert browse("clerk").post(address).status_code == 302
    assert "由您办理" in text_of(browse("clerk").get(fill_of()))
    assert browse("colleague").post(address).status_code == 409
    assert browse("colleague").post(address, {"do": "take_over"}).status_code == 302
    assert owed().claimed_by_account == cast.colleague.account_id


def test_being_excused_is_asked_for_and_decided_by_somebody_else(browse, cast):
    address = fill_of().replace("/fill/", "/excuse/")
    page = soup(browse("clerk").post(address, {"do": "ask"}))
    assert errors_of(page) == {"reason": "请说明免报理由。"}
    assert browse("clerk").post(address, {"do": "ask", "reason": "机构筹建"}).status_code == 302
    assert browse("clerk").get(address).status_code == 409
    reviewer = browse("reviewer")
    assert "机构筹建" in text_of(reviewer.get(address))
    page = soup(reviewer.post(address, {"do": "refuse"}))
    assert errors_of(page) == {"reply": "请说明不同意免报的理由。"}
    assert reviewer.post(address, {"do": "grant"}).status_code == 302
    assert owed().answer == "excused"


def test_a_claim_by_somebody_else_is_told(browse, cast):
    obligation_claim(actor=cast.colleague, obligation_id=owed().pk, now=IN_TIME)
    assert "由我接手" in text_of(browse("clerk").get(fill_of()))
