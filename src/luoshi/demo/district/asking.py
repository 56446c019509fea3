"""What units of the sample ask about the forms, and what the office answers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from luoshi.core.beijing import local_day
from luoshi.core.workdays import WorkCalendar
from luoshi.demo.district.people import CLERK, Staff
from luoshi.kernel.discuss.actions import answer_revise, question_answer, question_ask

ASKED_AT, ANSWERED_AT = 14 * 60 + 10, 9 * 60 + 30
Act = Callable[[datetime], None]


@dataclass(frozen=True)
class Query:
    """One question. ``place``: of the asking unit among all; ``day``: working days after the first opening.

    ``wait``: working days until the answer; ``revised``: the answer that replaces it 40 working days later.
    """

    place: int
    day: int
    form: str
    field: str
    text: str
    answer: str = ""
    wait: int = 1
    revised: str = ""


QUERIES = (
    Query(
        1,
        6,
        "monthly",
        "items",
        "年内已办结、还在巩固期的事项，算不算在办？",
        "不算。办结后的巩固情况写入“主要办理情况”。",
        2,
    ),
    Query(
        2,
        8,
        "monthly",
        "found",
        "上级检查发现的问题，和本单位自查重复的，要不要分别计数？",
        "同一问题只计一次，以先发现的为准。",
        3,
        "同一问题只计一次，以先发现的为准；上级检查后又发现新情形的，另计一件。",
    ),
    Query(
        3,
        27,
        "monthly",
        "fixed",
        "跨月整改完成的问题，填在哪个月？",
        "本项只填本月发现并已整改的；以前月份发现的，不填入本项。",
        1,
    ),
    Query(
        0,
        30,
        "monthly",
        "appeals",
        "热线转来、不属于本单位职责已退回的诉求，要不要填？",
        "不填，由接收单位填报。",
        4,
    ),
    Query(
        4,
        46,
        "quarterly",
        "items",
        "季末当月月报已经填过在办事项数，季报口径是否一致？",
        "一致，都以季末最后一日为准。",
        2,
    ),
    Query(
        2,
        70,
        "quarterly",
        "stuck",
        "等待批复的事项算不算推进受阻？",
        "批复时限内的不算，超过时限仍未批复的算。",
        5,
    ),
    Query(
        1,
        95,
        "monthly",
        "",
        "主要负责人出差期间，审签由谁办理？",
        "由代理人审签，请先在单位管理中登记代理任职。",
        2,
    ),
)
# Asked in the days before the sample ends, so that somebody finds them open: working days back from the end.
OPEN = (
    (3, 4, "monthly", "answered", "诉求人要求延期答复的，还算不算按期？"),
    (2, 1, "monthly", "work", "同一事项各月内容相近，可否引用上月说明？"),
)


def questions_planned(
    units: Sequence[str],
    staff: Staff,
    post: str,
    calendar: WorkCalendar,
    at: Callable[[date, int, Act], None],
    days: tuple[date, date],
) -> None:
    """Plan every question and answer between the first opening and the end of the sample."""
    first, last = days

    def asked(query: Query, day: date) -> None:
        unit = units[query.place % len(units)]
        ref = f"zeren.{query.form}"

        def ask(now: datetime) -> None:
            clerk = staff.actor(unit, CLERK, local_day(now))
            made = question_ask(
                actor=clerk, kind="form", ref=ref, field=query.field, text=query.text, now=now
            )
            if query.answer:
                at(_later(calendar, day, query.wait), ANSWERED_AT, answered(made.pk))

        def answered(question_id: int) -> Act:
            def answer(now: datetime) -> None:
                office = staff.at(post, local_day(now))
                question_answer(actor=office, question_id=question_id, text=query.answer, now=now)
                if query.revised:
                    at(_later(calendar, local_day(now), 40), ANSWERED_AT, revised(question_id))

            return answer

        def revised(question_id: int) -> Act:
            def revise(now: datetime) -> None:
                office = staff.at(post, local_day(now))
                answer_revise(actor=office, question_id=question_id, text=query.revised, now=now)

            return revise

        at(day, ASKED_AT, ask)

    for query in QUERIES:
        asked(query, _later(calendar, first, query.day))
    for place, back, form, field, text in OPEN:
        asked(Query(place, 0, form, field, text), calendar.add_workdays(last, -back).date)


def _later(calendar: WorkCalendar, day: date, workdays: int) -> date:
    return calendar.add_workdays(day, workdays).date
