"""One sheet for many units: download it, send it back filled, get the rows that were left out with marks."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from luoshi.core.errors import NotFound, Refusal
from luoshi.core.periods import Period, parse_period
from luoshi.kernel.filings.actions import batch_preview, draft_keep, draft_preview
from luoshi.kernel.filings.bulk import SHEET, fill_sheet, fillable, sheets_of
from luoshi.kernel.filings.bulk_file import faults_file, sheet_file
from luoshi.kernel.filings.forms import form_by_id
from luoshi.kernel.filings.queries import batches_visible, form_def
from luoshi.web.filings.importing import forgotten
from luoshi.web.filings.periods import periods_opened
from luoshi.web.shell.errors import refusals_into
from luoshi.web.shell.export import XLSX, download
from luoshi.web.shell.forms import UploadField
from luoshi.web.shell.paging import number_or_none

ANSWERED = ("filed", "nil")


class SheetForm(forms.Form):
    """The filled sheet."""

    table = UploadField(label="填好的填报表", help_text="从本页下载的 .xlsx")
    replaces = forms.UUIDField(required=False, widget=forms.HiddenInput())


@require_http_methods(["GET", "HEAD", "POST"])
def filing_sheet(request: HttpRequest, ref: str) -> HttpResponse:
    """Download the sheet of a form and period, or send it back; it is kept as a draft until it is taken."""
    form = form_def(ref)
    periods = periods_opened(request.actor, ref)
    period = asked_period(request, periods)
    owed = fillable(request.actor, ref, period, request.now) if period else []
    if period is None:
        fillable(request.actor, ref, parse_period("2000"), request.now)
    asked = SheetForm(
        request.POST or None, request.FILES or None, initial={"replaces": request.GET.get("replaces", "")}
    )
    if request.method == "POST" and period and asked.is_valid():
        with refusals_into(request, asked):
            table = asked.cleaned_data["table"]
            draft = draft_keep(
                actor=request.actor,
                form_ref=ref,
                import_ref=SHEET,
                period=period,
                name=table.name,
                content=table.read(),
                now=request.now,
            )
            if asked.cleaned_data["replaces"]:
                forgotten(request, asked.cleaned_data["replaces"])
            return redirect("filing_preview", draft.token)
    context = {
        "form": form,
        "period": period,
        "periods": periods,
        "asked": asked,
        "units": len(owed),
        "answered": sum(each.answer in ANSWERED for each in owed),
        "versions": versions_of(owed),
        "batches": batches_of(request, ref, period),
    }
    return render(request, "filings/sheet.html", context)


def asked_period(request: HttpRequest, periods: list[Period]) -> Period | None:
    """Return the period in the address, else the newest opened; None when none is."""
    code = request.GET.get("period", "")
    return next((each for each in periods if code in (each.code, each.title)), None) or next(
        iter(periods if not code else ()), None
    )


def versions_of(owed: list[Any]) -> list[tuple[Any, int, str]]:
    """Return each version of the form with its number of units and why it has no sheet, "" when it has."""
    found = []
    for version, some in sheets_of(owed).items():
        try:
            fill_sheet(some[:1], parse_period(some[0].period_code))
        except Refusal as refusal:
            found.append((form_by_id(version), len(some), refusal.message))
        else:
            found.append((form_by_id(version), len(some), ""))
    return found


def batches_of(request: HttpRequest, ref: str, period: Period | None) -> list[Any]:
    """Return the latest sheets taken for a period."""
    if period is None:
        return []
    return list(batches_visible(request.actor, ref).filter(import_ref=SHEET, period_code=period.code)[:5])


@require_safe
def filing_sheet_file(request: HttpRequest, ref: str) -> HttpResponse:
    """The sheet to be filled in, with what stands, was drafted or is known."""
    period = asked_period(request, periods_opened(request.actor, ref))
    if period is None:
        fillable(request.actor, ref, parse_period("2000"), request.now)
        raise NotFound("该表单没有开放这一期间，请核对期间。")
    sheets = sheets_of(fillable(request.actor, ref, period, request.now))
    wanted = number_or_none(request.GET.get("form")) or next(iter(sheets), 0)
    sheet = fill_sheet(sheets.get(wanted, []), period)
    return download(sheet_file(sheet), f"{sheet.form.title} {period.title} 填报表.xlsx", XLSX)


@require_safe
def filing_marked(request: HttpRequest, token: UUID) -> HttpResponse:
    """The faulty rows of an upload, marked, to be mended and sent again."""
    found = draft_preview(actor=request.actor, draft_token=token, now=request.now)
    return download(faults_file(found), f"{found.form.title} 有误的行.xlsx", XLSX)


@require_safe
def batch_marked(request: HttpRequest, batch_id: int) -> HttpResponse:
    """The rows of a taken sheet that were left out, judged as things stand now, marked."""
    found = batch_preview(actor=request.actor, batch_id=batch_id, now=request.now)
    return download(faults_file(found), f"{found.form.title} 有误的行.xlsx", XLSX)
