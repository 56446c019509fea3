"""Designing a form: begin, type, add and move fields, look at the preview, ask for admission."""

from __future__ import annotations

import secrets
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from luoshi.core.errors import Refusal
from luoshi.domains.admission.actions import proposal_ask, proposal_begin, proposal_drop, proposal_save
from luoshi.domains.admission.audience import audience_on
from luoshi.domains.admission.compose import BY_HAND
from luoshi.domains.admission.design import Design, changed
from luoshi.domains.admission.queries import (
    Outlook,
    design_kept,
    draft_visible,
    elements_known,
    outlook_of,
)
from luoshi.kernel.filings.entries import Typed
from luoshi.kernel.filings.forms import Form
from luoshi.web.filings.entry_forms import EntryForm, lines_of
from luoshi.web.forms.builder import BuilderForm, cards_of, design_sent, rule_lines
from luoshi.web.forms.words import anchor_of, place_words
from luoshi.web.shell.errors import keep
from luoshi.web.shell.paging import number_or_none

LOOKING = frozenset({"preview", "ask"})
NAMED = 20
NO_QUESTIONS: dict[str, Any] = {"faq": {}, "ask": ""}
"""A form that nobody fills yet has no questions and answers."""


@require_POST
def design_new(request: HttpRequest) -> HttpResponse:
    """Begin a design: blank, like a form in force, to change one, or from an earlier proposal."""
    draft = proposal_begin(
        actor=request.actor,
        like=request.POST.get("like", ""),
        change=request.POST.get("change", ""),
        again=number_or_none(request.POST.get("again")) or 0,
        now=request.now,
    )
    return redirect("design_page", draft.pk)


@require_POST
def design_dropped(request: HttpRequest, draft_id: int) -> HttpResponse:
    """Throw a design away."""
    draft_visible(request.actor, draft_id)
    if not request.POST.get("sure"):
        messages.error(request, "请先勾选“确认删除”，再删除设计稿。")
        return redirect("design_page", draft_id)
    proposal_drop(actor=request.actor, draft_id=draft_id)
    messages.success(request, "设计稿已删除。")
    return redirect("proposal_list")


@require_http_methods(["GET", "HEAD", "POST"])
def design_page(request: HttpRequest, draft_id: int) -> HttpResponse:
    """The design of a form: every press of a button keeps it as typed."""
    draft = draft_visible(request.actor, draft_id)
    design = design_kept(draft)
    if request.method != "POST":
        return render(request, "design/builder.html", page_context(request, draft, design, draft.rev))
    design = design_sent(request.POST, design)
    do = request.POST.get("do", "")
    seen = number_or_none(request.POST.get("rev")) or 0
    page = request.POST.get("page", "")
    # A page may save over what it is itself just saving: its requests follow one another.
    given = {"actor": request.actor, "draft_id": draft_id, "rev": seen, "page": page, "now": request.now}
    if request.htmx and not do:
        try:
            draft = proposal_save(design=design, **given)
        except Refusal as refusal:
            return render(request, "design/_beside.html", beside(request, draft, design, seen, refusal))
        return render(request, "design/_beside.html", beside(request, draft, design, draft.rev))
    design = changed(design, do)
    try:
        if do == "ask":
            proposal = proposal_ask(design=design, **given)
            messages.success(request, "已提交审批，由督查部门另一人决定是否准入。")
            return redirect("proposal_detail", proposal.pk)
        draft = proposal_save(design=design, **given)
    except Refusal as refusal:
        keep(request, refusal)
        draft = draft_visible(request.actor, draft_id)
        return render(
            request, "design/builder.html", page_context(request, draft, design, draft.rev, refusal)
        )
    return render(request, "design/builder.html", page_context(request, draft, design, draft.rev))


def page_context(
    request: HttpRequest, draft: Any, design: Design, rev: int, refusal: Refusal | None = None
) -> dict[str, Any]:
    """Return the page of a design; faults stand beside their inputs once somebody asked for them."""
    near = beside(request, draft, design, rev, refusal)
    outlook: Outlook = near["outlook"]
    audience = audience_on(request.today)
    elements = elements_known(request.today)
    asked = BuilderForm(design, audience, elements)
    if request.POST.get("do", "") in LOOKING:
        asked.faults_beside(outlook.faults)
    if refusal is not None:
        asked.faults_beside({k: v for k, v in refusal.fields.items() if k not in outlook.faults})
        asked.add_error(None, refusal.message)
    return {
        **near,
        "asked": asked,
        "cards": cards_of(asked, outlook.near),
        "rules": rule_lines(asked),
        "elements": elements,
        "by_hand": design["period"] in BY_HAND,
        "page": request.POST.get("page") or secrets.token_hex(8),
        "numbers": sum(1 for row in design.fields if row.kind in ("int", "decimal", "percent", "money")),
    }


def beside(
    request: HttpRequest, draft: Any, design: Design, rev: int, refusal: Refusal | None = None
) -> dict[str, Any]:
    """Return what stands beside a design: state of the draft, what is lacking, whom, when, cost, preview."""
    found = outlook_of(design, form_key=draft.form_key, owner=draft.unit.code, on=request.today)
    return {
        "draft": draft,
        "design": design,
        "rev": rev,
        "refusal": refusal,
        "outlook": found,
        "named": found.units[:NAMED],
        "lacking": [
            (place_words(place, design), anchor_of(place, design), text)
            for place, text in found.faults.items()
        ],
        "lines": preview_lines(found.form),
        "questions": NO_QUESTIONS,
    }


def preview_lines(form: Form) -> list[Any]:
    """Return the fields of a form as the page of an answer draws them."""
    return lines_of(
        EntryForm(form=form, standing=Typed(), offers={}, evidence={}, prefix="preview"), {}, {}, {}, {}
    )
