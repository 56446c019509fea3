"""A body P1 with a head, three members and a guest of P2; the office DC keeps its meetings."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from luoshi.core.actor import Actor
from luoshi.domains.meetings.holding import attendee_mark, meeting_open, topic_discuss
from luoshi.domains.meetings.models import Attendee, Meeting, Topic
from luoshi.domains.meetings.planning import attendee_add, meeting_plan, papers_deliver, step_done, topic_add
from tests.domains.handover.world import player
from tests.harness.times import NOW
from tests.kernel.items.helpers import world

# Papers are delivered on Friday 15 January 2021; the meeting is on the Thursday after.
HELD = NOW + timedelta(days=6)


@dataclass
class Cast:
    office: Actor
    head: Actor
    members: list[Actor]
    guest: Actor
    stranger: Actor
    seats: dict[str, Attendee] = field(default_factory=dict)


def cast() -> Cast:
    world()
    head = player("head", "P1", "p1-head", "head", heads=True)
    members = [player(f"m{n}", "P1", f"p1-m{n}", "head") for n in (1, 2, 3)]
    guest = player("guest", "P2", "p2-head", "head", heads=True)
    stranger = player("clerk", "P1", "p1-clerk", "clerk")
    office = player("office", "DC", "dc-office", "office")
    return Cast(office, head, members, guest, stranger)


def planned(who: Cast, held_at: datetime = HELD) -> Meeting:
    meeting = meeting_plan(
        actor=who.office, organ="P1", title="办公会议", held_at=held_at, place="三楼会议室", now=NOW
    )
    seats = [("p1-head", "head"), *((f"p1-m{n}", "member") for n in (1, 2, 3)), ("p2-head", "guest")]
    for post, part in seats:
        who.seats[post] = attendee_add(actor=who.office, meeting_id=meeting.pk, post=post, part=part, now=NOW)
    return meeting


def listed(
    who: Cast, meeting: Meeting, *, sponsor: str = "P1", done: bool = True, papers: bool = True
) -> Topic:
    topic = topic_add(
        actor=who.office,
        meeting_id=meeting.pk,
        title="关于调整便民服务点布局的议题",
        kind="decision",
        sponsor=sponsor,
        summary="拟增设南片服务点一处。",
        steps=["legal", "opinions"],
        now=NOW,
    )
    for step in ("legal", "opinions") if done else ():
        step_done(
            actor=who.office, topic_id=topic.pk, step=step, done_on=date(2021, 1, 14), note="通过", now=NOW
        )
    if papers:
        papers_deliver(actor=who.office, topic_id=topic.pk, now=NOW)
    return topic


def marked(who: Cast, meeting: Meeting, *absent: str) -> None:
    for post, seat in who.seats.items():
        there = "no" if post in absent else "yes"
        attendee_mark(
            actor=who.office,
            meeting_id=meeting.pk,
            attendee_id=seat.pk,
            present=there,
            reason="公务" if there == "no" else "",
            now=HELD,
        )


def discussed(who: Cast, *absent: str) -> tuple[Meeting, Topic]:
    meeting = planned(who)
    topic = listed(who, meeting)
    marked(who, meeting, *absent)
    meeting = meeting_open(actor=who.office, meeting_id=meeting.pk, now=HELD)
    return meeting, topic_discuss(actor=who.office, topic_id=topic.pk, now=HELD)
