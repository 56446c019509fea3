"""Which meetings and topics somebody may see: the office of the body, and who attends."""

from __future__ import annotations

from datetime import date

from django.db.models import Q, QuerySet

from luoshi.core.actor import SYSTEM_ACTOR, Actor
from luoshi.core.errors import NotAllowed, NotFound
from luoshi.domains.meetings.models import Attendee, Meeting, Part, Topic
from luoshi.kernel.access.policy import can
from luoshi.kernel.access.queries import units_in_sight

MANAGE = "meeting.manage"
LATEST = date.max


def meetings_visible(actor: Actor) -> QuerySet[Meeting]:
    """Return the meetings of the bodies an office keeps and those one attends, the newest first.

    Who attends is told by person: the post may change hands, the seat in a past meeting does not.
    """
    found = Meeting.objects.select_related("organ").order_by("-held_at", "-id")
    if actor == SYSTEM_ACTOR:
        return found
    wanted = Q(pk__in=[])
    if can(actor, MANAGE):
        wanted |= Q(organ_id__in=units_in_sight(actor, LATEST))
    if actor.person_id is not None:
        seats = Attendee.objects.filter(person_id=actor.person_id).order_by()
        wanted |= Q(pk__in=seats.values("meeting_id"))
    return found.filter(wanted)


def meeting_visible(actor: Actor, meeting_id: int) -> Meeting:
    """Return one meeting. Raises: NotFound, also when it is out of sight."""
    found = meetings_visible(actor).filter(pk=meeting_id).first()
    if found is None:
        raise NotFound("没有这次会议，或您无权查看。")
    return found


def topics_visible(actor: Actor, meeting: Meeting) -> QuerySet[Topic]:
    """Return the topics of a meeting in sight: all for the office and members, their own for guests."""
    topics = meeting.topics.select_related("sponsor", "meeting").order_by("number")
    if actor == SYSTEM_ACTOR or keeps(actor, meeting):
        return topics
    seat = meeting.attendees.filter(person_id=actor.person_id or 0).order_by("id").first()
    if seat is None:
        return topics.none()
    return topics.filter(sponsor_id=seat.post.unit_id) if seat.part == Part.GUEST else topics


def topic_visible(actor: Actor, topic_id: int) -> Topic:
    """Return one topic. Raises: NotFound, also when it is out of sight."""
    topic = Topic.objects.filter(pk=topic_id).order_by("id").first()
    meeting = meetings_visible(actor).filter(pk=topic.meeting_id).first() if topic is not None else None
    found = topics_visible(actor, meeting).filter(pk=topic_id).first() if meeting is not None else None
    if found is None:
        raise NotFound("没有这个议题，或您无权查看。")
    return found


def keeps(actor: Actor, meeting: Meeting) -> bool:
    """Say whether the actor keeps the meetings of a body."""
    return actor == SYSTEM_ACTOR or can(actor, MANAGE, meeting.organ_id)


def kept(actor: Actor, meeting_id: int, doing: str) -> Meeting:
    """Return a meeting, locked, to the office that keeps it. Raises: NotFound, NotAllowed."""
    meeting = meeting_visible(actor, meeting_id)
    if not keeps(actor, meeting):
        raise NotAllowed(f"“{doing}”由会议办公室办理，您不能办理。")
    return Meeting.objects.select_for_update().get(pk=meeting.pk)


def topic_kept(actor: Actor, topic_id: int, doing: str) -> tuple[Meeting, Topic]:
    """Return a topic with its meeting, locked, to the office that keeps it. Raises: NotFound, NotAllowed."""
    topic = topic_visible(actor, topic_id)
    meeting = kept(actor, topic.meeting_id, doing)
    return meeting, Topic.objects.get(pk=topic.pk)
