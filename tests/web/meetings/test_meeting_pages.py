"""A meeting in the browser, from planning to minutes; who sees what."""

from __future__ import annotations

import io

import openpyxl
import pytest
from django.urls import reverse

from luoshi.core.clock import FixedClock
from luoshi.domains.meetings.models import Meeting
from luoshi.kernel.ledger.verify import verify_ledger
from tests.district import LATER
from tests.web.conftest import text_of

HELD = "2023-06-20T09:00"


@pytest.fixture
def meeting(browse) -> Meeting:
    office = browse("ducha")
    plan = {"organ": "SQRX", "title": "办公会议", "held_at": HELD, "place": "三楼会议室"}
    refused = office.post("/meetings/new/", plan | {"place": ""})
    assert "请填写地点" in text_of(refused) and 'value="办公会议"' in refused.content.decode()
    assert "会议已列入" in text_of(office.post("/meetings/new/", plan, follow=True))
    made = Meeting.objects.get()
    for post, part in (("sq-desk", "head"), ("sq-admin", "member"), ("pj01-clerk", "guest")):
        act(office, "meeting_seat", made.pk, post=post, part=part)
    topic = {
        "title": "设备更新",
        "kind": "money",
        "sponsor": "SQRX",
        "summary": "更新一批",
        "steps": ["legal"],
    }
    assert "议题已列入" in text_of(act(office, "meeting_topic", made.pk, **topic))
    return made


def act(client, name, *args, **data):
    return client.post(reverse(name, args=args), data, follow=True)


def test_a_meeting_from_plan_to_minutes(meeting, browse, settings):
    office, head = browse("ducha"), browse("tongji")
    topic = meeting.topics.get()
    assert "已登记" in text_of(
        act(office, "topic_step", topic.pk, step="legal", done_on="2023-06-09", note="合法")
    )
    assert "材料已送达" in text_of(act(office, "topic_papers", topic.pk))
    settings.LUOSHI_CLOCK = FixedClock(LATER.replace(day=20))
    for seat in meeting.attendees.all():
        act(office, "meeting_mark", meeting.pk, attendee=seat.pk, present="yes")
    assert "会议已开始" in text_of(act(office, "meeting_open", meeting.pk))
    assert "开始审议" in text_of(act(office, "topic_discuss", topic.pk))
    first, last = meeting.attendees.get(part="member"), meeting.attendees.get(part="head")
    early = act(head, "topic_state", topic.pk, attendee=last.pk, stance="for", text="同意")
    assert "主要负责人应最后表态" in text_of(early)
    act(office, "topic_state", topic.pk, attendee=first.pk, stance="for", text="同意")
    act(head, "topic_state", topic.pk, attendee=last.pk, stance="for", text="同意")
    for seat in (first, last):
        act(office, "topic_vote", topic.pk, attendee=seat.pk, vote="for")
    done = act(office, "topic_decide", topic.pk, result="passed", decision="同意更新。")
    assert "同意更新" in text_of(done)
    assert "会议已结束" in text_of(act(office, "meeting_close", meeting.pk))
    assert head.get(reverse("meeting_minutes", args=[meeting.pk])).content[:2] == b"PK"
    guest = browse("dawa")
    assert guest.get(reverse("meeting_minutes", args=[meeting.pk])).status_code == 403
    assert guest.get(reverse("topic_detail", args=[topic.pk])).status_code == 404
    assert "没有您能看到的议题" in text_of(guest.get(reverse("meeting_detail", args=[meeting.pk])))
    assert verify_ledger().ok


def test_strangers_find_nothing(meeting, browse):
    topic = meeting.topics.get()
    for user in ("shenji",):
        client = browse(user)
        assert "没有您能看到的会议" in text_of(client.get("/meetings/"))
        assert client.get(reverse("meeting_detail", args=[meeting.pk])).status_code == 404
        assert act(client, "topic_papers", topic.pk).status_code == 404
        assert act(client, "topic_decide", topic.pk, result="passed", decision="x").status_code == 404
    assert act(browse("tongji"), "topic_papers", topic.pk).status_code == 403
    topic.refresh_from_db()
    assert topic.papers_at is None


def test_the_list_is_filtered_and_exported(meeting, browse, django_assert_max_num_queries):
    office = browse("ducha")
    assert "办公会议" in text_of(office.get("/meetings/", {"q": "办公", "year": "2023", "state": "planned"}))
    assert "没有符合条件的会议" in text_of(office.get("/meetings/", {"state": "closed"}))
    sheet = openpyxl.load_workbook(io.BytesIO(office.get("/meetings/export/").content)).active
    assert "设备更新" in [cell.value for row in sheet.iter_rows() for cell in row]
    with django_assert_max_num_queries(25):
        office.get("/meetings/")
    assert "50 至 100" in text_of(office.post("/meetings/rules/", {"papers_days": "3", "quorum": "10"}))
