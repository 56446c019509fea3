"""Meetings: papers in time, enough members, the head last, votes after all spoke, decisions by numbers."""

from __future__ import annotations

from datetime import timedelta

import pytest

from luoshi.core.errors import Duplicate, Incomplete, Invalid, NotAllowed, NotFound, WrongState
from luoshi.domains.meetings.holding import (
    attendee_mark,
    decision_hand_on,
    meeting_close,
    meeting_open,
    recuse,
    statement_add,
    topic_decide,
    topic_discuss,
    topic_withdraw,
    vote_put,
)
from luoshi.domains.meetings.minutes import minutes_of
from luoshi.domains.meetings.planning import attendee_add, papers_deliver, rules_set, topic_add
from luoshi.domains.meetings.queries import (
    last_papers_day,
    meeting_visible,
    tally_of,
    topic_visible,
    topics_visible,
    views_of,
)
from luoshi.kernel.documents.docx import render_docx
from luoshi.kernel.items.given import Given
from luoshi.kernel.ledger.verify import verify_ledger
from luoshi.kernel.reports.plain import document_text
from tests.domains.meetings.world import HELD, cast, discussed, listed, marked, planned
from tests.harness.times import NOW
from tests.kernel.items.helpers import CASE, DETAIL

pytestmark = pytest.mark.django_db
POSTS = ("p1-m1", "p1-m2", "p1-m3", "p1-head")


@pytest.fixture
def who():
    return cast()


def speak(who, topic, post, stance="for", by=None):
    seat = who.seats[post]
    return statement_add(
        actor=by or who.office,
        topic_id=topic.pk,
        attendee_id=seat.pk,
        stance=stance,
        text="同意方案",
        now=HELD,
    )


def vote(who, topic, post, given="for", by=None):
    seat = who.seats[post]
    return vote_put(actor=by or who.office, topic_id=topic.pk, attendee_id=seat.pk, vote=given, now=HELD)


def decide(who, topic, result="passed"):
    return topic_decide(
        actor=who.office, topic_id=topic.pk, result=result, decision="同意增设一处。", now=HELD
    )


def test_a_topic_goes_from_agenda_to_minutes(who):
    meeting, topic = discussed(who)
    for post in POSTS:
        speak(who, topic, post)
    for post in POSTS[:3]:
        vote(who, topic, post)
    vote(who, topic, "p1-head", "against")
    assert decide(who, topic).state == "passed"
    tally = tally_of(topic)
    assert (tally.members, tally.votes["for"], tally.votes["against"]) == (4, 3, 1)
    meeting = meeting_close(actor=who.office, meeting_id=meeting.pk, now=HELD)
    document = minutes_of(who.office, meeting)
    words = document_text(document)
    assert "赞成3票" in words and "不同意见：人head" in words and "应到4人，实到4人" in words
    assert render_docx(document)[:2] == b"PK"
    assert verify_ledger().ok


def test_the_head_speaks_last(who):
    _, topic = discussed(who)
    with pytest.raises(WrongState, match="主要负责人应最后表态"):
        speak(who, topic, "p1-head")
    speak(who, topic, "p1-m1")
    with pytest.raises(WrongState, match="已经发言"):
        speak(who, topic, "p1-m1")


def test_votes_come_after_all_have_spoken_and_once(who):
    _, topic = discussed(who)
    for post in POSTS[:3]:
        speak(who, topic, post)
    with pytest.raises(WrongState, match="所有成员发言后才能表决"):
        vote(who, topic, "p1-m1")
    speak(who, topic, "p1-head")
    vote(who, topic, "p1-m1")
    with pytest.raises(WrongState, match="已经表决"):
        vote(who, topic, "p1-m1", "against")
    with pytest.raises(WrongState, match="3 人没有表决"):
        decide(who, topic)


def test_who_is_recused_neither_speaks_nor_votes(who):
    _, topic = discussed(who)
    recuse(
        actor=who.office, topic_id=topic.pk, attendee_id=who.seats["p1-m1"].pk, reason="亲属关系", now=HELD
    )
    with pytest.raises(WrongState, match="已回避"):
        speak(who, topic, "p1-m1")
    speak(who, topic, "p1-m2")
    with pytest.raises(WrongState, match="回避应在审议前"):
        recuse(actor=who.office, topic_id=topic.pk, attendee_id=who.seats["p1-m3"].pk, reason="迟", now=HELD)
    with pytest.raises(NotAllowed, match="列席"):
        speak(who, topic, "p2-head")


def test_what_passes_has_more_than_half_of_all_members(who):
    _, topic = discussed(who, "p1-m3")
    for post in ("p1-m1", "p1-m2", "p1-head"):
        speak(who, topic, post)
    for post, given in (("p1-m1", "for"), ("p1-m2", "for"), ("p1-head", "abstain")):
        vote(who, topic, post, given)
    with pytest.raises(WrongState, match="未超过应到人数 4 人的半数"):
        decide(who, topic)
    assert decide(who, topic, "deferred").state == "deferred"
    with pytest.raises(WrongState, match="只有通过的议题"):
        decision_hand_on(actor=who.office, topic_id=topic.pk, type_ref=CASE, given=Given(), now=HELD)


def test_what_has_a_majority_is_not_called_rejected(who):
    _, topic = discussed(who)
    for post in POSTS:
        speak(who, topic, post)
    for post in POSTS:
        vote(who, topic, post)
    with pytest.raises(WrongState, match="不能宣布未通过"):
        decide(who, topic, "rejected")


def test_too_few_members_make_no_meeting(who):
    meeting = planned(who)
    with pytest.raises(WrongState, match="登记每个人"):
        meeting_open(actor=who.office, meeting_id=meeting.pk, now=HELD)
    marked(who, meeting, "p1-m1", "p1-m2")
    with pytest.raises(WrongState, match="不足应到人数的 67%"):
        meeting_open(actor=who.office, meeting_id=meeting.pk, now=HELD)
    rules_set(actor=who.office, papers_days=3, quorum=50, now=NOW)
    assert meeting_open(actor=who.office, meeting_id=meeting.pk, now=HELD).state == "open"
    with pytest.raises(Invalid):
        rules_set(actor=who.office, papers_days=3, quorum=49, now=NOW)
    with pytest.raises(NotAllowed):
        rules_set(actor=who.head, papers_days=0, quorum=50, now=NOW)


def test_late_papers_and_open_steps_keep_a_topic_back(who):
    meeting = planned(who)
    assert last_papers_day(meeting) == (HELD - timedelta(days=3)).date()
    late, undone = listed(who, meeting, papers=False), listed(who, meeting, done=False)
    papers_deliver(actor=who.office, topic_id=late.pk, now=HELD - timedelta(days=2))
    with pytest.raises(WrongState, match="时间不能再改"):
        papers_deliver(actor=who.office, topic_id=late.pk, now=NOW)
    marked(who, meeting)
    meeting_open(actor=who.office, meeting_id=meeting.pk, now=HELD)
    with pytest.raises(WrongState, match="未按期送达"):
        topic_discuss(actor=who.office, topic_id=late.pk, now=HELD)
    with pytest.raises(WrongState, match="合法性审查、征求意见"):
        topic_discuss(actor=who.office, topic_id=undone.pk, now=HELD)
    with pytest.raises(WrongState, match="还没有结果"):
        meeting_close(actor=who.office, meeting_id=meeting.pk, now=HELD)
    for topic in (late, undone):
        topic_withdraw(actor=who.office, topic_id=topic.pk, reason="改期", now=HELD)
    assert meeting_close(actor=who.office, meeting_id=meeting.pk, now=HELD).state == "closed"


def test_a_major_decision_needs_its_steps_and_a_list_has_one_head(who):
    meeting = planned(who)
    with pytest.raises(Incomplete, match="合法性审查和征求意见"):
        topic_add(
            actor=who.office,
            meeting_id=meeting.pk,
            title="议题",
            kind="decision",
            sponsor="P1",
            summary="事项",
            steps=["legal"],
            now=NOW,
        )
    adding = {"actor": who.office, "meeting_id": meeting.pk, "now": NOW}
    with pytest.raises(Duplicate, match="已在参会名单"):
        attendee_add(post="p1-m1", part="member", **adding)
    with pytest.raises(Duplicate, match="只有一名主要负责人"):
        attendee_add(post="p1-clerk", part="head", **adding)


def test_who_sees_what(who):
    meeting = planned(who)
    own, other = listed(who, meeting), listed(who, meeting, sponsor="P2")
    assert list(topics_visible(who.members[0], meeting)) == [own, other]
    assert list(topics_visible(who.guest, meeting)) == [other]
    with pytest.raises(NotFound):
        topic_visible(who.guest, own.pk)
    with pytest.raises(NotFound):
        meeting_visible(who.stranger, meeting.pk)
    with pytest.raises(NotFound):
        topic_visible(who.stranger, own.pk)
    with pytest.raises(NotAllowed, match="会议办公室"):
        papers_deliver(actor=who.head, topic_id=own.pk, now=NOW)


def test_members_speak_for_themselves_and_for_nobody_else(who):
    meeting, topic = discussed(who)
    assert speak(who, topic, "p1-m1", by=who.members[0]).order == 1
    with pytest.raises(NotAllowed, match="本人填写"):
        speak(who, topic, "p1-m2", by=who.members[0])
    with pytest.raises(WrongState, match="到会情况不能再改"):
        attendee_mark(
            actor=who.office,
            meeting_id=meeting.pk,
            attendee_id=who.seats["p1-m3"].pk,
            present="no",
            reason="x",
            now=HELD,
        )
    (view,) = views_of([meeting])
    assert (view.members, view.present, view.topics, view.decided) == (4, 4, 1, 0)


def test_a_decision_becomes_an_item(who):
    from tests.kernel.items.helpers import desk

    _, topic = discussed(who)
    for post in POSTS:
        speak(who, topic, post)
    for post in POSTS:
        vote(who, topic, post)
    decide(who, topic)
    values = {"kind": "policy", "channel": "meeting", "firm": "青禾食品厂", "detail": DETAIL}
    given = Given(title="落实决定", values=values)
    with pytest.raises(NotAllowed):
        decision_hand_on(actor=who.office, topic_id=topic.pk, type_ref=CASE, given=given, now=HELD)
    with pytest.raises(NotFound):
        decision_hand_on(actor=desk(), topic_id=topic.pk, type_ref=CASE, given=given, now=HELD)
    assert not topic.tasks.exists()
