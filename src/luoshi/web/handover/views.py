"""The list of handovers, one with its lines, its notice and its record as .docx."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from luoshi.domains.handover.letters import handover_record, notice_letter
from luoshi.domains.handover.queries import (
    OVERDUE,
    STATES,
    handover_visible,
    handovers_found,
    leavers_due,
    limit_days,
    lines_of,
    may_act,
    persons_holding,
    timing_of,
    views_of,
)
from luoshi.domains.handover.sight import MANAGE, side_of
from luoshi.kernel.access.policy import can
from luoshi.kernel.documents.docx import render_docx
from luoshi.kernel.ledger.queries import events_of
from luoshi.kernel.notify.topics import address_of
from luoshi.web.handover.forms import AnswerForm, LimitForm, LineForm, TakerForm, TextForm
from luoshi.web.ledger.words import Names
from luoshi.web.shell.export import DOCX, Column, download, xlsx_response
from luoshi.web.shell.paging import number_or_none
from luoshi.web.shell.posting import request_key
from luoshi.web.shell.templatetags.luoshi import day

PER_PAGE = 50
MOST_EXPORTED = 2_000
FILTERS = ("q", "state", "year")
TIMINGS = {
    "waiting": ("doing", "期限内"),
    "overdue": ("bad", "逾期未交接"),
    "late": ("warn", "逾期交接"),
    "on_time": ("ok", "按期交接"),
    "": ("", "—"),
}
TONES = {"preparing": "warn", "offered": "doing", "checked": "doing", "signed": "ok", "cancelled": ""}
ANSWERS = {"none": "", "accepted": "ok", "disputed": "bad"}
HELP = {
    "return": ("退回说明", "写明还要补充哪些事项。"),
    "cancel": ("撤销理由", "只用于误发的通知；已签字的不能撤销。"),
    "supplement": ("补充内容", "写明遗漏或要更正的事项；已签字的清单不变。"),
}


@require_safe
def handover_list(request: HttpRequest) -> HttpResponse:
    """Handovers in sight, the newest first; for the office also who should be asked to hand over."""
    asked = {name: request.GET.get(name, "").strip() for name in FILTERS}
    rows = found_of(request, asked)
    found = rows.count()
    pages = max(1, -(-found // PER_PAGE))
    page = min(max(1, number_or_none(request.GET.get("page")) or 1), pages)
    views = views_of(list(rows[(page - 1) * PER_PAGE : page * PER_PAGE]), request.now)
    manages = can(request.actor, MANAGE)
    context = {
        "rows": [(view, TONES[view.handover.state], *TIMINGS[view.timing]) for view in views],
        "found": found,
        "page": page,
        "pages": pages,
        "asked": asked,
        "filtered": any(asked.values()),
        "states": [(OVERDUE, "逾期未交接"), *STATES.items()],
        "manages": manages,
        "leavers": leavers_due(request.actor, request.now),
        "limit": LimitForm(initial={"workdays": limit_days()}) if manages else None,
        "key": request_key(),
    }
    return render(request, "handover/_rows.html" if request.htmx else "handover/list.html", context)


def found_of(request: HttpRequest, asked: dict[str, str]) -> Any:
    """Return the handovers that the filters let through."""
    return handovers_found(
        request.actor, request.now, state=asked["state"], text=asked["q"], year=asked["year"]
    )


@require_safe
def handover_export(request: HttpRequest) -> HttpResponse:
    """The handovers as filtered, as a spreadsheet."""
    asked = {name: request.GET.get(name, "").strip() for name in FILTERS}
    columns = [
        Column("编号", 18),
        Column("单位", 24),
        Column("岗位", 16),
        Column("移交人", 12),
        Column("接收人", 12),
        Column("离任原因", 10),
        Column("离任日期", 12, "date"),
        Column("交接期限", 12, "date"),
        Column("事项数", 8, "int"),
        Column("有异议", 8, "int"),
        Column("状态", 12),
        Column("签字日期", 12),
        Column("时效", 12),
    ]
    rows = [
        (
            str(view.handover),
            view.handover.unit_title,
            view.handover.post_title,
            view.handover.giver.name,
            view.handover.taker.name if view.handover.taker else "",
            view.handover.get_ground_display(),
            view.handover.leaves_on,
            view.handover.due_on,
            view.lines,
            view.disputed,
            view.handover.get_state_display(),
            day(view.handover.signed_at) if view.handover.signed_at else "",
            TIMINGS[view.timing][1],
        )
        for view in views_of(list(found_of(request, asked)[:MOST_EXPORTED]), request.now)
    ]
    return xlsx_response("离任交接", columns, rows)


@require_safe
def handover_detail(request: HttpRequest, handover_id: int) -> HttpResponse:
    """One handover with every line, and the own step."""
    return handover_page(request, handover_visible(request.actor, handover_id))


def handover_page(request: HttpRequest, handover: Any, **refused: Any) -> HttpResponse:
    """Render the page of a handover; ``refused``: the form of a step that was not done."""
    may = may_act(request.actor, handover, request.now)
    may_side = side_of(request.actor, handover, request.today)
    events = events_of("handover", handover.pk)
    signs = list(handover.signs.select_related("person").order_by("at"))
    names = Names.of((event.by for event in events), request.today)
    forms: dict[str, Any] = {
        step: TextForm(label=label, help_text=help_text, auto_id=f"id_{step}_%s")
        for step, (label, help_text) in HELP.items()
    }
    forms |= {"line_add": LineForm(auto_id="id_line_%s"), "answer": AnswerForm(auto_id="id_answer_%s")}
    if may["manage"] and handover.state == "preparing":
        persons = persons_holding(request.today)
        forms["successor"] = TakerForm(
            persons=persons, initial={"taker": handover.taker_id}, auto_id="id_taker_%s"
        )
    groups = [
        (source, heading, [(line, ANSWERS[line.answer], line_address(line)) for line in lines])
        for source, heading, lines in lines_of(handover)
    ]
    lines = [line for _, _, found in groups for line, _, _ in found]
    context = {
        "handover": handover,
        "tone": TONES[handover.state],
        "timing": TIMINGS[timing_of(handover, request.now)],
        "groups": groups,
        "count": len(lines),
        "left": sum(line.answer == "none" for line in lines),
        "disputed": sum(line.answer == "disputed" for line in lines),
        "may": may,
        "signs": signs,
        "supplements": [
            (row, may["supplement"] and row.confirmed_at is None and row.side != may_side)
            for row in handover.supplements.order_by("number")
        ],
        "forms": forms | refused,
        "refused": next(iter(refused), ""),
        "events": [(event, names.who(event.by)) for event in reversed(events)],
        "key": request_key(),
    }
    return render(request, "handover/handover.html", context)


def line_address(line: Any) -> str:
    """Return where the record of a line is shown; empty for what was written in by hand."""
    if line.ref is None:
        return ""
    return address_of(line.kind, line.ref)


@require_safe
def notice_docx(request: HttpRequest, handover_id: int) -> HttpResponse:
    """The notice as .docx."""
    handover = handover_visible(request.actor, handover_id)
    return download(render_docx(notice_letter(handover)), f"{handover} 离任交接通知书.docx", DOCX)


@require_safe
def record_docx(request: HttpRequest, handover_id: int) -> HttpResponse:
    """The record of the handover as .docx."""
    handover = handover_visible(request.actor, handover_id)
    return download(render_docx(handover_record(handover)), f"{handover} 离任交接书.docx", DOCX)
