"""The list of meetings, one meeting with its agenda, one topic, the minutes."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from luoshi.core.errors import NotFound
from luoshi.domains.meetings.minutes import minutes_of
from luoshi.domains.meetings.queries import (
    STATES,
    last_papers_day,
    meeting_visible,
    meetings_found,
    rules_now,
    seats_of,
    statements_of,
    step_file,
    tally_of,
    topic_visible,
    topics_found,
    topics_visible,
    views_of,
    voters_of,
)
from luoshi.domains.meetings.sight import MANAGE, keeps
from luoshi.kernel.access.policy import can
from luoshi.kernel.documents.docx import render_docx
from luoshi.kernel.ledger.queries import events_of
from luoshi.kernel.org.posts import posts_choice
from luoshi.kernel.org.queries import units_on
from luoshi.web.ledger.words import Names
from luoshi.web.meetings import forms
from luoshi.web.shell.export import DOCX, Column, download, xlsx_response
from luoshi.web.shell.paging import number_or_none
from luoshi.web.shell.posting import request_key

PER_PAGE = 50
FILTERS = ("q", "state", "year")
TONES = {"planned": "warn", "open": "doing", "closed": "ok"}
TOPIC_TONES = {
    "listed": "",
    "discussed": "doing",
    "passed": "ok",
    "deferred": "warn",
    "rejected": "bad",
    "withdrawn": "",
}
BINARY = "application/octet-stream"


@require_safe
def meeting_list(request: HttpRequest) -> HttpResponse:
    """Meetings in sight, the newest first."""
    asked = {name: request.GET.get(name, "").strip() for name in FILTERS}
    rows = meetings_found(request.actor, text=asked["q"], state=asked["state"], year=asked["year"])
    found = rows.count()
    pages = max(1, -(-found // PER_PAGE))
    page = min(max(1, number_or_none(request.GET.get("page")) or 1), pages)
    manages, rules = can(request.actor, MANAGE), rules_now()
    context = {
        "rows": [
            (view, TONES[view.meeting.state])
            for view in views_of(list(rows[(page - 1) * PER_PAGE : page * PER_PAGE]))
        ],
        "found": found,
        "page": page,
        "pages": pages,
        "asked": asked,
        "filtered": any(asked.values()),
        "states": STATES,
        "manages": manages,
        "rules": rules,
        "rules_form": forms.RulesForm(
            initial={"papers_days": rules.papers_days, "quorum": rules.quorum}, auto_id="id_rules_%s"
        ),
    }
    return render(request, "meetings/_rows.html" if request.htmx else "meetings/list.html", context)


@require_safe
def meeting_export(request: HttpRequest) -> HttpResponse:
    """The topics of the meetings as filtered, as a spreadsheet."""
    asked = {name: request.GET.get(name, "").strip() for name in FILTERS}
    columns = [
        Column("会议", 34),
        Column("开会时间", 18),
        Column("序号", 6, "int"),
        Column("议题", 40),
        Column("类别", 16),
        Column("提请单位", 24),
        Column("结果", 10),
        Column("赞成", 6, "int"),
        Column("反对", 6, "int"),
        Column("缓议", 6, "int"),
        Column("弃权", 6, "int"),
        Column("决定", 50),
    ]
    found = topics_found(request.actor, text=asked["q"], state=asked["state"], year=asked["year"])
    return xlsx_response("会议议题", columns, (exported(topic) for topic in found))


def exported(topic: Any) -> tuple[Any, ...]:
    """Return one line of the spreadsheet."""
    votes = tally_of(topic).votes
    return (
        str(topic.meeting),
        f"{timezone.localtime(topic.meeting.held_at):%Y-%m-%d %H:%M}",
        topic.number,
        topic.title,
        topic.get_kind_display(),
        topic.sponsor.title,
        topic.get_state_display(),
        votes["for"],
        votes["against"],
        votes["defer"],
        votes["abstain"],
        topic.decision,
    )


@require_safe
def meeting_detail(request: HttpRequest, meeting_id: int) -> HttpResponse:
    """One meeting: who attends, the agenda, the next step."""
    return meeting_page(request, meeting_visible(request.actor, meeting_id))


def meeting_page(request: HttpRequest, meeting: Any, **refused: Any) -> HttpResponse:
    """Render the page of a meeting; ``refused``: the form of a step that was not done."""
    manages = keeps(request.actor, meeting)
    events = events_of("meeting", meeting.pk)
    names = Names.of((event.by for event in events), request.today)
    made: dict[str, Any] = {}
    if manages and meeting.state == "planned":
        made = {
            "seat": forms.SeatForm(offered={"post": posts_choice()}, auto_id="id_seat_%s"),
            "topic": forms.TopicForm(offered={"sponsor": units(request)}, auto_id="id_topic_%s"),
        }
    context = {
        "meeting": meeting,
        "tone": TONES[meeting.state],
        "seats": seats_of(meeting),
        "topics": [(topic, TOPIC_TONES[topic.state]) for topic in topics_visible(request.actor, meeting)],
        "manages": manages,
        "last_day": last_papers_day(meeting),
        "rules": rules_now(),
        "forms": made | refused,
        "refused": next(iter(refused), ""),
        "events": [(event, names.who(event.by)) for event in reversed(events)],
        "key": request_key(),
    }
    return render(request, "meetings/meeting.html", context)


def units(request: HttpRequest) -> list[tuple[str, str]]:
    """Return the units of the day as choices."""
    return [(unit.code, unit.title) for unit in units_on(request.today).exclude(kind="group")]


@require_safe
def topic_detail(request: HttpRequest, topic_id: int) -> HttpResponse:
    """One topic: its steps, statements, votes, decision, tasks."""
    return topic_page(request, topic_visible(request.actor, topic_id))


def topic_page(request: HttpRequest, topic: Any, **refused: Any) -> HttpResponse:
    """Render the page of a topic; ``refused``: the form of a step that was not done."""
    meeting = topic.meeting
    manages = keeps(request.actor, meeting)
    voters, rows = voters_of(topic), statements_of(topic)
    spoken = {row.attendee_id for row in rows}
    mine = [seat for seat in voters if manages or seat.person_id == request.actor.person_id]
    members = [seat for seat in seats_of(meeting) if seat.part != "guest"]
    unvoted = {row.attendee_id for row in rows if not row.vote}
    waiting = [seat for seat in voters if seat.pk not in spoken]
    context = {
        "topic": topic,
        "meeting": meeting,
        "tone": TOPIC_TONES[topic.state],
        "steps": list(topic.steps.order_by("id")),
        "recusals": list(topic.recusals.select_related("attendee__person").order_by("id")),
        "rows": rows,
        "waiting": waiting,
        "tally": tally_of(topic),
        "tasks": list(topic.tasks.select_related("item").order_by("id")),
        "manages": manages,
        "discussing": topic.state == "discussed" and meeting.state == "open",
        "last_day": last_papers_day(meeting),
        "forms": {
            "step": forms.StepForm(auto_id="id_step_%s"),
            "recuse": forms.RecuseForm(offered={"attendee": named(members)}, auto_id="id_recuse_%s"),
            "state": forms.StatementForm(
                offered={"attendee": named([seat for seat in mine if seat.pk not in spoken])},
                auto_id="id_state_%s",
            ),
            "vote": forms.VoteForm(
                offered={"attendee": named([seat for seat in mine if seat.pk in unvoted])},
                auto_id="id_vote_%s",
            ),
            "decide": forms.DecisionForm(auto_id="id_decide_%s"),
            "withdraw": forms.WithdrawForm(auto_id="id_withdraw_%s"),
        }
        | refused,
        "speaks": bool(mine),
        "refused": next(iter(refused), ""),
        "key": request_key(),
    }
    return render(request, "meetings/topic.html", context)


def named(seats: list[Any]) -> list[tuple[int, str]]:
    """Return seats as choices."""
    return [(seat.pk, f"{seat.person.name}（{seat.get_part_display()}）") for seat in seats]


@require_safe
def topic_file(request: HttpRequest, topic_id: int, step: str) -> HttpResponse:
    """The file of a step."""
    found = step_file(request.actor, topic_id, step)
    if found is None:
        raise NotFound("这项会前程序没有材料。")
    name, content = found
    return download(content, name, BINARY)


@require_safe
def meeting_minutes(request: HttpRequest, meeting_id: int) -> HttpResponse:
    """The minutes as .docx."""
    meeting = meeting_visible(request.actor, meeting_id)
    document = minutes_of(request.actor, meeting)
    return download(render_docx(document), f"{meeting} 纪要.docx", DOCX)
