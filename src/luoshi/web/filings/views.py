"""Forms, the unit × period matrix of one, one obligation with its versions, and its correction."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from luoshi.core.errors import WrongState
from luoshi.core.periods import parse_period
from luoshi.kernel.access.policy import require_right
from luoshi.kernel.filings.actions import filing_correct, obligations_open
from luoshi.kernel.filings.flows import flow_of
from luoshi.kernel.filings.forms import form_by_id
from luoshi.kernel.filings.policy import filler_named, require_filler
from luoshi.kernel.filings.queries import (
    filing_versions,
    form_def,
    forms_visible,
    lights_of,
    obligation_visible,
)
from luoshi.kernel.ledger.queries import events_of
from luoshi.kernel.org.queries import units_on
from luoshi.web.filings.forms import CorrectForm, OpenForm
from luoshi.web.filings.histories import actors_of, history_of
from luoshi.web.filings.lights import cell_look
from luoshi.web.filings.matrix_views import matrix_context
from luoshi.web.filings.panels import panels_of
from luoshi.web.filings.tools import may_fill, tools_context
from luoshi.web.ledger.words import Names
from luoshi.web.packs.words import PERIODS
from luoshi.web.shell.errors import refusals_into
from luoshi.web.shell.posting import request_key, taken_once

WHOLE = 100_000


@require_safe
def form_list(request: HttpRequest) -> HttpResponse:
    """Every form with how far it has come; those that were never opened stand last."""
    require_right(request.actor, "filing.view")
    rows = [
        (card, PERIODS[card.form.period_kind], 100 * card.answered / card.opened if card.opened else None)
        for card in sorted(forms_visible(request.actor), key=lambda card: not card.opened)
    ]
    return render(request, "filings/forms.html", {"rows": rows})


@require_POST
def period_open(request: HttpRequest, ref: str) -> HttpResponse:
    """Open a form for a period: one obligation for each unit it addresses."""
    require_right(request.actor, "period.open")
    form = form_def(ref)
    asked = OpenForm(request.POST, kind=form.period_kind)
    if asked.is_valid():
        with refusals_into(request, asked):
            period = asked.cleaned_data["period"]
            result = taken_once(
                request,
                lambda: {
                    "opened": obligations_open(
                        actor=request.actor, form_ref=ref, period=period, now=request.now
                    )
                },
            )
            messages.success(request, f"{period.title}已开放，新增应报 {result['opened']} 份。")
            return redirect("filing_matrix", ref)
    context = {**matrix_context(request, ref), **tools_context(request, form, asked)}
    return render(request, "filings/matrix.html", context)


def obligation_context(request: HttpRequest, obligation_id: int) -> dict[str, Any]:
    """Return an obligation with everything that is shown of it."""
    obligation = obligation_visible(request.actor, obligation_id)
    form = form_by_id(obligation.definition_id)
    versions = filing_versions(obligation)
    events = events_of("obligation", obligation.pk)
    names = Names.of([*(event.by for event in events), *actors_of(versions)], request.today)
    current = next((each for each in versions if each.current), None)
    lights = lights_of(
        request.actor, obligation.form_ref, [obligation.unit_id], [obligation.period_code], request.now
    )
    tone, word = cell_look(lights[obligation.pk], obligation.answer, obligation.due_at is not None)
    return {
        "obligation": obligation,
        "form": form,
        "period": parse_period(obligation.period_code),
        "tone": tone,
        "word": word,
        "parents": parents_of(obligation),
        "current": current,
        "versions": [
            (each, names.who(each.submitted_by), lines)
            for each, lines in zip(versions, history_of(versions, form, names), strict=True)
        ],
        "events": [(event, names.who(event.by)) for event in reversed(events)],
        "filler": filler_named(form),
        "panels": panels_of(request, obligation),
        "may": {
            "correct": current is not None
            and current.state == flow_of(obligation.definition_id).final_state
            and may_fill(request.actor, form, "filing.correct", obligation.unit_id)
        },
    }


def parents_of(obligation: Any) -> list[str]:
    """Return the names of the units above on the opening day, highest first; a code where none is known."""
    codes = [code for code, _ in obligation.parents]
    titles = dict(units_on(obligation.opened_on).filter(code__in=codes).values_list("code", "title"))
    return [titles.get(code, code) for code in codes]


@require_http_methods(["GET", "HEAD", "POST"])
def filing_correct_page(request: HttpRequest, obligation_id: int) -> HttpResponse:
    """Correct what was filed: a new version with its reason; the old one stays readable."""
    obligation = obligation_visible(request.actor, obligation_id)
    form = form_by_id(obligation.definition_id)
    require_filler(request.actor, form, "filing.correct", obligation.unit_id)
    current = next((each for each in filing_versions(obligation) if each.current), None)
    if current is None:
        raise WrongState("该单位本期尚未填报，无可更正。请先导入本期数据。")
    in_force = {field.key: canonical for field, _, canonical in current.values}
    asked = CorrectForm(request.POST or None, fields=form.fields, now_in_force=in_force)
    if request.method == "POST" and asked.is_valid():
        with refusals_into(request, asked):
            given = dict(asked.cleaned_data)
            reason = given.pop("reason")
            taken_once(
                request,
                lambda: {
                    "filing": filing_correct(
                        actor=request.actor,
                        obligation_id=obligation_id,
                        values=given,
                        reason=reason,
                        now=request.now,
                    ).pk
                },
            )
            messages.success(request, "更正已保存，原版本可在明细中查看。")
            return redirect("obligation_detail", obligation_id)
    context = {
        "obligation": obligation,
        "form": form,
        "asked": asked,
        "current": current,
        "keeps_proofs": bool(current.evidence),
        "key": request_key(),
        "period": parse_period(obligation.period_code),
    }
    return render(request, "filings/correct.html", context)
