"""Before a meeting: its rules, who attends, the topics with their steps and papers."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime

from django.db import connection, transaction
from django.db.models import Max

from luoshi.core.actor import Actor, require
from luoshi.core.beijing import local_day
from luoshi.core.errors import Duplicate, Incomplete, Invalid, NotFound, WrongState
from luoshi.db.sql import advisory_lock
from luoshi.domains.meetings.models import (
    Attendee,
    Kind,
    Meeting,
    MeetingRules,
    MeetingState,
    Part,
    Step,
    Topic,
    TopicState,
    TopicStep,
)
from luoshi.domains.meetings.sight import MANAGE, kept, topic_kept
from luoshi.domains.meetings.texts import needed
from luoshi.kernel.access.policy import require_right
from luoshi.kernel.files.actions import file_store
from luoshi.kernel.files.names import plain_name
from luoshi.kernel.files.proofs import MOST_BYTES, check_proof
from luoshi.kernel.ledger.actions import record
from luoshi.kernel.ledger.rows import Ledgered
from luoshi.kernel.org.models import Appointment
from luoshi.kernel.org.places import holding
from luoshi.kernel.org.queries import post_get, unit_get

MOST_TOPICS = 60
MOST_SEATS = 100


@transaction.atomic
def rules_set(*, actor: Actor, papers_days: int, quorum: int, now: datetime) -> MeetingRules:
    """Set how early papers come, and which share of members makes a meeting.

    Raises: NotAllowed, Invalid. Ledger: ``meeting.rules_set``.
    """
    require_right(actor, MANAGE)
    faults = {}
    if not 0 <= papers_days <= 30:
        faults["papers_days"] = "材料提前送达应为 0 至 30 个工作日。"
    if not 50 <= quorum <= 100:
        faults["quorum"] = "到会比例应为 50 至 100。"
    if faults:
        raise Invalid(" ".join(faults.values()), fields=faults)
    rules = MeetingRules.objects.select_for_update().order_by("id").first() or MeetingRules()
    rules.papers_days, rules.quorum = papers_days, quorum
    rules.save()
    record(rules, "meeting.rules_set", by=actor.by, at=now, data={"days": papers_days, "number": quorum})
    return rules


@transaction.atomic
def meeting_plan(
    *, actor: Actor, organ: str, title: str, held_at: datetime, place: str, now: datetime
) -> Meeting:
    """Plan a meeting of the leading body of a unit.

    Raises: NotFound, NotAllowed, Incomplete, Invalid (in the past). Ledger: ``meeting.planned``.
    """
    unit = unit_get(organ)
    require_right(actor, MANAGE, unit.pk)
    title, place = needed(title, "title", "会议名称", 100), needed(place, "place", "地点", 100)
    if held_at < now:
        raise Invalid("开会时间不得早于现在。", fields={"held_at": "开会时间不得早于现在。"})
    year = local_day(held_at).year
    advisory_lock(connection, "meetings.number")
    newest = Meeting.objects.filter(organ=unit, year=year).aggregate(newest=Max("number"))["newest"]
    meeting = Meeting.objects.create(
        organ=unit,
        organ_title=unit.title,
        year=year,
        number=(newest or 0) + 1,
        title=title,
        held_at=held_at,
        place=place,
        state=MeetingState.PLANNED,
        planned_by_account=actor.account_id,
    )
    record(meeting, "meeting.planned", by=actor.by, at=now, data={"number": str(meeting), "unit": organ})
    return meeting


@transaction.atomic
def attendee_add(*, actor: Actor, meeting_id: int, post: str, part: str, now: datetime) -> Attendee:
    """Put whoever holds a post on the day of the meeting on its list.

    Raises: NotFound, NotAllowed, WrongState, Invalid, Duplicate. Ledger: ``meeting.attendee_added``.
    """
    meeting = kept(actor, meeting_id, "列入参会人员")
    _planned(meeting)
    if part not in Part.values:
        raise Invalid("请选择身份。", fields={"part": "请选择身份。"})
    require(meeting.attendees.count() < MOST_SEATS, f"参会人员最多 {MOST_SEATS} 人。", Invalid)
    found = post_get(post)
    held = Appointment.objects.filter(holding(local_day(meeting.held_at)), post=found)
    appointment = held.order_by("acting", "id").first()
    if appointment is None:
        raise Invalid(
            f"“{found.title}”开会当日无人任职，请改选。", fields={"post": "开会当日无人任职，请改选。"}
        )
    if meeting.attendees.filter(person_id=appointment.person_id).exists():
        raise Duplicate("此人已在参会名单中。", fields={"post": "此人已在参会名单中。"})
    if part == Part.HEAD and meeting.attendees.filter(part=Part.HEAD).exists():
        raise Duplicate("一次会议只有一名主要负责人。", fields={"part": "已列入主要负责人。"})
    seat = Attendee.objects.create(meeting=meeting, post=found, person_id=appointment.person_id, part=part)
    _told(meeting, "meeting.attendee_added", actor, now, seat)
    return seat


@transaction.atomic
def topic_add(
    *,
    actor: Actor,
    meeting_id: int,
    title: str,
    kind: str,
    sponsor: str,
    summary: str,
    steps: Collection[str],
    now: datetime,
) -> Topic:
    """Put a topic on the agenda, with the steps it needs before it is discussed.

    Major decisions need at least a review of legality and opinions asked.
    Raises: NotFound, NotAllowed, WrongState, Incomplete, Invalid. Ledger: ``meeting.topic_added``.
    """
    meeting = kept(actor, meeting_id, "列入议题")
    _planned(meeting)
    require(meeting.topics.count() < MOST_TOPICS, f"议题最多 {MOST_TOPICS} 个。", Invalid)
    if kind not in Kind.values:
        raise Invalid("请选择议题类别。", fields={"kind": "请选择议题类别。"})
    unknown = set(steps) - set(Step.values)
    require(not unknown, "会前程序有误，请重新选择。", Invalid)
    if kind == Kind.DECISION and not {Step.LEGAL, Step.OPINIONS} <= set(steps):
        message = "重大决策议题至少要有合法性审查和征求意见，请勾选。"
        raise Incomplete(message, fields={"steps": message})
    newest = meeting.topics.aggregate(newest=Max("number"))["newest"]
    topic = Topic.objects.create(
        meeting=meeting,
        number=(newest or 0) + 1,
        title=needed(title, "title", "议题", 200),
        kind=kind,
        sponsor=unit_get(sponsor),
        summary=needed(summary, "summary", "提请事项"),
        state=TopicState.LISTED,
    )
    rows = [TopicStep.objects.create(topic=topic, step=step) for step in Step.values if step in set(steps)]
    _told(meeting, "meeting.topic_added", actor, now, topic, *rows)
    return topic


@transaction.atomic
def step_done(
    *,
    actor: Actor,
    topic_id: int,
    step: str,
    done_on: date,
    note: str,
    now: datetime,
    file_name: str = "",
    content: bytes = b"",
) -> TopicStep:
    """Say when a step was done and with what conclusion; a file may prove it.

    Raises: NotFound, NotAllowed, WrongState, Incomplete, Invalid. Ledger: ``meeting.step_done``.
    """
    meeting, topic = topic_kept(actor, topic_id, "登记会前程序")
    _listed(topic)
    row = topic.steps.filter(step=step).order_by("id").first()
    if row is None:
        raise NotFound("本议题没有这项会前程序。")
    if done_on > local_day(now):
        raise Invalid("完成日期不得晚于今天。", fields={"done_on": "完成日期不得晚于今天。"})
    row.done_on, row.note = done_on, needed(note, "note", "结论", 300)
    if content:
        check_proof(file_name, content, kind="doc", max_bytes=MOST_BYTES)
        row.file, row.file_name = file_store(name=file_name, content=content, now=now), plain_name(file_name)
    row.save()
    _told(meeting, "meeting.step_done", actor, now, row)
    return row


@transaction.atomic
def papers_deliver(*, actor: Actor, topic_id: int, now: datetime) -> Topic:
    """Record that the papers of a topic are with the members; the moment is now.

    Raises: NotFound, NotAllowed, WrongState. Ledger: ``meeting.papers_delivered``.
    """
    meeting, topic = topic_kept(actor, topic_id, "送达材料")
    _listed(topic)
    require(topic.papers_at is None, "材料已送达，时间不能再改。", WrongState)
    topic.papers_at = now
    topic.save()
    _told(meeting, "meeting.papers_delivered", actor, now, topic)
    return topic


def _planned(meeting: Meeting) -> None:
    message = f"会议{meeting.get_state_display()}，不能再改名单和议题。"
    require(meeting.state == MeetingState.PLANNED, message, WrongState)


def _listed(topic: Topic) -> None:
    message = f"议题{topic.get_state_display()}，会前程序和材料不能再改。"
    require(topic.state == TopicState.LISTED, message, WrongState)


def _told(meeting: Meeting, kind: str, actor: Actor, now: datetime, *rows: Ledgered) -> None:
    record(meeting, kind, by=actor.by, at=now, rows=rows, data={"number": str(meeting)})
