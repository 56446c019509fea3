"""During a meeting: who is there, recusals, statements with the head last, votes, decisions."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from luoshi.core.actor import Actor, require
from luoshi.core.beijing import local_day
from luoshi.core.errors import Invalid, NotAllowed, NotFound, WrongState
from luoshi.domains.meetings.models import (
    Attendee,
    DecisionTask,
    Meeting,
    MeetingState,
    Part,
    Present,
    Recusal,
    Stance,
    Statement,
    Topic,
    TopicState,
)
from luoshi.domains.meetings.queries import last_papers_day, rules_now, tally_of, voters_of
from luoshi.domains.meetings.sight import keeps, kept, topic_kept, topic_visible
from luoshi.domains.meetings.texts import needed
from luoshi.kernel.items.actions import item_create
from luoshi.kernel.items.given import Given
from luoshi.kernel.items.models import Item
from luoshi.kernel.ledger.actions import record
from luoshi.kernel.ledger.rows import Ledgered

RESULTS = (TopicState.PASSED, TopicState.DEFERRED, TopicState.REJECTED)


@transaction.atomic
def attendee_mark(
    *, actor: Actor, meeting_id: int, attendee_id: int, present: str, now: datetime, reason: str = ""
) -> Attendee:
    """Record who is there and who is not, until the first topic is discussed.

    Raises: NotFound, NotAllowed, WrongState, Incomplete (absent without a reason), Invalid.
    Ledger: ``meeting.attendee_marked``.
    """
    meeting = kept(actor, meeting_id, "登记到会")
    require(meeting.state != MeetingState.CLOSED, "会议已结束，到会情况不能再改。", WrongState)
    begun = meeting.topics.exclude(state__in=(TopicState.LISTED, TopicState.WITHDRAWN)).exists()
    require(not begun, "已开始审议议题，到会情况不能再改。", WrongState)
    seat = _seat(meeting, attendee_id)
    if present not in (Present.YES, Present.NO):
        raise Invalid("请选择到会或缺席。", fields={"present": "请选择到会或缺席。"})
    seat.reason = needed(reason, "reason", "缺席原因", 100) if present == Present.NO else ""
    seat.present = present
    seat.save()
    _told(meeting, "meeting.attendee_marked", actor, now, seat)
    return seat


@transaction.atomic
def meeting_open(*, actor: Actor, meeting_id: int, now: datetime) -> Meeting:
    """Begin a meeting: everybody is marked, and enough members are there.

    Raises: NotFound, NotAllowed, WrongState (no head, marks lacking, too few). Ledger: ``meeting.opened``.
    """
    meeting = kept(actor, meeting_id, "开始会议")
    require(meeting.state == MeetingState.PLANNED, f"会议{meeting.get_state_display()}。", WrongState)
    seats = list(meeting.attendees.order_by("id"))
    members = [seat for seat in seats if seat.part != Part.GUEST]
    require(members, "还没有列入班子成员。", WrongState)
    require(any(seat.part == Part.HEAD for seat in members), "还没有列入主要负责人。", WrongState)
    require(all(seat.present != Present.UNKNOWN for seat in seats), "请先登记每个人是否到会。", WrongState)
    there = sum(seat.present == Present.YES for seat in members)
    rules = rules_now()
    message = f"应到 {len(members)} 人、实到 {there} 人，不足应到人数的 {rules.quorum}%，不能开会，请改期。"
    require(there * 100 >= len(members) * rules.quorum, message, WrongState)
    meeting.state, meeting.opened_at = MeetingState.OPEN, now
    meeting.save()
    _told(meeting, "meeting.opened", actor, now)
    return meeting


@transaction.atomic
def recuse(*, actor: Actor, topic_id: int, attendee_id: int, reason: str, now: datetime) -> Recusal:
    """Record that a member takes no part in a topic, before anybody spoke to it.

    Raises: NotFound, NotAllowed, WrongState, Incomplete, Invalid. Ledger: ``meeting.recused``.
    """
    meeting, topic = topic_kept(actor, topic_id, "登记回避")
    require(not topic.statements.exists(), "已有人发言，回避应在审议前提出。", WrongState)
    able = topic.state in (TopicState.LISTED, TopicState.DISCUSSED)
    require(able, f"议题{topic.get_state_display()}，不能再登记回避。", WrongState)
    seat = _seat(meeting, attendee_id)
    require(seat.part != Part.GUEST, "列席人员不表决，无须登记回避。", Invalid)
    require(not topic.recusals.filter(attendee=seat).exists(), "已登记此人回避。", WrongState)
    row = Recusal.objects.create(topic=topic, attendee=seat, reason=needed(reason, "reason", "回避事由", 200))
    _told(meeting, "meeting.recused", actor, now, row)
    return row


@transaction.atomic
def topic_discuss(*, actor: Actor, topic_id: int, now: datetime) -> Topic:
    """Begin to discuss a topic: its steps are done and its papers came in time.

    Raises: NotFound, NotAllowed, WrongState naming what lacks. Ledger: ``meeting.discussed``.
    """
    meeting, topic = topic_kept(actor, topic_id, "开始审议")
    require(meeting.state == MeetingState.OPEN, "会议尚未开始或已经结束。", WrongState)
    require(topic.state == TopicState.LISTED, f"议题{topic.get_state_display()}。", WrongState)
    lacking = [row.get_step_display() for row in topic.steps.filter(done_on=None).order_by("id")]
    message = f"会前程序尚未完成：{'、'.join(lacking)}。请完成后再上会，或撤下议题。"
    require(not lacking, message, WrongState)
    last = last_papers_day(meeting)
    in_time = topic.papers_at is not None and local_day(topic.papers_at) <= last
    message = f"议题材料应在 {last:%Y-%m-%d} 前（含当日）送达，本议题未按期送达，不能上会，请撤下改期。"
    require(in_time, message, WrongState)
    topic.state = TopicState.DISCUSSED
    topic.save()
    _told(meeting, "meeting.discussed", actor, now, topic)
    return topic


@transaction.atomic
def statement_add(
    *, actor: Actor, topic_id: int, attendee_id: int, stance: str, text: str, now: datetime
) -> Statement:
    """Record what a member says to a topic; the head speaks last.

    By the office, or by the member. Raises: NotFound, NotAllowed, WrongState (not discussed, spoken already,
    out of turn, recused, absent), Incomplete, Invalid. Ledger: ``meeting.stated``.
    """
    meeting, topic, seat = _speaking(actor, topic_id, attendee_id)
    voters = voters_of(topic)
    _require_voter(seat, voters)
    spoken = set(topic.statements.order_by("id").values_list("attendee_id", flat=True))
    require(seat.pk not in spoken, f"{seat.person.name}已经发言，每人记一次表态发言。", WrongState)
    waiting = [each for each in voters if each.pk not in spoken and each.pk != seat.pk]
    if seat.part == Part.HEAD:
        names = "、".join(each.person.name for each in waiting)
        require(not waiting, f"主要负责人应最后表态，尚有{names}未发言。", WrongState)
    if stance not in Stance.values:
        raise Invalid("请选择表态。", fields={"stance": "请选择表态。"})
    row = Statement.objects.create(
        topic=topic,
        attendee=seat,
        order=len(spoken) + 1,
        stance=stance,
        text=needed(text, "text", "意见"),
        at=now,
        by_account=actor.account_id,
    )
    _told(meeting, "meeting.stated", actor, now, row)
    return row


@transaction.atomic
def vote_put(*, actor: Actor, topic_id: int, attendee_id: int, vote: str, now: datetime) -> Statement:
    """Record a vote, once, after everybody who votes has spoken.

    By the office, or by the member. Raises: NotFound, NotAllowed, WrongState, Invalid.
    Ledger: ``meeting.voted``.
    """
    meeting, topic, seat = _speaking(actor, topic_id, attendee_id)
    voters = voters_of(topic)
    _require_voter(seat, voters)
    spoken = {row.attendee_id: row for row in topic.statements.order_by("order")}
    waiting = [each.person.name for each in voters if each.pk not in spoken]
    require(not waiting, f"所有成员发言后才能表决，尚有{'、'.join(waiting)}未发言。", WrongState)
    row = spoken[seat.pk]
    require(not row.vote, f"{seat.person.name}已经表决。", WrongState)
    if vote not in Stance.values:
        raise Invalid("请选择表决意见。", fields={"vote": "请选择表决意见。"})
    row.vote, row.voted_at, row.voted_by_account = vote, now, actor.account_id
    row.save()
    _told(meeting, "meeting.voted", actor, now, row)
    return row


@transaction.atomic
def topic_decide(*, actor: Actor, topic_id: int, result: str, decision: str, now: datetime) -> Topic:
    """Record the decision once all have voted; what passes has more than half of those who were to attend.

    Raises: NotFound, NotAllowed, WrongState (votes lacking, no majority), Incomplete, Invalid.
    Ledger: ``meeting.decided`` with the numbers.
    """
    meeting, topic = topic_kept(actor, topic_id, "宣布决定")
    require(topic.state == TopicState.DISCUSSED, f"议题{topic.get_state_display()}，不能作决定。", WrongState)
    if result not in RESULTS:
        raise Invalid("请选择结果。", fields={"result": "请选择结果。"})
    tally = tally_of(topic)
    require(tally.left == 0, f"还有 {tally.left} 人没有表决。", WrongState)
    if result == TopicState.PASSED:
        message = f"赞成 {tally.votes['for']} 票，未超过应到人数 {tally.members} 人的半数，不能宣布通过。"
        require(tally.votes["for"] * 2 > tally.members, message, WrongState)
    elif tally.votes["for"] * 2 > tally.members and result == TopicState.REJECTED:
        raise WrongState(f"赞成 {tally.votes['for']} 票，已超过应到人数的半数，不能宣布未通过。")
    topic.state, topic.decided_at = TopicState(result), now
    topic.decision = needed(decision, "decision", "决定内容")
    topic.save()
    data = {"number": str(meeting), "row": topic.number, **{f"votes_{k}": n for k, n in tally.votes.items()}}
    record(meeting, "meeting.decided", by=actor.by, at=now, rows=[topic], data=data)
    return topic


@transaction.atomic
def topic_withdraw(*, actor: Actor, topic_id: int, reason: str, now: datetime) -> Topic:
    """Take a topic off, before anybody voted. Raises: NotFound, NotAllowed, WrongState, Incomplete.

    Ledger: ``meeting.withdrawn``.
    """
    meeting, topic = topic_kept(actor, topic_id, "撤下议题")
    able = topic.state in (TopicState.LISTED, TopicState.DISCUSSED)
    require(able, f"议题{topic.get_state_display()}，不能撤下。", WrongState)
    require(not topic.statements.exclude(vote="").exists(), "已开始表决，不能撤下。", WrongState)
    topic.state, topic.decision, topic.decided_at = (
        TopicState.WITHDRAWN,
        needed(reason, "reason", "撤下理由", 300),
        now,
    )
    topic.save()
    _told(meeting, "meeting.withdrawn", actor, now, topic)
    return topic


@transaction.atomic
def meeting_close(*, actor: Actor, meeting_id: int, now: datetime) -> Meeting:
    """End a meeting when every topic has its result; nothing of it changes afterwards.

    Raises: NotFound, NotAllowed, WrongState. Ledger: ``meeting.closed``.
    """
    meeting = kept(actor, meeting_id, "结束会议")
    require(meeting.state == MeetingState.OPEN, f"会议{meeting.get_state_display()}。", WrongState)
    left = meeting.topics.filter(state__in=(TopicState.LISTED, TopicState.DISCUSSED)).order_by("number")
    names = "、".join(f"议题{topic.number}" for topic in left)
    require(not names, f"{names}还没有结果，请作出决定或撤下。", WrongState)
    meeting.state, meeting.closed_at = MeetingState.CLOSED, now
    meeting.save()
    _told(meeting, "meeting.closed", actor, now)
    return meeting


@transaction.atomic
def decision_hand_on(*, actor: Actor, topic_id: int, type_ref: str, given: Given, now: datetime) -> Item:
    """Take in an item that carries out a decision; of whichever type the actor may take in.

    Raises: NotFound, NotAllowed, WrongState (not passed), Incomplete, Invalid.
    Ledger: ``item.created`` on the item, ``meeting.handed_on`` on the meeting.
    """
    meeting, topic = topic_kept(actor, topic_id, "转为落实事项")
    require(topic.state == TopicState.PASSED, "只有通过的议题才有要落实的决定。", WrongState)
    item = item_create(actor=actor, type_ref=type_ref, given=given, now=now)
    row = DecisionTask.objects.create(topic=topic, item=item)
    _told(meeting, "meeting.handed_on", actor, now, row)
    return item


def _speaking(actor: Actor, topic_id: int, attendee_id: int) -> tuple[Meeting, Topic, Attendee]:
    """Return a topic that is discussed, with a seat for which the actor may speak; the meeting locked."""
    topic = topic_visible(actor, topic_id)
    meeting = Meeting.objects.select_for_update().get(pk=topic.meeting_id)
    seat = _seat(meeting, attendee_id)
    own = actor.person_id is not None and seat.person_id == actor.person_id
    if not own and not keeps(actor, meeting):
        raise NotAllowed("发言和表决由会议办公室记录，或由本人填写。")
    topic = Topic.objects.get(pk=topic.pk)
    require(meeting.state == MeetingState.OPEN, "会议不在进行中，不能记录发言和表决。", WrongState)
    require(
        topic.state == TopicState.DISCUSSED, f"议题{topic.get_state_display()}，不能发言和表决。", WrongState
    )
    return meeting, topic, seat


def _require_voter(seat: Attendee, voters: list[Attendee]) -> None:
    if seat.pk in {each.pk for each in voters}:
        return
    if seat.part == Part.GUEST:
        raise NotAllowed("列席人员不表态、不表决。")
    raise WrongState(f"{seat.person.name}未到会或已回避，不参加本议题的发言和表决。")


def _seat(meeting: Meeting, attendee_id: int) -> Attendee:
    seat = meeting.attendees.select_related("person").filter(pk=attendee_id).order_by("id").first()
    if seat is None:
        raise NotFound("此人不在参会名单中。")
    return seat


def _told(meeting: Meeting, kind: str, actor: Actor, now: datetime, *rows: Ledgered) -> None:
    record(meeting, kind, by=actor.by, at=now, rows=rows, data={"number": str(meeting)})
