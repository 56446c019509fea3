"""A notice reaches those on duty once; whoever is not there is recorded with the reason."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from luoshi.core.actor import SYSTEM
from luoshi.core.errors import NotFound
from luoshi.kernel.ledger.queries import events_of
from luoshi.kernel.ledger.verify import verify_ledger
from luoshi.kernel.notify import topics
from luoshi.kernel.notify.actions import Draft, Target, notice_send, notices_send
from luoshi.kernel.notify.models import Message, Notice, Preference, Reason
from luoshi.kernel.notify.recipients import filler, holder, inside, over
from luoshi.kernel.org.actions import appointment_end, unit_close
from luoshi.kernel.org.coaching import coach_set
from luoshi.kernel.org.models import Appointment
from tests.harness.times import NOW
from tests.kernel.notify.helpers import SUBJECT, TOPIC, seat, send, skipped, street, told

pytestmark = pytest.mark.django_db


def leave(post: str) -> None:
    """End the appointment to a post as of today."""
    row = Appointment.objects.get(post__code=post)
    appointment_end(by=SYSTEM, appointment_id=row.pk, to_on=NOW.date(), now=NOW)


def test_a_notice_reaches_clerk_head_and_coach_and_stands_in_the_ledger():
    street()
    seat("coach", "D")
    coach_set(by=SYSTEM, unit_code="S1", post_code="coach", on=date(2021, 1, 1), now=NOW)
    notice = send()
    assert told() == [("clerk", "填报员"), ("head", "负责人"), ("coach", "包联领导")]
    assert skipped() == []
    (event,) = events_of("notice", notice.pk)
    assert event.kind == "notice.sent"
    assert event.data["topic"] == TOPIC and len(event.data["told"]) == 3
    assert "报送" not in str(event.data)
    assert verify_ledger().ok


def test_the_same_key_is_sent_once():
    street()
    assert send() is not None
    assert send(text="再发一次") is None
    assert Notice.objects.count() == 1


def test_a_vacant_post_falls_to_the_head_of_the_unit():
    street()
    leave("clerk")
    send(to=lambda unit: [filler(unit)])
    assert told() == [("head", "代收（填报员）")]
    assert skipped() == [("填报员", "vacant", "head")]


def test_without_a_head_it_falls_to_the_unit_above():
    street()
    leave("clerk")
    leave("head")
    send()
    assert told() == [("top", "代收（填报员）")]
    assert skipped() == [
        ("填报员", "vacant", "top"),
        ("负责人", "vacant", "top"),
        ("包联领导", "unset", None),
    ]


def test_where_nobody_is_left_the_notice_says_so():
    street()
    for post in ("clerk", "head", "top"):
        leave(post)
    notice = send(to=lambda unit: [filler(unit)])
    assert told() == [] and skipped() == [("填报员", "nobody", None)]
    assert [event.kind for event in events_of("notice", notice.pk)] == ["notice.skipped"]


def test_nobody_is_told_twice_of_one_thing():
    street()
    send(to=lambda unit: [filler(unit), inside(unit, ["clerk"], "经办"), holder("clerk", unit, "岗位")])
    assert told() == [("clerk", "填报员")]


def test_a_role_over_the_unit_and_a_post_by_its_code():
    street()
    send(to=lambda unit: [over(unit, ["office"]), holder("other", unit, "牵头岗")])
    assert told() == [("office", "督查专员"), ("other", "牵头岗")]


def test_a_role_over_another_unit_is_not_told():
    street()
    send(to=lambda unit: [over(unit, ["clerk"])], unit="S2")
    assert told() == [("other", "填报员")]


def test_a_closed_unit_is_answered_for_by_its_successor():
    street()
    leave("other")
    unit_close(by=SYSTEM, code="S2", on=NOW.date(), successor_code="S1", now=NOW)
    send(unit="S2", to=lambda unit: [filler(unit)])
    assert told() == [("clerk", "填报员")]


@pytest.mark.parametrize(("level", "reached"), [("blue", False), ("yellow", False), ("red", True)])
def test_a_muted_topic_is_skipped_unless_it_is_red(level, reached):
    cast = street()
    Preference.objects.create(account_id=cast.clerk.account_id, muted=[TOPIC])
    send(to=lambda unit: [filler(unit)], level=level)
    assert bool(told()) == reached
    assert skipped() == ([] if reached else [("填报员", "muted", None)])


def test_a_post_with_another_holder_who_listens_is_told():
    cast = street()
    Preference.objects.create(account_id=cast.clerk.account_id, muted=["another.topic"])
    send(to=lambda unit: [filler(unit)])
    assert told() == [("clerk", "填报员")]


def test_a_step_that_is_not_sent_any_more_tells_nobody():
    cast = street()
    draft = Draft(
        "test:old", TOPIC, "旧", Target(SUBJECT, 1, cast.unit.pk), (filler(cast.unit.pk),),
        step="due", step_at=NOW - timedelta(days=3), unsent=Reason.OLDER,
    )  # fmt: skip
    (notice,) = notices_send(by=SYSTEM, drafts=[draft], now=NOW)
    assert told("test:old") == [] and skipped("test:old") == [("填报员", "older", None)]
    assert notice.step_at < notice.made_at


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"topic": "test.topik"}, LookupError),
        ({"target": Target("unit_alais", 1)}, LookupError),
        ({"level": "pink"}, ValueError),
        ({"key": "测试"}, ValueError),
        ({"key": "x" * 161}, ValueError),
        ({"to": [filler(999_999)]}, NotFound),
    ],
)
def test_what_does_not_fit_is_refused_and_nothing_is_written(wrong, error):
    cast = street()
    given = {"key": "test:1", "topic": TOPIC, "target": Target(SUBJECT, 1), "to": [filler(cast.unit.pk)]}
    with pytest.raises(error):
        notice_send(**given | wrong, by=SYSTEM, text="试", now=NOW)
    assert not Notice.objects.exists() and not Message.objects.exists()


def test_a_text_is_one_line_of_bounded_length():
    street()
    notice = send(text="第一行\r\nBcc: x@example.com " + "长" * 400)
    assert "\n" not in notice.text and "\r" not in notice.text
    assert len(notice.text) == 300 and notice.text.endswith("…")


@pytest.mark.parametrize("many", [1, 30])
def test_the_number_of_queries_does_not_grow_with_notices(many):
    cast = street()
    drafts = [
        Draft(f"test:{number}", TOPIC, "试", Target(SUBJECT, number, cast.unit.pk), (filler(cast.unit.pk),))
        for number in range(many)
    ]
    with CaptureQueriesContext(
        connection,
    ) as caught:
        notices_send(by=SYSTEM, drafts=drafts, now=NOW)
    assert len(caught) <= 25


def test_a_topic_keeps_its_title():
    topics.register_topic("test.other", "甲")
    with pytest.raises(ValueError, match=r"test\.other"):
        topics.register_topic("test.other", "乙")


def test_an_address_needs_a_subject_that_exists():
    with pytest.raises(LookupError, match="did you mean 'obligation'"):
        topics.register_address("obligatio", str)
