"""Matters of supervision: the listing, the bulletin by unit, the notice, breaking one down into parts."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from luoshi.core.errors import NotAllowed
from luoshi.domains.slips.queries import slip_counts
from luoshi.domains.supervision.bulletin import UnitCount, bulletin, items_handed
from luoshi.domains.supervision.letters import notice_letter
from luoshi.domains.supervision.listing import COLUMNS, listing
from luoshi.domains.supervision.parts import EARLIER, parts_open, parts_opener
from luoshi.kernel.access.policy import require_right
from luoshi.kernel.documents.docx import render_docx
from luoshi.kernel.documents.html import render_html
from luoshi.kernel.items.queries import duties_of, units_for_choice
from luoshi.kernel.items.sight import item_visible
from luoshi.web.shell.errors import refusals_into
from luoshi.web.shell.export import DOCX, Column, download, xlsx_response
from luoshi.web.shell.posting import request_key, taken_once
from luoshi.web.supervision.forms import PartForm, SpanForm

WIDTHS = {"事项": 30, "事项内容": 40, "办理要求": 40, "最近进展": 40, "序号": 6}
NUMBERS = {"序号", "完成进度（%）", "退回次数"}
COUNTS = ("件数", "办结", "在办", "长期坚持", "在办逾期", "逾期办结", "退回次数", "督办单")


@require_safe
def listing_export(request: HttpRequest) -> HttpResponse:
    """The matters in sight as the listing an office keeps."""
    require_right(request.actor, "item.view")
    columns = [
        Column(title, WIDTHS.get(title, 14), "int" if title in NUMBERS else "text") for title in COLUMNS
    ]
    rows = [
        tuple(value.isoformat() if isinstance(value, date) else value for value in row)
        for row in listing(request.actor, request.now)
    ]
    return xlsx_response(f"督查台账 {request.today.isoformat()}", columns, rows)


@require_safe
def bulletin_page(request: HttpRequest) -> HttpResponse:
    """What became of the matters of each unit."""
    require_right(request.actor, "item.view")
    form, rows = _counted(request)
    total = [sum(getattr(row, key) for row in rows) for key in FIGURES]
    context = {"form": form, "rows": rows, "total": total, "heads": COUNTS}
    return render(request, "supervision/bulletin.html", context)


FIGURES = ("total", "done", "going", "lasting", "overdue", "late", "returned", "slips")


@require_safe
def bulletin_export(request: HttpRequest) -> HttpResponse:
    """The bulletin as a spreadsheet."""
    require_right(request.actor, "item.view")
    columns = [Column("单位编码", 12), Column("单位", 28), *(Column(title, 10, "int") for title in COUNTS)]
    _, rows = _counted(request)
    lines = [(row.code, row.title, *(getattr(row, key) for key in FIGURES)) for row in rows]
    return xlsx_response(f"督查通报 {request.today.isoformat()}", columns, lines)


@require_safe
def notice_page(request: HttpRequest, item_id: int) -> HttpResponse:
    """The notice of supervision of a matter, as a letter."""
    item = item_visible(request.actor, item_id)
    context = {"item": item, "paper": render_html(notice_letter(item))}
    return render(request, "supervision/notice.html", context)


@require_safe
def notice_docx(request: HttpRequest, item_id: int) -> HttpResponse:
    """The notice as .docx."""
    item = item_visible(request.actor, item_id)
    return download(render_docx(notice_letter(item)), f"督查通知单 {item.number}.docx", DOCX)


@require_http_methods(["GET", "HEAD", "POST"])
def parts_page(request: HttpRequest, item_id: int) -> HttpResponse:
    """Hand a part of a matter to each co-unit."""
    item = item_visible(request.actor, item_id)
    if not parts_opener(request.actor, request.now):
        raise NotAllowed("督查事项由督查室分解，您当前的岗位不能办理。")
    form = PartForm(request.POST if request.method == "POST" else None, initial={"earlier": EARLIER})
    asked = _tasks(request, item)
    if request.method == "POST" and form.is_valid():
        with refusals_into(request, form):
            made = taken_once(request, lambda: {"parts": _opened(request, item_id, form)})
            messages.success(request, f"已交办协办任务 {len(made['parts'])} 件：{'、'.join(made['parts'])}。")
            return redirect("item_detail", item_id)
    context = {"item": item, "form": form, "key": request_key(), "asked": asked}
    context["units"] = [(unit.code, unit.title) for unit in units_for_choice(request.today)]
    return render(request, "supervision/parts.html", context)


def _tasks(request: HttpRequest, item: Any) -> list[tuple[str, str]]:
    """Return the rows of the form: what was typed, else the co-units of the matter, and blank ones."""
    if request.method == "POST":
        typed = zip(request.POST.getlist("unit"), request.POST.getlist("task"), strict=False)
        return list(typed)
    named = [(duty.unit_code, "") for duty in duties_of(item) if duty.role == "co"]
    return [*named, *[("", "")] * 3]


def _opened(request: HttpRequest, item_id: int, form: PartForm) -> list[str]:
    typed = zip(request.POST.getlist("unit"), request.POST.getlist("task"), strict=False)
    tasks = {unit: task for unit, task in typed if unit}
    earlier = form.cleaned_data["earlier"]
    parts = parts_open(actor=request.actor, item_id=item_id, tasks=tasks, earlier=earlier, now=request.now)
    return [part.number for part in parts]


def _counted(request: HttpRequest) -> tuple[SpanForm, list[UnitCount]]:
    """Return the asked span, by default the year so far, and the counts."""
    since, until = date(request.today.year, 1, 1), request.today
    given = {key: request.GET[key] for key in ("since", "until") if request.GET.get(key)}
    form = SpanForm({"since": since.isoformat(), "until": until.isoformat()} | given)
    if form.is_valid():
        since, until = form.cleaned_data["since"] or since, form.cleaned_data["until"] or until
    slips = slip_counts(request.actor, items_handed(request.actor, since, until))
    return form, bulletin(request.actor, request.now, since, until, slips)
