"""Environmental inspection: a batch with its reports, likes merged by a person, the published tables."""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from luoshi.core.beijing import local_day
from luoshi.core.errors import Incomplete
from luoshi.domains.rectify.likes import received_of
from luoshi.domains.rectify.publishing import (
    COLUMNS,
    Line,
    counts_of,
    lines_of,
    rows_of,
    table_publish,
    table_visible,
    versions_of,
)
from luoshi.domains.rectify.types import REPORTED, REPORTS
from luoshi.kernel.documents.docx import render_docx
from luoshi.kernel.documents.tree import Cell, Document, Paragraph, Table, Text
from luoshi.kernel.documents.tree import Column as PaperColumn
from luoshi.kernel.documents.xlsx import Column
from luoshi.kernel.items.actions import creating_check
from luoshi.kernel.items.joining import item_merge
from luoshi.kernel.items.queries import type_def
from luoshi.web.rectify.acting_views import problem_of
from luoshi.web.rectify.forms import MergeForm, PublishForm
from luoshi.web.rectify.panels import creates
from luoshi.web.shell.errors import refusals_into
from luoshi.web.shell.export import DOCX, download, xlsx_response
from luoshi.web.shell.posting import request_key, taken_once

WIDE = {"number": 22, "text": 34, "region": 13, "pollution": 13, "findings": 34, "truth": 12, "handling": 34,
        "result": 13, "held": 20}  # fmt: skip
CHANGED = {"new": ("doing", "新增"), "changed": ("warn", "更新"), "": ("", "")}
FOCUS = "*"


@require_http_methods(["GET", "HEAD", "POST"])
def rectify_batch(request: HttpRequest, item_id: int) -> HttpResponse:
    """A batch: received and real counts, what would be published now, the versions so far."""
    batch = problem_of(request, item_id, REPORTS)
    publishes = creates(request, REPORTED)
    form = PublishForm(request.POST or None)
    if request.method == "POST":
        creating_check(request.actor, type_def(REPORTED), request.now)
    if request.method == "POST" and form.is_valid():
        with refusals_into(request, form):
            note = form.cleaned_data["note"]
            made = taken_once(
                request,
                lambda: {
                    "table": table_publish(
                        actor=request.actor, batch_id=batch.pk, note=note, now=request.now
                    ).pk
                },
            )
            messages.success(request, "一览表已公开，本版不再变动。")
            return redirect("rectify_table", made["table"])
    context = {
        "batch": batch,
        "received": received_of(batch),
        "ready": len(rows_of(batch)),
        "versions": versions_of(batch),
        "form": form if publishes else None,
        "key": request_key(),
    }
    return render(request, "rectify/batch.html", context)


@require_safe
def rectify_table(request: HttpRequest, table_id: int) -> HttpResponse:
    """One version of a published table."""
    table = table_visible(request.actor, table_id)
    lines = lines_of(table)
    context = {
        "table": table,
        "heads": COLUMNS.values(),
        "lines": [(line, list(line.cells.items()), *CHANGED[line.was]) for line in lines],
        "counts": counts_of(lines).items(),
        "changed": sum(line.was != "" for line in lines),
    }
    return render(request, "rectify/table.html", context)


@require_safe
def rectify_table_export(request: HttpRequest, table_id: int) -> HttpResponse:
    """A published table as a spreadsheet."""
    table = table_visible(request.actor, table_id)
    columns = [
        Column("序号", 6, "int"),
        *(Column(head, WIDE[key]) for key, head in COLUMNS.items()),
        Column("本版变动", 10),
    ]
    rows = [(line.seq, *cells_of(line), CHANGED[line.was][1]) for line in lines_of(table)]
    return xlsx_response(name_of(table), columns, rows, "标*的为重点关注。")


@require_safe
def rectify_table_docx(request: HttpRequest, table_id: int) -> HttpResponse:
    """A published table as a document on lying pages."""
    table = table_visible(request.actor, table_id)
    columns = (
        PaperColumn("序号", 9, "center"),
        *(PaperColumn(head, WIDE[key]) for key, head in COLUMNS.items()),
    )
    rows = tuple(
        (Cell(f"{line.seq}{'（更新）' if line.was == 'changed' else ''}"), *map(Cell, cells_of(line)))
        for line in lines_of(table)
    )
    note = f"第{table.version}版，{local_day(table.at):%Y年%m月%d日}公开。标*的为重点关注。"
    told = note + (f"再次公开的原因：{table.note}" if table.note else "")
    document = Document(
        title_lines=("群众举报转办和边督边改", "公开情况一览表"),
        blocks=(Paragraph((Text(told),)), Table(columns, rows)),
        meta={"created": table.at.isoformat(), "title": name_of(table)},
        landscape=True,
    )
    return download(render_docx(document), f"{name_of(table)}.docx", DOCX)


def cells_of(line: Line) -> Iterable[str]:
    """Return the cells of a line as printed; a report under special attention has a star at its number."""
    return [f"{text}{FOCUS}" if key == "number" and line.focus else text for key, text in line.cells.items()]


def name_of(table: object) -> str:
    """Return what a table is called as a file."""
    return f"{table.batch.title}公开情况一览表（第{table.version}版）"  # type: ignore[attr-defined]


@require_POST
def rectify_merge(request: HttpRequest, item_id: int) -> HttpResponse:
    """Merge a report into another, by a person's decision."""
    item = problem_of(request, item_id, REPORTED)
    form = MergeForm(request.POST)
    if not form.is_valid():
        raise Incomplete("请写明并件理由。")
    into, note = form.cleaned_data["into"], form.cleaned_data["note"]

    def merge() -> dict[str, str]:
        item_merge(actor=request.actor, item_id=item.pk, into_id=into, note=note, now=request.now)
        return {}

    with refusals_into(request, form):
        taken_once(request, merge)
        messages.success(request, f"{item.number} 已并件，保留原编号和来信来电计数。")
    for error in form.non_field_errors():
        messages.error(request, error)
    return redirect("item_detail", item.pk)
