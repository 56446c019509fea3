"""Questions about a form: asked by who files it, answered by who reviews it, read by all; never twice."""

from __future__ import annotations

import pytest

from luoshi.core.errors import (
    Duplicate,
    Incomplete,
    Invalid,
    NotAllowed,
    NotFound,
    SamePerson,
    WrongState,
)
from luoshi.kernel.discuss.actions import (
    LONGEST,
    answer_revise,
    question_answer,
    question_ask,
    question_withdraw,
)
from luoshi.kernel.discuss.models import Question, QuestionAnswer
from luoshi.kernel.discuss.queries import (
    faq_of,
    may_ask,
    question_view,
    questions_found,
    questions_mine,
)
from luoshi.kernel.ledger.queries import events_of
from luoshi.kernel.ledger.verify import verify_ledger
from luoshi.kernel.notify.models import Message
from tests.kernel.filings.loop import FORM, IN_TIME, later, loop_world, opened, player

pytestmark = pytest.mark.django_db
TEXT = "已移交其他单位的件数还算不算？"


@pytest.fixture
def cast():
    found = loop_world()
    opened()
    return found


def ask(actor, text=TEXT, field="cases", now=IN_TIME, ref=FORM):
    return question_ask(actor=actor, kind="form", ref=ref, field=field, text=text, now=now)


def answer(actor, question, text="不算，由接收单位填报。", now=None):
    return question_answer(actor=actor, question_id=question.pk, text=text, now=now or later(days=2))


def told() -> list[tuple[str, str]]:
    rows = Message.objects.order_by("id").values_list("post__code", "notice__text")
    return [(post, text) for post, text in rows]


def kinds(question) -> list[str]:
    return [event.kind for event in events_of("question", question.pk)]


def state() -> tuple:
    return (list(Question.objects.order_by("id").values()), QuestionAnswer.objects.count())


def test_answered_by_the_reviewer_and_read_by_everybody_who_files(cast):
    question = ask(cast.clerk, f"  {TEXT} ")
    assert kinds(question) == ["question.asked"]
    assert TEXT not in str(events_of("question", question.pk)[0].body)
    assert told() == [("reviewer", "单位S1就“履责月报·件数”提问，请答复。")]
    assert [each.pk for each in questions_mine(cast.reviewer, IN_TIME)] == [question.pk]
    assert faq_of(cast.other, "form", FORM, IN_TIME) == {}
    answer(cast.reviewer, question)
    assert kinds(question) == ["question.asked", "question.answered"]
    assert told()[-1] == ("clerk", "您就“履责月报”提出的问题已答复，请查看。")
    (view,) = faq_of(cast.other, "form", FORM, later(days=3))["cases"]
    assert (view.text, view.answer.text, view.waited) == (TEXT, "不算，由接收单位填报。", 2)
    assert view.unit_title == "" and not view.mine
    assert list(questions_mine(cast.reviewer, IN_TIME)) == []
    assert verify_ledger().ok


def test_the_unit_that_asks_is_shown_to_itself_and_to_who_answers_only(cast):
    question = ask(cast.clerk)
    answer(cast.reviewer, question)
    shown = {
        name: question_view(getattr(cast, name), question.pk, IN_TIME).unit_title
        for name in ("clerk", "head", "reviewer", "other", "office")
    }
    assert shown == {
        "clerk": "单位S1",
        "head": "单位S1",
        "reviewer": "单位S1",
        "other": "",
        "office": "单位S1",
    }


def test_an_open_question_is_out_of_sight_for_other_units(cast):
    question = ask(cast.clerk)
    for name in ("clerk", "colleague", "head", "reviewer", "office", "auditor"):
        assert question_view(getattr(cast, name), question.pk, IN_TIME).state == "waiting"
    with pytest.raises(NotFound):
        question_view(cast.other, question.pk, IN_TIME)
    with pytest.raises(NotFound):
        question_withdraw(actor=cast.other, question_id=question.pk, now=IN_TIME)


def test_who_does_not_file_the_form_cannot_ask(cast):
    with pytest.raises(NotAllowed, match="不由您的单位填报"):
        ask(player("stranger", "P1", ("clerk", "P1")))
    for name in ("reviewer", "office", "auditor"):
        with pytest.raises(NotAllowed, match="提问"):
            ask(getattr(cast, name))
    with pytest.raises(NotFound):
        ask(cast.clerk, ref="loop.nothing")
    with pytest.raises(NotFound):
        question_ask(actor=cast.clerk, kind="duty", ref=FORM, text=TEXT, now=IN_TIME)
    assert state() == ([], 0)
    assert may_ask(cast.clerk, "form", FORM, IN_TIME) and not may_ask(cast.office, "form", FORM, IN_TIME)


def test_text_and_field_are_checked(cast):
    with pytest.raises(Incomplete) as refused:
        ask(cast.clerk, "  ")
    assert refused.value.fields == {"text": "请写明问题。"}
    with pytest.raises(Invalid, match=f"不得超过 {LONGEST} 字"):
        ask(cast.clerk, "长" * (LONGEST + 1))
    with pytest.raises(Invalid, match="没有这一填报项"):
        ask(cast.clerk, field="nothing")
    ask(cast.clerk)
    with pytest.raises(Duplicate, match="请勿重复提问"):
        ask(cast.colleague)
    ask(cast.other)
    assert Question.objects.count() == 2


def test_only_the_author_withdraws_and_only_while_unanswered(cast):
    question = ask(cast.clerk)
    with pytest.raises(NotAllowed, match="本人可以撤回"):
        question_withdraw(actor=cast.colleague, question_id=question.pk, now=IN_TIME)
    question_withdraw(actor=cast.clerk, question_id=question.pk, now=IN_TIME)
    assert kinds(question)[-1] == "question.withdrawn"
    with pytest.raises(WrongState, match="已经撤回"):
        question_withdraw(actor=cast.clerk, question_id=question.pk, now=IN_TIME)
    with pytest.raises(NotFound):
        answer(cast.reviewer, question)
    again = ask(cast.clerk)
    answer(cast.reviewer, again)
    with pytest.raises(WrongState, match="已经答复"):
        question_withdraw(actor=cast.clerk, question_id=again.pk, now=IN_TIME)


def test_nobody_but_the_reviewer_answers(cast):
    question = ask(cast.clerk)
    before = state()
    with pytest.raises(NotAllowed, match="由单位P1答复"):
        answer(cast.office, question)
    with pytest.raises(NotAllowed):
        answer(cast.head, question)
    with pytest.raises(Incomplete, match="请写明答复"):
        answer(cast.reviewer, question, " ")
    with pytest.raises(WrongState, match="还没有答复"):
        answer_revise(actor=cast.reviewer, question_id=question.pk, text="x", now=IN_TIME)
    assert state() == before
    answer(cast.reviewer, question)
    with pytest.raises(WrongState, match="已经答复"):
        answer(cast.reviewer, question, "再答一次")


def test_nobody_answers_the_own_question(cast):
    question = ask(cast.clerk)
    Question.objects.update(asked_by_account=cast.reviewer.account_id)
    with pytest.raises(SamePerson, match="本人提出的问题"):
        answer(cast.reviewer, question)


def test_a_revised_answer_keeps_the_old_one_readable(cast):
    question = ask(cast.clerk)
    answer(cast.reviewer, question)
    revise = {"actor": cast.reviewer, "question_id": question.pk, "now": later(days=5)}
    with pytest.raises(Invalid, match="没有可修订的内容"):
        answer_revise(text=" 不算，由接收单位填报。", **revise)
    with pytest.raises(NotAllowed):
        answer_revise(**{**revise, "actor": cast.office}, text="算")
    answer_revise(text="移交当月仍由移出单位填报。", **revise)
    view = question_view(cast.clerk, question.pk, later(days=6))
    assert [(each.version, each.text) for each in view.answers] == [
        (2, "移交当月仍由移出单位填报。"),
        (1, "不算，由接收单位填报。"),
    ]
    assert kinds(question)[-1] == "question.revised"
    assert told()[-1][1].endswith("的答复有修订，请查看。")
    assert verify_ledger().ok


def test_the_list_is_searched_and_starts_with_what_waits_longest(cast):
    first, second = ask(cast.clerk, "甲问"), ask(cast.other, "乙问", now=later(hours=1))
    third = ask(cast.clerk, "丙问", field="", now=later(hours=2))
    answer(cast.reviewer, third)
    found = questions_found(cast.reviewer, later(days=3))
    assert [each.id for each in found] == [first.pk, second.pk, third.pk]
    assert [each.waited for each in found] == [3, 3, 2]
    assert [each.text for each in questions_found(cast.clerk, IN_TIME)] == ["甲问", "丙问"]
    assert [each.text for each in questions_found(cast.reviewer, IN_TIME, state="answered")] == ["丙问"]
    assert [each.text for each in questions_found(cast.reviewer, IN_TIME, text="接收单位")] == ["丙问"]
    assert questions_found(cast.reviewer, IN_TIME, topic="form:loop.other") == []


@pytest.mark.parametrize("number", [1, 12])
def test_the_list_costs_the_same_for_many(cast, django_assert_max_num_queries, number):
    for each in range(number):
        answer(cast.reviewer, ask(cast.clerk, f"第{each}问"))
    with django_assert_max_num_queries(14):
        assert len(questions_found(cast.other, IN_TIME)) == number
