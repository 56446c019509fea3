"""Heads who hand over, and the meetings of the district's heads, over the year."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from functools import partial

from luoshi.core.actor import SYSTEM, Actor
from luoshi.core.beijing import LOCAL, local_day
from luoshi.demo.district.people import HEAD, post_of
from luoshi.demo.district.places import DISTRICT
from luoshi.demo.district.year import Year
from luoshi.domains.handover.lines import handover_offer, line_add, line_note, lines_answer
from luoshi.domains.handover.models import Handover
from luoshi.domains.handover.noticing import handover_notice, successor_set
from luoshi.domains.handover.signing import handover_sign
from luoshi.domains.meetings.holding import (
    attendee_mark,
    meeting_close,
    meeting_open,
    recuse,
    statement_add,
    topic_decide,
    topic_discuss,
    vote_put,
)
from luoshi.domains.meetings.models import Meeting
from luoshi.domains.meetings.planning import attendee_add, meeting_plan, papers_deliver, step_done, topic_add
from luoshi.domains.meetings.queries import voters_of
from luoshi.kernel.access.actions import account_prepare
from luoshi.kernel.access.models import Account
from luoshi.kernel.access.queries import actor_of
from luoshi.kernel.org.actions import appoint, appointment_end, person_create
from luoshi.kernel.org.models import Appointment

LEAVING, UNDER_WAY = "ZF02", "JD02"
LEFT_ON = date(2023, 4, 10)
SUCCESSOR = ("zf02-head-2", "景和畅")
HEADS = ("DW01", "DW02", "ZF01", "JD01", "TT01")
TOPICS = (
    ("关于年度零星维修资金安排的议题", "money", ("legal",)),
    ("关于便民服务点布局调整的议题", "decision", ("survey", "legal", "opinions")),
    ("关于公共设施改造项目的议题", "project", ("experts", "risk")),
)
MEETINGS = (date(2023, 3, 20), date(2023, 5, 15))
NEXT_MEETING = date(2023, 6, 26)


class Seats:
    """Plans handovers and meetings on the line of a year. ``office``: gives notice and keeps minutes."""

    def __init__(self, year: Year, office: str, witness: str) -> None:
        self.year, self.office, self.witness = year, office, witness
        self.handover_id = 0
        self.giver: Account | None = None
        year.at(date(2023, 4, 3), 9 * 60 + 40, lambda now: self._noticed(LEAVING, LEFT_ON, now))
        year.at(date(2023, 4, 6), 10 * 60, self._offered)
        year.at(LEFT_ON, 8 * 60 + 30, self._succeeded)
        year.at(date(2023, 4, 12), 14 * 60, self._signed)
        year.at(date(2023, 6, 5), 9 * 60 + 40, lambda now: self._noticed(UNDER_WAY, date(2023, 6, 20), now))
        for day in MEETINGS:
            year.at(year.later(day, -6), 9 * 60, partial(self._planned, day))
        year.at(date(2023, 6, 8), 9 * 60, lambda now: self._planned(NEXT_MEETING, now))

    def _at(self, post: str, now: datetime) -> Actor:
        return self.year.staff.at(post, local_day(now))

    def _noticed(self, unit: str, leaves_on: date, now: datetime) -> None:
        appointment = Appointment.objects.get(post__code=post_of(unit, HEAD), to_on=None)
        handover = handover_notice(
            actor=self._at(self.office, now),
            appointment_id=appointment.pk,
            ground="moved",
            leaves_on=leaves_on,
            witness_post=self.witness,
            now=now,
        )
        self.handover_id = handover.pk
        giver = self.year.staff.actor(unit, HEAD, local_day(now))
        for source, title in (
            ("property", "办公室钥匙三把、保险柜钥匙一把"),
            ("legacy", "两处公共设施权属尚未办清，资料在综合科"),
        ):
            line_add(actor=giver, handover_id=handover.pk, source=source, title=title, now=now)

    def _offered(self, now: datetime) -> None:
        """Name the successor, explain what is overdue, hand the package on."""
        username, name = SUCCESSOR
        person = person_create(by=SYSTEM, name=name, now=now)
        account_prepare(by=SYSTEM, username=username, person_id=person.pk, now=now)
        office, giver = self._at(self.office, now), self.year.staff.actor(LEAVING, HEAD, local_day(now))
        successor_set(actor=office, handover_id=self.handover_id, taker_id=person.pk, now=now)
        handover = Handover.objects.get(pk=self.handover_id)
        for line in handover.lines.filter(due_on__lt=local_day(now)).order_by("id"):
            note = "正在办理，已与有关单位约定完成日期。"
            line_note(actor=giver, handover_id=handover.pk, line_id=line.pk, note=note, now=now)
        handover_offer(actor=giver, handover_id=handover.pk, now=now)

    def _succeeded(self, now: datetime) -> None:
        """End one appointment and begin the next."""
        post = post_of(LEAVING, HEAD)
        self.giver = Account.objects.get(person__appointments__post__code=post)
        former = Appointment.objects.get(post__code=post, to_on=None)
        appointment_end(by=SYSTEM, appointment_id=former.pk, to_on=LEFT_ON, now=now)
        account = Account.objects.get(username=SUCCESSOR[0])
        appoint(by=SYSTEM, person_id=account.person_id or 0, post_code=post, from_on=LEFT_ON, now=now)
        self.year.staff.succeeded(post, account, LEFT_ON)

    def _signed(self, now: datetime) -> None:
        """Check line by line, then sign one after the other."""
        taker = self.year.staff.actor(LEAVING, HEAD, local_day(now))
        handover = Handover.objects.get(pk=self.handover_id)
        ids = list(handover.lines.order_by("id").values_list("id", flat=True))
        lines_answer(actor=taker, handover_id=handover.pk, line_ids=ids[1:], answer="accepted", now=now)
        note = "资料不全，请在一个月内补齐。"
        lines_answer(
            actor=taker, handover_id=handover.pk, line_ids=ids[:1], answer="disputed", note=note, now=now
        )
        assert self.giver is not None
        giver = actor_of(self.giver, None, local_day(now))
        for place, signer in enumerate((giver, taker, self._at(self.witness, now))):
            moment = now + timedelta(minutes=10 * place)
            handover_sign(actor=signer, handover_id=handover.pk, now=moment)

    def _planned(self, day: date, now: datetime) -> None:
        """Plan a meeting with its seats and topics; the day comes later."""
        office = self._at(self.office, now)
        held_at = datetime.combine(day, time(9), tzinfo=LOCAL)
        meeting = meeting_plan(
            actor=office,
            organ=DISTRICT,
            title="区级工作例会",
            held_at=held_at,
            place="办公楼三楼会议室",
            now=now,
        )
        units = [
            unit for unit in HEADS if Appointment.objects.filter(post__code=post_of(unit, HEAD)).exists()
        ]
        for place, unit in enumerate(units):
            part = "head" if place == 0 else "member"
            attendee_add(actor=office, meeting_id=meeting.pk, post=post_of(unit, HEAD), part=part, now=now)
        topics = TOPICS if day == MEETINGS[0] else TOPICS[1:]
        for title, kind, steps in topics:
            topic = topic_add(
                actor=office,
                meeting_id=meeting.pk,
                title=title,
                kind=kind,
                sponsor=units[1],
                summary="提请审议方案、资金来源和进度安排。",
                steps=steps,
                now=now,
            )
            for step in steps:
                step_done(
                    actor=office,
                    topic_id=topic.pk,
                    step=step,
                    done_on=local_day(now),
                    note="已完成，意见已采纳。",
                    now=now,
                )
        for place, topic in enumerate(meeting.topics.order_by("number")):
            papers_deliver(actor=office, topic_id=topic.pk, now=now + timedelta(hours=3, minutes=place))
        self.year.at(day, 9 * 60, lambda moment: self._held(meeting.pk, moment))

    def _held(self, meeting_id: int, now: datetime) -> None:
        """Hold a meeting: one is absent, one recused from the second topic, which is deferred."""
        office = self._at(self.office, now)
        meeting = Meeting.objects.get(pk=meeting_id)
        seats = list(meeting.attendees.order_by("id"))
        for seat in seats:
            away = seat == seats[-1] and len(seats) > 3
            attendee_mark(
                actor=office,
                meeting_id=meeting_id,
                attendee_id=seat.pk,
                present="no" if away else "yes",
                reason="因公外出" if away else "",
                now=now,
            )
        meeting_open(actor=office, meeting_id=meeting_id, now=now)
        for place, topic in enumerate(meeting.topics.order_by("number")):
            moment = now + timedelta(minutes=20 * place + 5)
            topic_discuss(actor=office, topic_id=topic.pk, now=moment)
            if place == 1:
                reason = "本单位为项目受益单位"
                recuse(actor=office, topic_id=topic.pk, attendee_id=seats[1].pk, reason=reason, now=moment)
            stance = "defer" if place == 1 else "for"
            voters = voters_of(topic)
            for count, seat in enumerate(voters):
                statement_add(
                    actor=office,
                    topic_id=topic.pk,
                    attendee_id=seat.pk,
                    stance=stance,
                    text="方案可行，请把资金和进度衔接好。" if stance == "for" else "建议补充测算后再议。",
                    now=moment + timedelta(minutes=count + 1),
                )
            for seat in voters:
                vote_put(
                    actor=office,
                    topic_id=topic.pk,
                    attendee_id=seat.pk,
                    vote=stance,
                    now=moment + timedelta(minutes=12),
                )
            topic_decide(
                actor=office,
                topic_id=topic.pk,
                result="deferred" if place == 1 else "passed",
                decision="补充测算后再次提请。" if place == 1 else "原则同意，由提请单位牵头落实。",
                now=moment + timedelta(minutes=14),
            )
        meeting_close(actor=office, meeting_id=meeting_id, now=now + timedelta(hours=2))
