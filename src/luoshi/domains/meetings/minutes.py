"""The minutes of a meeting, with the opinion and the vote of every member, as every medium draws them."""

from __future__ import annotations

from django.utils import timezone

from luoshi.core.actor import Actor
from luoshi.core.beijing import local_day
from luoshi.core.errors import NotAllowed, WrongState
from luoshi.domains.meetings.models import Meeting, MeetingState, Part, Present, Stance, Topic, TopicState
from luoshi.domains.meetings.queries import seats_of, statements_of, tally_of
from luoshi.domains.meetings.sight import topics_visible
from luoshi.kernel.documents.tree import (
    Block,
    Cell,
    Column,
    Document,
    Head,
    Heading,
    Paragraph,
    Sign,
    Table,
    Text,
)

NUMERALS = "一二三四五六七八九十"
WIDTHS = (("次序", 14), ("姓名", 24), ("表态", 18), ("意见", 82), ("表决", 18))


def minutes_of(actor: Actor, meeting: Meeting) -> Document:
    """Return the minutes of a meeting that has ended, to who sees all of it.

    Raises: WrongState, NotAllowed.
    """
    if meeting.state != MeetingState.CLOSED:
        raise WrongState("会议结束后才有会议纪要。")
    topics = list(topics_visible(actor, meeting))
    if len(topics) != meeting.topics.count():
        raise NotAllowed("会议纪要含您未列席的议题，请向会议办公室查阅。")
    seats = seats_of(meeting)
    held = timezone.localtime(meeting.held_at)
    chair = next(f"{seat.person.name}" for seat in seats if seat.part == Part.HEAD)
    present = [seat.person.name for seat in seats if seat.part != Part.GUEST and seat.present == Present.YES]
    absent = [
        f"{seat.person.name}（{seat.reason}）"
        for seat in seats
        if seat.part != Part.GUEST and seat.present == Present.NO
    ]
    guests = [seat.person.name for seat in seats if seat.part == Part.GUEST and seat.present == Present.YES]
    facts = (
        f"时间：{held.year}年{held.month}月{held.day}日{held:%H:%M}",
        f"地点：{meeting.place}",
        f"主持：{chair}",
        f"出席：{'、'.join(present)}（应到{len(present) + len(absent)}人，实到{len(present)}人）",
        f"缺席：{'、'.join(absent) or '无'}",
        f"列席：{'、'.join(guests) or '无'}",
    )
    blocks: list[Block] = [_words(fact) for fact in facts]
    for place, topic in enumerate(topics):
        blocks += _topic(place, topic)
    return Document(
        head=Head(org=meeting.organ_title, number=str(meeting)),
        title_lines=(meeting.title, "会议纪要"),
        blocks=tuple(blocks),
        sign=Sign(org=meeting.organ_title, date=local_day(meeting.closed_at or meeting.held_at)),
        meta={"created": (meeting.closed_at or meeting.held_at).isoformat(), "author": meeting.organ_title},
    )


def _topic(place: int, topic: Topic) -> list[Block]:
    blocks: list[Block] = [
        Heading(1, f"{NUMERALS[place % 10]}、{topic.title}"),
        _words(
            f"类别：{topic.get_kind_display()}。提请单位：{topic.sponsor.title}。提请事项：{topic.summary}"
        ),
    ]
    if topic.state == TopicState.WITHDRAWN:
        return [*blocks, _words(f"本议题撤下：{topic.decision}")]
    steps = [
        f"{row.get_step_display()}（{row.done_on:%Y-%m-%d}，{row.note.rstrip('。')}）"
        for row in topic.steps.order_by("id")
        if row.done_on
    ]
    if steps:
        blocks.append(_words(f"会前程序：{'；'.join(steps)}。"))
    recused = [f"{row.attendee.person.name}（{row.reason}）" for row in _recused(topic)]
    if recused:
        blocks.append(_words(f"回避：{'、'.join(recused)}。"))
    rows = statements_of(topic)
    blocks.append(
        Table(
            tuple(Column(title, width) for title, width in WIDTHS),
            tuple(
                tuple(
                    Cell(text)
                    for text in (
                        str(row.order),
                        row.attendee.person.name,
                        row.get_stance_display(),
                        row.text,
                        row.get_vote_display(),
                    )
                )
                for row in rows
            ),
        )
    )
    tally = tally_of(topic)
    counted = "、".join(f"{stance.label}{tally.votes[stance.value]}票" for stance in Stance)
    against = [row.attendee.person.name for row in rows if row.vote == Stance.AGAINST]
    dissent = f"不同意见：{'、'.join(against)}。" if against else ""
    blocks.append(_words(f"表决：{counted}。{dissent}决定：{topic.get_state_display()}。{topic.decision}"))
    return blocks


def _recused(topic: Topic) -> list:
    return list(topic.recusals.select_related("attendee__person").order_by("id"))


def _words(text: str) -> Paragraph:
    return Paragraph((Text(text),))
