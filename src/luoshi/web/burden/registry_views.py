"""The registry of forms: the list, one form, and what is decided about it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from luoshi.kernel.access.policy import require_right
from luoshi.kernel.documents.xlsx import Column
from luoshi.kernel.filings.actions import form_renew_ask, form_renew_decide, form_stop
from luoshi.kernel.filings.admission import STATE_TITLES, FormState
from luoshi.kernel.filings.catalogue import RegistryRow, registry, registry_form, registry_may
from luoshi.web.burden.costs import cost_shown
from luoshi.web.burden.forms import DecideForm, RenewForm, StopForm
from luoshi.web.burden.words import CYCLES, TONES, audience_words
from luoshi.web.ledger.words import Names
from luoshi.web.packs.form_words import type_words, window_words
from luoshi.web.shell.errors import refusals_into
from luoshi.web.shell.export import xlsx_response
from luoshi.web.shell.paging import number_or_none
from luoshi.web.shell.posting import request_key, taken_once

PER_PAGE = 50
SORTS = {
    "until": ("有效期", lambda row: (row.until is None, row.until, row.form.form.ref)),
    "hours": ("一年用时", lambda row: (-(row.cost.filings * (row.cost.minutes or 0)), row.form.form.ref)),
    "title": ("名称", lambda row: (row.form.form.title, row.form.form.ref)),
}


@require_safe
def registry_list(request: HttpRequest) -> HttpResponse:
    """Every form with its owner, basis, audience, cost and state."""
    require_right(request.actor, "filing.view")
    context = listed(request)
    template = "burden/_registry.html" if request.htmx else "burden/registry.html"
    return render(request, template, context)


def listed(request: HttpRequest, per_page: int = PER_PAGE) -> dict[str, Any]:
    """Return the page of the registry that the address asks for, and what there is to choose from."""
    every = registry(request.today)
    asked = {name: request.GET.get(name, "").strip() for name in ("q", "state", "owner", "sort")}
    if asked["sort"] not in SORTS:
        asked["sort"] = "hours"
    found = sorted((row for row in every if _matches(row, asked)), key=SORTS[asked["sort"]][1])
    pages = max(1, -(-len(found) // per_page))
    page = min(max(1, number_or_none(request.GET.get("page")) or 1), pages)
    shown = found[(page - 1) * per_page : page * per_page]
    return {
        "rows": [
            (
                row,
                CYCLES[row.form.form.period_kind],
                audience_words(row.cost),
                STATE_TITLES[row.form.state],
                TONES[row.form.state],
            )
            for row in shown
        ],
        "asked": asked,
        "total": len(every),
        "found": len(found),
        "page": page,
        "pages": pages,
        "states": [(state.value, STATE_TITLES[state]) for state in FormState],
        "owners": sorted({row.form.owner_title for row in every if row.form.owner_title}),
        "sorts": [(key, title) for key, (title, _) in SORTS.items()],
        "lacking": sum(row.form.state not in (FormState.ACTIVE, FormState.STOPPED) for row in every),
    }


def _matches(row: RegistryRow, asked: dict[str, str]) -> bool:
    admission = row.form.standing.admission
    named = (row.form.form.title, row.form.form.ref, admission.basis if admission else "")
    return (
        (not asked["state"] or asked["state"] == row.form.state.value)
        and (not asked["owner"] or asked["owner"] == row.form.owner_title)
        and (not asked["q"] or any(asked["q"] in text for text in named))
    )


@require_safe
def registry_export(request: HttpRequest) -> HttpResponse:
    """The registry as shown, as a spreadsheet."""
    require_right(request.actor, "filing.view")
    columns = [
        Column("表单", 28),
        Column("编码", 22),
        Column("责任单位", 22),
        Column("发文依据", 30),
        Column("填报范围", 20),
        Column("周期", 10),
        Column("有效期至", 12, "date"),
        Column("每次分钟", 10, "int"),
        Column("每年次数", 10, "int"),
        Column("每年小时", 10, "decimal", 1),
        Column("填报项", 8, "int"),
        Column("手工录入占比", 12, "percent", 1),
        Column("状态", 10),
    ]
    rows = [
        (
            row.form.form.title,
            row.form.form.ref,
            row.form.owner_title,
            row.form.standing.admission.basis if row.form.standing.admission else "",
            audience,
            cycle,
            row.until,
            row.cost.minutes,
            row.cost.filings,
            row.cost.hours,
            row.cost.fields,
            row.cost.typed_percent,
            state,
        )
        for row, cycle, audience, state, _ in listed(request, per_page=100_000)["rows"]
    ]
    return xlsx_response("报表目录", columns, rows, f"截至 {request.today:%Y-%m-%d}")


@require_safe
def registry_form_page(request: HttpRequest, ref: str) -> HttpResponse:
    """One form: what it asks, what it costs, what was decided about it."""
    require_right(request.actor, "filing.view")
    return shown(request, ref)


def shown(request: HttpRequest, ref: str, **asked: forms.Form) -> HttpResponse:
    """Draw the page of one form; ``asked`` holds a form that came back with errors, by its name."""
    found = registry_form(ref, request.today)
    row = found.row
    names = Names.of(
        (by for each in found.decisions for by in (each.asked_by, each.decided_by) if by), request.today
    )
    twice: dict[str, list[str]] = {}
    for near in found.near:
        twice.setdefault(near.key, []).append(f"{near.form_title}“{near.other_title}”")
    body = row.form.form.body
    context = {
        "found": found,
        "row": row,
        "form": row.form.form,
        "cycle": CYCLES[row.form.form.period_kind],
        "window": window_words(body.get("window")),
        "state": STATE_TITLES[row.form.state],
        "tone": TONES[row.form.state],
        "fields": [
            (field, type_words(field["type"]), "；".join(twice.get(field["key"], ())))
            for field in body["fields"]
        ],
        "decisions": [
            (
                each,
                names.who(each.asked_by),
                names.who(each.decided_by) if each.decided_by else "",
            )
            for each in found.decisions
        ],
        "may": registry_may(request.actor, found),
        "stop": asked.get("stop") or StopForm(prefix="stop"),
        "renew": asked.get("renew") or RenewForm(prefix="renew"),
        "decide": asked.get("decide") or DecideForm(prefix="decide"),
        "open": set(asked),
        "key": request_key(),
        **cost_shown(row.cost, found.near),
    }
    return render(request, "burden/form.html", context)


@require_POST
def form_stopped(request: HttpRequest, ref: str) -> HttpResponse:
    """Take a form out of use."""
    asked = StopForm(request.POST, prefix="stop")
    if asked.is_valid():
        with refusals_into(request, asked):
            taken_once(
                request,
                lambda: {
                    "id": form_stop(
                        actor=request.actor, form_ref=ref, now=request.now, **asked.cleaned_data
                    ).pk
                },
            )
            messages.success(request, "已停用，此后不再开放。已开放的期间照常填报。")
            return redirect("registry_form", ref)
    require_right(request.actor, "form.propose")
    return shown(request, ref, stop=asked)


@require_POST
def renewal_asked(request: HttpRequest, ref: str) -> HttpResponse:
    """Ask that a form may run longer."""
    asked = RenewForm(request.POST, prefix="renew")
    if asked.is_valid():
        with refusals_into(request, asked):
            taken_once(
                request,
                lambda: {
                    "id": form_renew_ask(
                        actor=request.actor, form_ref=ref, now=request.now, **asked.cleaned_data
                    ).pk
                },
            )
            messages.success(request, "已提出续期申请，须经他人批准后生效。")
            return redirect("registry_form", ref)
    require_right(request.actor, "form.propose")
    return shown(request, ref, renew=asked)


@require_POST
def renewal_decided(request: HttpRequest, ref: str) -> HttpResponse:
    """Let a form run longer, or not."""
    require_right(request.actor, "form.admit")
    asked = DecideForm(request.POST, prefix="decide")
    approve = request.POST.get("do") == "grant"
    standing = number_or_none(request.POST.get("standing")) or 0
    if asked.is_valid():
        with refusals_into(request, asked):
            taken_once(
                request,
                lambda: {
                    "id": form_renew_decide(
                        actor=request.actor,
                        standing_id=standing,
                        approve=approve,
                        now=request.now,
                        **asked.cleaned_data,
                    ).pk
                },
            )
            messages.success(request, "已同意续期。" if approve else "已答复不同意续期。")
            return redirect("registry_form", ref)
    return shown(request, ref, decide=asked)
