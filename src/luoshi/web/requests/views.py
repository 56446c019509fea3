"""The listing of requests and reports, its spreadsheet, and the letter of an answer."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from luoshi.core.beijing import local_day
from luoshi.core.errors import Invalid
from luoshi.domains.requests.letters import answer_letter
from luoshi.domains.requests.queries import PaperRow, kinds_counted, paper_rows, paper_type, papers_found
from luoshi.kernel.access.policy import require_right
from luoshi.kernel.documents.docx import render_docx
from luoshi.kernel.items.queries import COUNTED, item_visible, items_counted
from luoshi.web.shell.export import DOCX, Column, download, xlsx_response
from luoshi.web.shell.paging import number_or_none
from luoshi.web.shell.templatetags.luoshi import post_words

PER_PAGE = 50
MOST_EXPORTED = 5_000
BATCH = 500
FILTERS = ("q", "kind", "state", "year")
TIMINGS = {
    "waiting": ("doing", "期限内"),
    "overdue": ("bad", "逾期未答复"),
    "late": ("warn", "逾期答复"),
    "on_time": ("ok", "按期答复"),
    "": ("", "—"),
}


@require_safe
def request_list(request: HttpRequest) -> HttpResponse:
    """Requests and reports in sight, the newest first, with how many of each kind."""
    require_right(request.actor, "item.view")
    kind, asked = paper_type(), asked_of(request)
    facts, wrong = found_of(request, asked)
    found = items_counted(facts)
    pages = max(1, -(-min(found, COUNTED) // PER_PAGE))
    page = min(max(1, number_or_none(request.GET.get("page")) or 1), pages)
    ids = list(facts.values_list("item_id", flat=True)[(page - 1) * PER_PAGE : page * PER_PAGE])
    context = {
        "kind": kind,
        "rows": [(row, *TIMINGS[row.timing]) for row in paper_rows(ids, request.now)],
        "counts": kinds_counted(facts, request.now),
        "wrong": wrong,
        "found": found,
        "page": page,
        "pages": pages,
        "asked": asked,
        "filtered": any(asked.values()),
    }
    return render(request, "requests/_rows.html" if request.htmx else "requests/list.html", context)


def asked_of(request: HttpRequest) -> dict[str, str]:
    """Return the filters of the address."""
    return {name: request.GET.get(name, "").strip() for name in FILTERS}


def found_of(request: HttpRequest, asked: dict[str, str]) -> tuple[Any, str]:
    """Return the facts asked for, and what is wrong with the filter: then there are none."""
    try:
        return papers_found(
            request.actor,
            request.now,
            kind=asked["kind"],
            year=number_or_none(asked["year"]),
            state=asked["state"],
            text=asked["q"],
        ), ""
    except Invalid as refusal:
        return papers_found(request.actor, request.now).none(), refusal.message


@require_safe
def request_export(request: HttpRequest) -> HttpResponse:
    """The listing as filtered, as a spreadsheet."""
    require_right(request.actor, "item.view")
    paper_type()
    facts, wrong = found_of(request, asked_of(request))
    if wrong:
        raise Invalid(wrong)
    columns = [
        Column("编号", 14),
        Column("事由", 40),
        Column("种类", 12),
        Column("事项类别", 12),
        Column("主送", 10),
        Column("报送依据", 24),
        Column("报送单位", 24),
        Column("签发人岗位", 24),
        Column("报出日期", 12, "date"),
        Column("要求报送日期", 14, "date"),
        Column("答复期限", 12, "date"),
        Column("答复日期", 12),
        Column("答复时效", 12),
        Column("答复结果", 16),
        Column("退回次数", 10, "int"),
        Column("状态", 14),
        Column("落实事项", 24),
    ]
    ids = list(facts.values_list("item_id", flat=True)[:MOST_EXPORTED])
    rows = (
        exported(row)
        for start in range(0, len(ids), BATCH)
        for row in paper_rows(ids[start : start + BATCH], request.now)
    )
    note = f"导出时间 {timezone.localtime(request.now):%Y-%m-%d %H:%M}"
    return xlsx_response("请示报告台账", columns, rows, note)


def exported(row: PaperRow) -> tuple[Any, ...]:
    """Return one line of the spreadsheet."""
    shown = row.item.shown
    return (
        row.item.number,
        row.item.title,
        shown.get("kind", ""),
        shown.get("matter", ""),
        shown.get("upto", ""),
        shown.get("grounds", ""),
        row.item.lead,
        post_words(row.signed_by) if row.signed_by else "",
        local_day(row.signed_at) if row.signed_at else None,
        shown.get("required_by") or None,
        local_day(row.due_at) if row.due_at else None,
        shown.get("answered_on", ""),
        TIMINGS[row.timing][1],
        shown.get("result", ""),
        row.returned,
        row.item.state_title,
        "、".join(task.number for task in row.tasks),
    )


@require_safe
def request_letter(request: HttpRequest, item_id: int) -> HttpResponse:
    """The letter of an answer as .docx."""
    item = item_visible(request.actor, item_id)
    return download(render_docx(answer_letter(item)), f"{item.number} 复函.docx", DOCX)
