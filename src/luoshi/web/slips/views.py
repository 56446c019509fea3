"""The list of slips, what should be issued, and the letter as .docx and .pdf."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from luoshi.core.errors import NotFound
from luoshi.domains.slips.actions import slips_issue
from luoshi.domains.slips.letters import letter_of
from luoshi.domains.slips.queries import (
    STATES,
    SlipView,
    items_pressed,
    lines_of,
    proposed,
    rules_issued,
    slip_visible,
    slips_found,
)
from luoshi.domains.slips.rules import rules_all
from luoshi.kernel.access.policy import require_right
from luoshi.kernel.documents.docx import render_docx
from luoshi.kernel.documents.pdf import to_pdf
from luoshi.web.shell.errors import refusals_into
from luoshi.web.shell.export import DOCX, PDF, Column, download, xlsx_response
from luoshi.web.shell.paging import number_or_none
from luoshi.web.shell.posting import request_key, taken_once
from luoshi.web.shell.templatetags.luoshi import moment
from luoshi.web.slips.forms import WordsForm
from luoshi.web.slips.panels import TIMINGS, TONES, row_of

PER_PAGE = 50
PDF_SECONDS = 60.0
FILTERS = ("q", "level", "state", "year")
NOTE_HELP = "可不填；写入函件正文，如要求主要负责人过问。"


@require_safe
def slip_list(request: HttpRequest) -> HttpResponse:
    """Slips in sight, the newest first."""
    require_right(request.actor, "slip.view")
    asked = asked_of(request)
    found = found_of(request, asked)
    pages = max(1, -(-len(found) // PER_PAGE))
    page = min(max(1, number_or_none(request.GET.get("page")) or 1), pages)
    context = {
        "rows": [row_of(view) for view in found[(page - 1) * PER_PAGE : page * PER_PAGE]],
        "found": len(found),
        "overdue": sum(view.timing == "overdue" for view in found),
        "page": page,
        "pages": pages,
        "asked": asked,
        "filtered": any(asked.values()),
        "levels": list(dict.fromkeys(level.title for rules in rules_all() for level in rules.levels)),
        "states": [("overdue", "逾期未回复"), *STATES.items()],
        "issues": bool(rules_issued(request.actor)),
    }
    return render(request, "slips/_rows.html" if request.htmx else "slips/list.html", context)


def asked_of(request: HttpRequest) -> dict[str, str]:
    """Return the filters of the address."""
    return {name: request.GET.get(name, "").strip() for name in FILTERS}


def found_of(request: HttpRequest, asked: dict[str, str]) -> list[SlipView]:
    """Return the slips that the filters let through."""
    return slips_found(
        request.actor,
        request.now,
        level=asked["level"],
        state=asked["state"],
        text=asked["q"],
        year=asked["year"],
    )


@require_safe
def slip_export(request: HttpRequest) -> HttpResponse:
    """The slips as filtered, as a spreadsheet."""
    require_right(request.actor, "slip.view")
    columns = [
        Column("文号", 20),
        Column("级别", 10),
        Column("单位编码", 12),
        Column("单位", 28),
        Column("事项数", 8, "int"),
        Column("发出单位", 24),
        Column("发出时间", 18),
        Column("回复期限", 18),
        Column("状态", 10),
        Column("签批回复时间", 18),
        Column("回复", 12),
    ]
    rows = [
        (
            str(view.slip),
            view.slip.level_title,
            view.slip.unit_code,
            view.slip.unit_title,
            view.lines,
            view.slip.organ_title,
            moment(view.slip.issued_at),
            moment(view.slip.reply_by),
            view.state_title,
            moment(view.replied_at),
            TIMINGS[view.timing][1],
        )
        for view in found_of(request, asked_of(request))
    ]
    return xlsx_response("督办单", columns, rows)


@require_http_methods(["GET", "HEAD", "POST"])
def slip_proposals(request: HttpRequest) -> HttpResponse:
    """What should be issued and is not; the first level is issued to several units at once."""
    require_right(request.actor, "slip.issue")
    asked = WordsForm(request.POST if request.method == "POST" else None, label="附言", help_text=NOTE_HELP)
    chosen = [number for text in request.POST.getlist("unit") if (number := number_or_none(text))]
    if request.method == "POST" and asked.is_valid():
        with refusals_into(request, asked):
            made = taken_once(request, lambda: {"slips": issued(request, chosen, asked)})
            messages.success(request, f"已发出 {len(made['slips'])} 份：{'、'.join(made['slips'])}。")
            return redirect("slip_list")
    context = {
        "sets": [
            (rules, [each for each in found if each.former is None], [each for each in found if each.former])
            for rules, found in proposed(request.actor, request.now)
        ],
        "about_items": items_pressed(request.actor, request.now),
        "tones": TONES,
        "asked": asked,
        "chosen": chosen,
        "key": request_key(),
    }
    return render(request, "slips/proposals.html", context)


def issued(request: HttpRequest, chosen: list[int], asked: WordsForm) -> list[str]:
    """Issue to the chosen units; return the numbers."""
    slips = slips_issue(
        actor=request.actor,
        rules_ref=request.POST.get("rules", ""),
        unit_ids=chosen,
        text=asked.cleaned_data["text"],
        now=request.now,
    )
    return [str(slip) for slip in slips]


@require_safe
def slip_docx(request: HttpRequest, slip_id: int) -> HttpResponse:
    """The letter as .docx."""
    slip, content = letter_file(request, slip_id)
    return download(content, f"{slip} {slip.unit_title}.docx", DOCX)


@require_safe
def slip_pdf(request: HttpRequest, slip_id: int) -> HttpResponse:
    """The letter as .pdf where a converter is installed, else the reason."""
    slip, content = letter_file(request, slip_id)
    printed = to_pdf(content, timeout=PDF_SECONDS)
    if printed is None:
        raise NotFound("本机没有安装 PDF 转换程序，请下载 Word 文档后自行另存为 PDF。")
    return download(printed, f"{slip} {slip.unit_title}.pdf", PDF)


def letter_file(request: HttpRequest, slip_id: int) -> tuple[Any, bytes]:
    """Return a slip in sight with its letter as .docx."""
    slip = slip_visible(request.actor, slip_id)
    return slip, render_docx(letter_of(slip, lines_of(slip)))
