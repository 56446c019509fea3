"""The pages of questions and comments: asked beside a field, answered, found beside that field by all."""

from __future__ import annotations

from io import BytesIO

import pytest
from openpyxl import load_workbook

from luoshi.kernel.discuss.actions import comment_add, question_answer, question_ask
from luoshi.kernel.discuss.models import Comment, Question
from luoshi.kernel.ledger.queries import events_of
from tests.kernel.filings.loop import FORM, IN_TIME, owed
from tests.web.conftest import HTMX, soup, text_of

pytestmark = pytest.mark.django_db
ASK = f"/discuss/questions/ask/?topic=form:{FORM}&field=cases"


def asked(cast, text="移交的算不算？", field="cases"):
    return question_ask(actor=cast.clerk, kind="form", ref=FORM, field=field, text=text, now=IN_TIME)


def fill_page(client, code="S1"):
    return soup(client.get(f"/filings/obligations/{owed(code).pk}/fill/"))


def test_asked_beside_the_field_answered_and_read_there_by_another_unit(browse, cast):
    clerk = browse("clerk")
    link = fill_page(clerk).select_one("a.faq-ask")
    assert link["href"] == ASK
    page = soup(clerk.get(ASK))
    assert page.select_one("select[name=field] option[selected]").get_text() == "件数"
    sent = {"field": "cases", "text": "移交的算不算？", "key": "a" * 32}
    for _ in range(2):
        answer = clerk.post(ASK, sent)
    question = Question.objects.get()
    address = f"/discuss/questions/{question.pk}/"
    assert answer["Location"] == address
    assert "常见问题" not in fill_page(browse("other"), "S2").get_text()
    reviewer = browse("reviewer")
    assert "待答复" in text_of(reviewer.get("/discuss/questions/?mine=1"))
    assert reviewer.post(address, {"text": "不算。"})["Location"] == address
    page = fill_page(browse("other"), "S2")
    faq = page.select_one(".faq details")
    assert "常见问题 1" in faq.get_text() and "不算。" in faq.get_text()
    assert "单位S1" not in text_of(browse("other").get(address))
    reviewer.post(address, {"text": "当月仍算。"})
    words = text_of(browse("clerk").get(address))
    assert "当月仍算。" in words and "原答复 第 1 版" in words and "单位S1" in words


def test_what_is_refused_stays_typed(browse, cast):
    clerk = browse("clerk")
    asked(cast)
    page = soup(clerk.post(ASK, {"field": "cases", "text": "移交的算不算？"}))
    assert "请勿重复提问" in page.get_text()
    assert page.select_one("textarea").get_text().strip() == "移交的算不算？"
    assert "请写明问题" in text_of(clerk.post(ASK, {"field": "", "text": " "}))
    assert browse("office").get(ASK).status_code == 403
    assert clerk.get("/discuss/questions/ask/?topic=form:loop.x").status_code == 404
    assert clerk.get("/discuss/questions/ask/?topic=x").status_code == 404


def test_the_author_withdraws_and_others_are_not_offered_it(browse, cast):
    address = f"/discuss/questions/{asked(cast).pk}/"
    assert "撤回问题" not in text_of(browse("colleague").get(address))
    clerk = browse("clerk")
    assert "撤回问题" in text_of(clerk.get(address))
    assert clerk.post(f"{address}withdraw/")["Location"] == "/discuss/questions/"
    assert "已撤回" in text_of(clerk.get(address))
    assert browse("reviewer").get(address).status_code == 404


def test_the_list_swaps_exports_and_says_what_to_do_when_empty(browse, cast):
    reviewer = browse("reviewer")
    assert "还没有问题" in text_of(reviewer.get("/discuss/questions/"))
    question_answer(actor=cast.reviewer, question_id=asked(cast).pk, text="不算。", now=IN_TIME)
    asked(cast, "整张表何时报？", "")
    part = soup(reviewer.get("/discuss/questions/?state=waiting", headers=HTMX))
    assert "整张表何时报" in part.get_text() and "不算" not in part.get_text()
    assert str(part.find(id="questions")) == str(
        soup(reviewer.get("/discuss/questions/?state=waiting")).find(id="questions")
    )
    assert "没有符合条件的问题" in text_of(reviewer.get("/discuss/questions/?q=没有"))
    book = load_workbook(BytesIO(reviewer.get("/discuss/questions/export/").content))
    rows = list(book.active.values)
    assert rows[0][0] == "状态" and {row[3] for row in rows[1:]} == {"移交的算不算？", "整张表何时报？"}


def test_comments_stand_with_the_obligation_and_are_struck_by_their_author(browse, cast):
    clerk, page = browse("clerk"), f"/filings/obligations/{owed().pk}/"
    assert "还没有意见" in text_of(clerk.get(page))
    write = f"/discuss/comments/obligation/{owed().pk}/"
    assert "请写明意见" in text_of(clerk.post(write, {"text": " "}))
    assert clerk.post(write, {"text": "已与台账核对"})["Location"] == page
    comment = Comment.objects.get()
    strike = f"/discuss/comments/{comment.pk}/strike/"
    reviewer = browse("reviewer")
    assert "已与台账核对" in text_of(reviewer.get(page, headers=HTMX))
    assert strike not in reviewer.get(page).content.decode()
    assert reviewer.get(strike).status_code == 404 and reviewer.post(strike).status_code == 403
    assert browse("other").get(write).status_code == 404
    assert browse("auditor").get(write).status_code == 403
    assert clerk.get("/discuss/comments/filing/1/").status_code == 404
    clerk = browse("clerk")
    assert strike in clerk.get(page).content.decode() and "已与台账核对" in text_of(clerk.get(strike))
    assert clerk.post(strike)["Location"] == page
    assert "已与台账核对" not in text_of(reviewer.get(page))


@pytest.mark.parametrize("number", [1, 10])
def test_the_page_of_an_answer_costs_the_same_for_many_questions(
    browse, cast, django_assert_max_num_queries, number
):
    for each in range(number):
        question = asked(cast, f"第{each}问")
        question_answer(actor=cast.reviewer, question_id=question.pk, text="答", now=IN_TIME)
        comment_add(
            actor=cast.clerk, kind="obligation", subject_id=owed().pk, text=f"意见{each}", now=IN_TIME
        )
    client = browse("clerk")
    with django_assert_max_num_queries(60):
        assert f"常见问题 {number}" in client.get(f"/filings/obligations/{owed().pk}/fill/").content.decode()
    with django_assert_max_num_queries(80):
        client.get(f"/filings/obligations/{owed().pk}/")


def test_the_ledger_does_not_tell_other_units_who_asked(browse, cast):
    question = asked(cast)
    question_answer(actor=cast.reviewer, question_id=question.pk, text="不算。", now=IN_TIME)
    for event in events_of("question", question.pk):
        address = f"/ledger/events/{event.id}/"
        codes = [browse(name).get(address).status_code for name in ("clerk", "reviewer", "other")]
        assert codes == [200, 200, 404]
