"""Meetings for pages: lists, topics with their tally, who still has to speak."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q, QuerySet

from luoshi.core.actor import Actor
from luoshi.core.beijing import local_day
from luoshi.domains.meetings.models import (
    Attendee,
    Kind,
    Meeting,
    MeetingRules,
    MeetingState,
    Part,
    Present,
    Stance,
    Statement,
    Step,
    Topic,
    TopicState,
    TopicStep,
)
from luoshi.domains.meetings.sight import meeting_visible, meetings_visible, topic_visible, topics_visible
from luoshi.kernel.calendars.queries import work_calendar
from luoshi.kernel.files.queries import file_content

__all__ = ["meeting_visible", "topic_visible", "topics_visible"]
CALENDAR = "cn"
KINDS = list(Kind.choices)
PARTS = list(Part.choices)
STANCES = list(Stance.choices)
STEPS = list(Step.choices)
STATES = list(MeetingState.choices)
TOPIC_STATES = list(TopicState.choices)
RESULTS = [
    (state.value, state.label) for state in (TopicState.PASSED, TopicState.DEFERRED, TopicState.REJECTED)
]
# 各地议事规则不一（待核），此为未设定时的起始值。
START = {"papers_days": 3, "quorum": 67}


@dataclass(frozen=True, slots=True)
class Tally:
    """The votes on a topic. ``members``: those who were to attend; ``left``: voters without a vote."""

    members: int
    voters: int
    spoken: int
    left: int
    votes: dict[str, int]


@dataclass(frozen=True, slots=True)
class MeetingView:
    """One line of the list."""

    meeting: Meeting
    topics: int
    decided: int
    members: int
    present: int


def rules_now() -> MeetingRules:
    """Return the rules as they are set, else those to start with, unsaved. One query."""
    return MeetingRules.objects.order_by("id").first() or MeetingRules(**START)


def last_papers_day(meeting: Meeting) -> date:
    """Return the last day on which the papers of a meeting are in time."""
    return work_calendar(CALENDAR).add_workdays(local_day(meeting.held_at), -rules_now().papers_days).date


def meetings_found(actor: Actor, *, text: str = "", state: str = "", year: str = "") -> QuerySet[Meeting]:
    """Return the visible meetings asked for, the newest first."""
    rows = meetings_visible(actor)
    if state:
        rows = rows.filter(state=state)
    if year:
        rows = rows.filter(year=int(year)) if year.isdigit() and len(year) == 4 else rows.none()
    return rows.filter(Q(title__icontains=text) | Q(organ_title__icontains=text)) if text else rows


def views_of(meetings: Sequence[Meeting]) -> list[MeetingView]:
    """Return meetings as lines of a list. Two queries."""
    ids = [meeting.pk for meeting in meetings]
    topics = Topic.objects.filter(meeting_id__in=ids).order_by().values("meeting_id")
    ended = Q(state__in=[state for state, _ in RESULTS])
    counted = {
        row["meeting_id"]: row for row in topics.annotate(n=Count("pk"), done=Count("pk", filter=ended))
    }
    seats = Attendee.objects.filter(meeting_id__in=ids).exclude(part=Part.GUEST).order_by()
    there = Count("pk", filter=Q(present=Present.YES))
    seated = {
        row["meeting_id"]: row for row in seats.values("meeting_id").annotate(n=Count("pk"), there=there)
    }
    none = {"n": 0, "done": 0, "there": 0}
    views = []
    for meeting in meetings:
        agenda, hall = counted.get(meeting.pk, none), seated.get(meeting.pk, none)
        views.append(MeetingView(meeting, agenda["n"], agenda["done"], hall["n"], hall["there"]))
    return views


def seats_of(meeting: Meeting) -> list[Attendee]:
    """Return who is to attend: the head, the members, the guests. One query."""
    order = {Part.HEAD: 0, Part.MEMBER: 1, Part.GUEST: 2}
    rows = meeting.attendees.select_related("person", "post__unit").order_by("id")
    return sorted(rows, key=lambda row: (order[Part(row.part)], row.pk))


def voters_of(topic: Topic) -> list[Attendee]:
    """Return the members who are there and not recused, the head last: the order of speaking. One query."""
    recused = topic.recusals.order_by().values("attendee_id")
    rows = Attendee.objects.filter(meeting_id=topic.meeting_id, present=Present.YES)
    rows = rows.exclude(part=Part.GUEST).exclude(pk__in=recused).select_related("person", "post__unit")
    return sorted(rows.order_by("id"), key=lambda row: (row.part == Part.HEAD, row.pk))


def tally_of(topic: Topic) -> Tally:
    """Count what was said and voted on a topic. Three queries."""
    voters = voters_of(topic)
    members = Attendee.objects.filter(meeting_id=topic.meeting_id).exclude(part=Part.GUEST).count()
    rows = list(topic.statements.order_by("order"))
    votes = {stance: sum(row.vote == stance for row in rows) for stance in Stance.values}
    voted = sum(votes.values())
    return Tally(members, len(voters), len(rows), len(voters) - voted, votes)


def statements_of(topic: Topic) -> list[Statement]:
    """Return what was said to a topic, in the order of speaking. One query."""
    rows = topic.statements.select_related("attendee__person", "attendee__post")
    return list(rows.order_by("order"))


def topics_found(actor: Actor, *, text: str = "", state: str = "", year: str = "") -> list[Topic]:
    """Return the topics of the visible meetings asked for, for the spreadsheet; at most 2,000."""
    found: list[Topic] = []
    for meeting in meetings_found(actor, text=text, state=state, year=year)[:500]:
        found += topics_visible(actor, meeting)
    return found[:2000]


def step_file(actor: Actor, topic_id: int, step: str) -> tuple[str, bytes] | None:
    """Return name and content of the file of a step, to who sees the topic. Raises: NotFound."""
    topic = topic_visible(actor, topic_id)
    row = TopicStep.objects.select_related("file").filter(topic=topic, step=step).order_by("id").first()
    if row is None or row.file is None:
        return None
    return row.file_name, file_content(row.file)
