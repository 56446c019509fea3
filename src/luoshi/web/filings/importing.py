"""Filings from a spreadsheet: upload, look at every fault, then take all, take the clean rows, or drop it."""

from __future__ import annotations

from contextlib import suppress
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from luoshi.core.errors import Incomplete, NotFound
from luoshi.kernel.access.policy import require_right
from luoshi.kernel.documents.xlsx import Column
from luoshi.kernel.filings.actions import draft_drop, draft_keep, draft_preview, filings_take
from luoshi.kernel.filings.bulk import SHEET
from luoshi.kernel.filings.heads import template_of
from luoshi.kernel.filings.policy import require_filler
from luoshi.kernel.filings.queries import form_def, templates_of
from luoshi.web.filings.forms import ImportForm
from luoshi.web.filings.periods import periods_opened
from luoshi.web.shell.errors import refusals_into
from luoshi.web.shell.export import xlsx_response
from luoshi.web.shell.posting import request_key, taken_once

SHOWN = 200
# what taking a row would do: mark and word
LOOKS = {
    "new": ("ok", "可导入"),
    "changed": ("warn", "改动"),
    "same": ("", "无变化"),
    "blank": ("", "未填"),
    "fault": ("bad", "有误"),
}


@require_http_methods(["GET", "HEAD", "POST"])
def filing_import(request: HttpRequest, ref: str) -> HttpResponse:
    """Upload a table; it is kept as a draft until it is taken or dropped."""
    form = form_def(ref)
    require_filler(request.actor, form, "filing.import")
    templates = templates_of(ref)
    if not templates:
        raise Incomplete(f"业务包没有为表单“{form.title}”规定导入模板，不能用表格导入。")
    asked = ImportForm(
        request.POST or None,
        request.FILES or None,
        templates=templates,
        kind=form.period_kind,
        initial={key: request.GET.get(key, "") for key in ("period", "replaces")},
    )
    if request.method == "POST" and asked.is_valid():
        with refusals_into(request, asked):
            table = asked.cleaned_data["table"]
            draft = draft_keep(
                actor=request.actor,
                form_ref=ref,
                import_ref=asked.cleaned_data["template"],
                period=asked.cleaned_data.get("period"),
                name=table.name,
                content=table.read(),
                now=request.now,
            )
            if asked.cleaned_data["replaces"]:
                forgotten(request, asked.cleaned_data["replaces"])
            return redirect("filing_preview", draft.token)
    context = {
        "form": form,
        "asked": asked,
        "templates": templates,
        "periods": periods_opened(request.actor, form.ref),
    }
    return render(request, "filings/import.html", context)


def forgotten(request: HttpRequest, token: UUID) -> None:
    """Forget the upload that a mended table takes the place of, if it is still there."""
    with suppress(NotFound):
        draft_drop(actor=request.actor, draft_token=token)


@require_safe
def filing_preview(request: HttpRequest, token: UUID) -> HttpResponse:
    """What the table would bring, checked as things stand now. Nothing is saved."""
    found = draft_preview(actor=request.actor, draft_token=token, now=request.now)
    keys = [key for key, _ in found.columns if key not in ("@unit", "@period", "@id")]
    titles = dict(found.columns)
    rows = [
        (
            row,
            [(row.cells.get(key, ""), fault_at(row, titles[key]), row.was.get(key, "")) for key in keys],
            fault_at(row, titles.get("@unit")) or fault_at(row, titles.get("@id")),
            *LOOKS[row.kind],
        )
        for row in found.rows[:SHOWN]
    ]
    context = {
        "found": found,
        "token": token,
        "key": request_key(),
        "titles": [titles[key] for key in keys],
        "rows": rows,
        "faults": found.faults[:SHOWN],
        "fault_count": len(found.faults) + found.faults_more,
        "shown": SHOWN,
        "sheet": found.template.ref == SHEET,
    }
    return render(request, "filings/preview.html", context)


def fault_at(row, column: str | None) -> str:
    """Return the rule that the cell of a row in a column breaks, empty when none."""
    return next((fault.rule for fault in row.faults if fault.column == column), "")


@require_safe
def filing_faults(request: HttpRequest, token: UUID) -> HttpResponse:
    """The list of faults as a spreadsheet, to work through."""
    found = draft_preview(actor=request.actor, draft_token=token, now=request.now)
    columns = [
        Column("单元格", 10),
        Column("行", 8, "int"),
        Column("列", 20),
        Column("原值", 20),
        Column("问题", 40),
        Column("怎么改", 50),
    ]
    rows = [
        (fault.address, fault.row, fault.column, str(fault.value), fault.rule, fault.remedy)
        for fault in found.faults
    ]
    return xlsx_response(f"{found.form.title} 问题清单", columns, rows)


@require_POST
def filing_take(request: HttpRequest, token: UUID) -> HttpResponse:
    """Take the rows: all, or the clean ones when that button was pressed."""
    only_clean = request.POST.get("take") == "clean"
    result = taken_once(
        request,
        lambda: batch_facts(
            filings_take(
                actor=request.actor,
                draft_token=token,
                only_clean=only_clean,
                now=request.now,
                reason=request.POST.get("reason", ""),
            )
        ),
    )
    left = f"，未导入 {result['left']} 行" if result["left"] else ""
    messages.success(request, f"已导入 {result['taken']} 行{left}。每一行都已留痕。")
    if result["sheet"]:
        return redirect(f"{reverse('filing_sheet', args=[result['form']])}?period={result['period']}")
    return redirect("filing_matrix", result["form"])


def batch_facts(batch) -> dict[str, object]:
    """Return what the page says of a batch."""
    return {
        "form": batch.form_ref,
        "taken": batch.rows_taken,
        "left": batch.rows_left,
        "sheet": batch.import_ref == SHEET,
        "period": batch.period_code,
    }


@require_POST
def filing_cancel(request: HttpRequest, token: UUID) -> HttpResponse:
    """Forget an upload that was not taken."""
    draft_drop(actor=request.actor, draft_token=token)
    messages.info(request, "已放弃这次导入，没有保存任何数据。")
    return redirect("form_list")


@require_safe
def filing_template(request: HttpRequest, ref: str) -> HttpResponse:
    """An empty table with the head that the import wants."""
    require_right(request.actor, "filing.import")
    template = template_of(ref)
    form = form_def(template.form_ref)
    columns = [Column(title, 18) for title in template.titles.values()]
    return xlsx_response(f"{form.title} 导入模板", columns, [])
