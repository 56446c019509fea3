"""Bulletins: on screen as printed, every figure open to its rows; as a document; frozen."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from luoshi.core.errors import MissingInput, NotFound
from luoshi.core.periods import Period, parse_period
from luoshi.kernel.access.policy import can, require_right
from luoshi.kernel.documents.docx import render_docx
from luoshi.kernel.documents.html import render_html
from luoshi.kernel.documents.pdf import can_pdf, to_pdf
from luoshi.kernel.documents.tree import Document
from luoshi.kernel.org.queries import units_on
from luoshi.kernel.reports.actions import report_freeze
from luoshi.kernel.reports.bounds import linked
from luoshi.kernel.reports.bundle import docx_sources, proof_bundle
from luoshi.kernel.reports.queries import (
    ReportView,
    issue_compared,
    issue_view,
    issue_visible,
    report_view,
    reports_visible,
)
from luoshi.web.filings.periods import periods_opened
from luoshi.web.reports.forms import FreezeForm, OpenForm
from luoshi.web.reports.links import link_for
from luoshi.web.shell.errors import refusals_into
from luoshi.web.shell.export import DOCX, PDF, ZIP, download
from luoshi.web.shell.posting import request_key, taken_once

PDF_SECONDS = 60.0


@require_safe
def report_list(request: HttpRequest) -> HttpResponse:
    """Installed reports with what was frozen of each."""
    require_right(request.actor, "report.view")
    return render(request, "reports/reports.html", list_context(request, asked=False))


@require_safe
def report_open(request: HttpRequest) -> HttpResponse:
    """Go to a report of a period chosen in the list."""
    require_right(request.actor, "report.view")
    context = list_context(request, asked=True)
    form = context["form"]
    if form.is_valid():
        return redirect("report_page", form.cleaned_data["report"], form.cleaned_data["period"].code)
    return render(request, "reports/reports.html", context)


def list_context(request: HttpRequest, *, asked: bool) -> dict[str, Any]:
    """Return what the list shows; ``asked``: the address holds a report and a period."""
    cards = reports_visible(request.actor)
    choices = [(card.report.ref, card.title) for card in cards]
    return {
        "cards": cards,
        "form": OpenForm(request.GET if asked else None, reports=choices),
        "issues": [(card, issue) for card in cards for issue in card.issues],
        "periods": periods_opened(request.actor),
    }


@require_safe
def report_page(request: HttpRequest, ref: str, period: str) -> HttpResponse:
    """The issue in force, else a draft of the present records."""
    require_right(request.actor, "report.view")
    return render_page(request, ref, parse_period(period), None)


def render_page(request: HttpRequest, ref: str, period: Period, form: FreezeForm | None) -> HttpResponse:
    """Render a report, or why it cannot be composed."""
    try:
        view = report_view(request.actor, ref, period, request.now)
    except MissingInput as refusal:
        context = {"ref": ref, "period": period, "message": refusal.message}
        return render(request, "reports/refused.html", context, status=200)
    context = page_context(request, view)
    context["freeze_form"] = form or FreezeForm()
    return render(request, "reports/report.html", context)


def page_context(request: HttpRequest, view: ReportView) -> dict[str, object]:
    """Return what a bulletin on screen needs."""
    return {
        "view": view,
        "paper": render_html(linked_document(view)),
        "key": request_key(),
        "may": {
            "freeze": can(request.actor, "report.freeze"),
            "compare": can(request.actor, "present.compare"),
            "bundle": can(request.actor, "report.bundle"),
            "pdf": can_pdf(),
        },
    }


def linked_document(view: ReportView) -> Document:
    """Return the document with an address on every figure that can be opened."""
    codes = {unit.id: unit.code for unit in units_on(view.period.end)}
    version = None if view.issue is None else view.report.pack_version
    return linked(view.document, view.bounds, link_for(codes, version))


@require_safe
def report_docx(request: HttpRequest, ref: str, period: str) -> HttpResponse:
    """The document as .docx."""
    return docx_of(report_view(request.actor, ref, parse_period(period), request.now))


@require_safe
def report_pdf(request: HttpRequest, ref: str, period: str) -> HttpResponse:
    """The document as .pdf where a converter is installed, else back with the reason."""
    return pdf_of(report_view(request.actor, ref, parse_period(period), request.now))


@require_POST
def report_freeze_page(request: HttpRequest, ref: str, period: str) -> HttpResponse:
    """Freeze the report: its words and figures are kept as they are now."""
    require_right(request.actor, "report.freeze")
    asked = parse_period(period)
    form = FreezeForm(request.POST)
    if form.is_valid():
        with refusals_into(request, form):
            result = taken_once(
                request,
                lambda: {
                    "issue": report_freeze(
                        actor=request.actor,
                        report_ref=ref,
                        period=asked,
                        now=request.now,
                        **form.cleaned_data,
                    ).pk
                },
            )
            messages.success(request, "已定稿。正文和数字从此不再变动。")
            return redirect("issue_page", result["issue"])
    return render_page(request, ref, asked, form)


@require_safe
def issue_page(request: HttpRequest, issue_id: int) -> HttpResponse:
    """One frozen report, exactly as issued, also when a correction followed."""
    context = page_context(request, issue_view(issue_visible(request.actor, issue_id)))
    context["freeze_form"] = FreezeForm()
    return render(request, "reports/report.html", context)


@require_safe
def issue_docx(request: HttpRequest, issue_id: int) -> HttpResponse:
    """One frozen report as .docx."""
    return docx_of(issue_view(issue_visible(request.actor, issue_id)))


@require_safe
def issue_pdf(request: HttpRequest, issue_id: int) -> HttpResponse:
    """One frozen report as .pdf."""
    return pdf_of(issue_view(issue_visible(request.actor, issue_id)))


@require_safe
def issue_bundle(request: HttpRequest, issue_id: int) -> HttpResponse:
    """The proof bundle of one frozen report, to be checked on a machine without this system."""
    issue = issue_visible(request.actor, issue_id)
    require_right(request.actor, "report.bundle")
    return download(proof_bundle(issue).content, f"{issue.title}（证明包）.zip", ZIP)


@require_safe
def report_compare(request: HttpRequest, issue_id: int) -> HttpResponse:
    """Frozen figures beside what the present records would print."""
    issue = issue_visible(request.actor, issue_id)
    context = {"issue": issue, "changes": issue_compared(request.actor, issue, request.now)}
    template = "reports/_compare.html" if request.htmx else "reports/compare.html"
    return render(request, template, context)


def docx_of(view: ReportView) -> HttpResponse:
    """Answer with the document of a report."""
    return download(document_of(view), f"{file_title(view)}.docx", DOCX)


def pdf_of(view: ReportView) -> HttpResponse:
    """Answer with the document as .pdf. Raises: NotFound where no converter is installed."""
    content = to_pdf(document_of(view), timeout=PDF_SECONDS)
    if content is None:
        raise NotFound("本机没有安装 PDF 转换程序，请下载 Word 文档后自行另存为 PDF。")
    return download(content, f"{file_title(view)}.pdf", PDF)


def document_of(view: ReportView) -> bytes:
    """Return a report as .docx, each figure naming what it is bound to."""
    return render_docx(view.document, docx_sources(view.bounds))


def file_title(view: ReportView) -> str:
    """Return the file name of a report: its title, marked while it is a draft."""
    title = "".join(view.document.title_lines)
    return title if view.issue is not None else f"{title}（草稿）"
