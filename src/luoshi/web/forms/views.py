"""Proposals: the list of designs and what was asked, one proposal with what it means, the decision."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from luoshi.core.actor import Actor
from luoshi.core.errors import PackInvalid
from luoshi.core.periods import parse_period
from luoshi.domains.admission.actions import proposal_admit, proposal_refuse, proposal_withdraw
from luoshi.domains.admission.compose import PERIODS
from luoshi.domains.admission.queries import (
    FormProposal,
    ProposalState,
    composed_of,
    design_kept,
    drafts_visible,
    local_form_of,
    may_decide,
    outlook_of,
    proposal_visible,
    proposals_visible,
    standing_of,
)
from luoshi.kernel.access.policy import can, require_right
from luoshi.kernel.definitions.actions import Entry
from luoshi.kernel.definitions.queries import definitions_of
from luoshi.kernel.documents.xlsx import Column
from luoshi.kernel.ledger.queries import events_of
from luoshi.kernel.loader.actions import LOCAL
from luoshi.kernel.loader.diff import changes
from luoshi.kernel.loader.local import local_form_body, local_text
from luoshi.kernel.org.queries import units_on
from luoshi.web.forms.builder_views import NO_QUESTIONS, preview_lines
from luoshi.web.forms.words import TONES, change_rows, place_words
from luoshi.web.ledger.words import Names
from luoshi.web.packs.form_words import form_words, type_words
from luoshi.web.packs.words import Grid, Titles, Words
from luoshi.web.shell.errors import refusals_into
from luoshi.web.shell.export import download, xlsx_response
from luoshi.web.shell.paging import number_or_none
from luoshi.web.shell.posting import request_key, taken_once

PER_PAGE = 50
YAML = "application/yaml; charset=utf-8"


class DecisionForm(forms.Form):
    """The decision on a proposal. What fits is judged by the action."""

    period = forms.CharField(label="准入后", required=False)
    reply = forms.CharField(
        label="审批意见",
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="准入可不写；不予准入的，写明理由和改法。",
    )


@require_safe
def proposal_list(request: HttpRequest) -> HttpResponse:
    """Designs of the own unit and what was asked so far."""
    context = list_context(request)
    if request.htmx:
        return render(request, "design/_proposals.html", context)
    may_propose = can(request.actor, "form.propose")
    return render(
        request,
        "design/proposals.html",
        {
            **context,
            "drafts": list(drafts_visible(request.actor)) if may_propose else [],
            "may_propose": may_propose,
            "patterns": definitions_of("form") if may_propose else [],
            "mine": changeable(request.actor) if may_propose else [],
            "local": any(each.pack == LOCAL for each in definitions_of("form")),
        },
    )


def list_context(request: HttpRequest, per_page: int = PER_PAGE) -> dict[str, Any]:
    """Return the proposals as the address asks for them."""
    rows = proposals_visible(request.actor)
    text, state = request.GET.get("q", "").strip(), request.GET.get("state", "")
    if state in ProposalState.values:
        rows = rows.filter(state=state)
    if text:
        rows = rows.filter(title__contains=text[:100])
    found = rows.count()
    pages = max(1, -(-found // per_page))
    page = min(number_or_none(request.GET.get("page")) or 1, pages)
    return {
        "rows": [
            (
                each,
                TONES[each.state],
                PERIODS.get(design_kept(each)["period"], ""),
                len(each.design["fields"]),
            )
            for each in rows[(page - 1) * per_page : page * per_page]
        ],
        "q": text,
        "state": state,
        "states": ProposalState.choices,
        "found": found,
        "page": page,
        "pages": pages,
    }


def changeable(actor: Actor) -> list[tuple[str, str]]:
    """Return (key, title) of the forms in force that the actor's unit answers for."""
    keys = proposals_visible(actor).filter(state=ProposalState.ADMITTED, unit_id=actor.unit_id or 0)
    own = set(keys.values_list("form_key", flat=True))
    return [(each.key, each.title) for each in definitions_of("form", LOCAL) if each.key in own]


@require_safe
def proposal_export(request: HttpRequest) -> HttpResponse:
    """The proposals as a spreadsheet."""
    context = list_context(request, per_page=100_000)
    columns = [
        Column("表单", 36),
        Column("申请单位", 24),
        Column("周期", 18),
        Column("填报项", 8),
        Column("状态", 10),
        Column("申请日期", 14),
        Column("审批日期", 14),
    ]
    rows = [
        (
            each.title,
            each.unit.title,
            period,
            fields,
            each.get_state_display(),
            each.asked_at.date().isoformat(),
            each.decided_at.date().isoformat() if each.decided_at else "",
        )
        for each, _, period, fields in context["rows"]
    ]
    return xlsx_response("报表准入申请", columns, rows)


@require_safe
def local_pack(request: HttpRequest) -> HttpResponse:
    """The district's own pack as a file."""
    require_right(request.actor, "pack.view")
    row, text = local_text(number_or_none(request.GET.get("version")))
    return download(text.encode(), f"{LOCAL}-{row.version}.yaml", YAML)


@require_safe
def proposal_detail(request: HttpRequest, proposal_id: int) -> HttpResponse:
    """One proposal: what it asks of whom, at what cost, and what may be decided."""
    return render(request, "design/proposal.html", detail_context(request, proposal_id))


def detail_context(
    request: HttpRequest, proposal_id: int, asked: DecisionForm | None = None
) -> dict[str, Any]:
    """Return a proposal with everything that is shown of it."""
    proposal = proposal_visible(request.actor, proposal_id)
    design = design_kept(proposal)
    outlook = outlook_of(design, form_key=proposal.form_key, owner=proposal.unit.code, on=request.today)
    events = events_of("form_proposal", proposal.pk)
    names = Names.of([event.by for event in events], request.today)
    words, differences = described(request, proposal)
    own = proposal.unit_id == request.actor.unit_id and can(request.actor, "form.propose")
    return {
        "proposal": proposal,
        "tone": TONES[proposal.state],
        "design": design,
        "outlook": outlook,
        "words": words,
        "differences": differences,
        "lacking": [(place_words(place, design), text) for place, text in outlook.faults.items()],
        "lines": preview_lines(outlook.form),
        "questions": NO_QUESTIONS,
        "events": [(event, names.who(event.by)) for event in reversed(events)],
        "asked": asked or DecisionForm(),
        "key": request_key(),
        "author": request.actor.account_id in proposal.authors,
        "may": {
            "withdraw": own and proposal.state == "asked",
            "again": own and proposal.state in ("refused", "withdrawn"),
            "change": own and proposal.state == "admitted" and standing_of(proposal.form_key) is not None,
            "decide": may_decide(request.actor, proposal),
            "admit": can(request.actor, "form.admit"),
        },
        "ref": f"{LOCAL}.{proposal.form_key}" if proposal.state == "admitted" else "",
    }


def described(
    request: HttpRequest, proposal: FormProposal
) -> tuple[Words | None, list[tuple[str, str, str]] | None]:
    """Return a proposal's form in words and what it changes of the form in force; None where it is none."""
    key = proposal.form_key or "x000"
    made = composed_of(design_kept(proposal), key)
    try:
        body = local_form_body(local_form_of(made, key=key, owner=proposal.unit.code, stands=""))
    except PackInvalid:
        return None, None
    units = dict(units_on(request.today).values_list("code", "title"))
    words = form_words(
        body, Titles({("slot", body["admission"]["owner"][6:]): proposal.unit.title}, {}, units)
    )
    lists = {type_words(f"vocab:{name}"): "、".join(options.values()) for name, options in made.vocab.items()}
    words = Words(words.pairs, tuple(with_options(grid, lists) for grid in words.grids))
    standing = standing_of(proposal.form_key) if proposal.state == "asked" else None
    if standing is None:
        return words, None
    found = changes([standing.found], [Entry("form", key, body)])
    return words, change_rows(found, {"fields": [*standing.found.body["fields"], *body["fields"]]})


def with_options(grid: Grid, lists: Mapping[str, str]) -> Grid:
    """Return a table with the choices themselves where it names a list of them."""
    rows = tuple(
        tuple(f"单选：{lists[cell]}" if cell in lists else cell for cell in row) for row in grid.rows
    )
    return replace(grid, rows=rows)


@require_POST
def proposal_withdrawn(request: HttpRequest, proposal_id: int) -> HttpResponse:
    """Take a proposal back."""
    proposal_withdraw(actor=request.actor, proposal_id=proposal_id, now=request.now)
    messages.success(request, "申请已撤回，可以修改后重报。")
    return redirect("proposal_detail", proposal_id)


@require_http_methods(["POST"])
def proposal_admitted(request: HttpRequest, proposal_id: int) -> HttpResponse:
    """Admit a form, and open it at once when a period was picked."""

    def decide(asked: DecisionForm) -> str:
        code = asked.cleaned_data["period"]
        proposal_admit(
            actor=request.actor,
            proposal_id=proposal_id,
            period=parse_period(code) if code else None,
            reply=asked.cleaned_data["reply"],
            now=request.now,
        )
        return f"已准入，并开放 {parse_period(code).title}。" if code else "已准入，将按时限自动开放。"

    return decided(request, proposal_id, decide)


@require_http_methods(["POST"])
def proposal_refused(request: HttpRequest, proposal_id: int) -> HttpResponse:
    """Refuse a form."""

    def decide(asked: DecisionForm) -> str:
        reply = asked.cleaned_data["reply"]
        proposal_refuse(actor=request.actor, proposal_id=proposal_id, reply=reply, now=request.now)
        return "已答复不予准入。"

    return decided(request, proposal_id, decide)


def decided(request: HttpRequest, proposal_id: int, decide: Any) -> HttpResponse:
    """Do a decision once; a refusal of it stands on the page of the proposal."""
    asked = DecisionForm(request.POST)
    if asked.is_valid():
        with refusals_into(request, asked):
            words = taken_once(request, lambda: {"words": decide(asked)})["words"]
            messages.success(request, words)
            return redirect("proposal_detail", proposal_id)
    return render(request, "design/proposal.html", detail_context(request, proposal_id, asked))
