"""Rounds: computed, looked at, published; every point opens its explanation."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from luoshi.core.errors import NotFound
from luoshi.core.periods import parse_period
from luoshi.kernel.access.policy import can, require_right
from luoshi.kernel.assess.actions import round_compute, round_publish
from luoshi.kernel.assess.appeal_queries import appeals_of, may_appeal
from luoshi.kernel.assess.queries import (
    line_explained,
    round_compared,
    round_visible,
    rounds_visible,
    scheme_of,
    schemes_visible,
    sheets_visible,
)
from luoshi.kernel.documents.xlsx import Column
from luoshi.kernel.ledger.queries import newest_event_of
from luoshi.web.assess.forms import ComputeForm, PreviewForm, PublishForm
from luoshi.web.assess.sheets import criteria_of, export_rows, groups_of
from luoshi.web.filings.periods import periods_opened
from luoshi.web.shell.errors import refusals_into
from luoshi.web.shell.export import xlsx_response
from luoshi.web.shell.posting import request_key, taken_once


@require_safe
def round_list(request: HttpRequest) -> HttpResponse:
    """Rounds of every scheme, newest period first."""
    require_right(request.actor, "round.view")
    return render(request, "assess/rounds.html", list_context(request, None))


def list_context(request: HttpRequest, form: ComputeForm | None) -> dict[str, object]:
    """Return what the list of rounds shows; ``form`` is given when it has errors to show."""
    schemes = schemes_visible(request.actor)
    titles = {card.scheme.ref: card.title for card in schemes}
    if form is None:
        form = ComputeForm(schemes=titles.items(), initial={"scheme": request.GET.get("scheme", "")})
    rounds = [(each, titles.get(each.scheme_ref, each.scheme_ref)) for each in rounds_visible(request.actor)]
    may = {"compute": can(request.actor, "round.compute")}
    return {
        "rounds": rounds,
        "schemes": schemes,
        "form": form,
        "may": may,
        "periods": periods_opened(request.actor),
    }


@require_POST
def round_compute_page(request: HttpRequest) -> HttpResponse:
    """Compute a trial."""
    require_right(request.actor, "round.compute")
    choices = [(card.scheme.ref, card.title) for card in schemes_visible(request.actor)]
    form = ComputeForm(request.POST, schemes=choices)
    if form.is_valid():
        with refusals_into(request, form):
            asked = form.cleaned_data
            result = taken_once(
                request,
                lambda: {
                    "round": round_compute(
                        actor=request.actor,
                        scheme_ref=asked["scheme"],
                        period=asked["period"],
                        now=request.now,
                    ).pk
                },
            )
            messages.success(request, "试算完成。请核对得分，无误后发布。")
            return redirect("round_detail", result["round"])
    return render(request, "assess/rounds.html", list_context(request, form))


@require_safe
def round_detail(request: HttpRequest, round_id: int) -> HttpResponse:
    """The score sheet of a round."""
    context = sheet_context(request, round_id)
    if request.htmx:
        return render(request, "assess/_sheets.html", context)
    return render(request, "assess/round.html", {**context, **publish_context(request, context["round"])})


def sheet_context(request: HttpRequest, round_id: int) -> dict[str, object]:
    """Return the table of a round, filtered and sorted as the address asks."""
    scored = round_visible(request.actor, round_id)
    scheme = scheme_of(scored)
    criteria = criteria_of(scheme.body)
    group, sort = request.GET.get("group", ""), request.GET.get("sort", "")
    sheets = list(sheets_visible(request.actor, round_id))
    combine = scheme.body["combine"]
    return {
        "round": scored,
        "scheme": scheme,
        "criteria": criteria,
        "groups": groups_of(sheets, criteria, group=group, sort=sort),
        "all_groups": list(dict.fromkeys((each.group, each.group_title) for each in sheets)),
        "group": group,
        "sort": sort,
        "with_total": combine != "none",
        "with_rank": scheme.body["rank"] != "none",
        "with_reasons": any(each.reason for each in sheets),
        "with_grades": bool(scheme.body.get("grades")),
        "width": 3 + 2 * len(criteria) + (combine != "none") + (scheme.body["rank"] != "none"),
    }


def publish_context(
    request: HttpRequest, scored: object, form: PublishForm | PreviewForm | None = None
) -> dict[str, object]:
    """Return what previewing and publishing need, and the appeals of the round."""
    rule = scheme_of(scored).body.get("preview")
    publishes = can(request.actor, "round.publish")
    ready = scored.state == "preview" if rule else scored.state == "draft"
    preview_form = form if isinstance(form, PreviewForm) else PreviewForm()
    return {
        "draft": scored.state == "draft",
        "rule": rule,
        "publish_form": form if isinstance(form, PublishForm) else PublishForm(),
        "preview_form": preview_form,
        "appeals": appeals_of(request.actor, scored, request.now),
        "key": request_key(),
        "may": {
            "publish": ready and publishes,
            "preview": bool(rule) and scored.state == "draft" and publishes,
            "appeal": may_appeal(request.actor, scored, request.now),
            "compare": can(request.actor, "present.compare"),
        },
    }


@require_http_methods(["POST"])
def round_publish_page(request: HttpRequest, round_id: int) -> HttpResponse:
    """Publish a trial for good."""
    require_right(request.actor, "round.publish")
    form = PublishForm(request.POST)
    if form.is_valid():
        with refusals_into(request, form):
            taken_once(
                request,
                lambda: {"round": round_publish(actor=request.actor, round_id=round_id, now=request.now).pk},
            )
            messages.success(request, "已发布。本轮得分从此不可修改。")
            return redirect("round_detail", round_id)
    context = sheet_context(request, round_id)
    return render(
        request, "assess/round.html", {**context, **publish_context(request, context["round"], form)}
    )


@require_safe
def round_export(request: HttpRequest, round_id: int) -> HttpResponse:
    """The score sheet as a spreadsheet."""
    context = sheet_context(request, round_id)
    pairs = [
        column
        for each in context["criteria"]
        for column in (Column(f"{each.title}取值", 14, "text"), Column(f"{each.title}得分", 12, "decimal", 2))
    ]
    head = [Column("组别", 16), Column("名次", 8, "int"), Column("单位编码", 12), Column("单位", 24)]
    columns = [*head, *pairs, Column("总分", 10, "decimal", 2), Column("等次", 10), Column("说明", 36)]
    title = f"{context['scheme'].title} {parse_period(context['round'].period_code).title}"
    return xlsx_response(title, columns, export_rows(context["groups"]))


@require_safe
def round_compare(request: HttpRequest, round_id: int) -> HttpResponse:
    """A published round beside what the present records would give."""
    context = {
        "round": round_visible(request.actor, round_id),
        "compared": round_compared(request.actor, round_id, request.now),
    }
    template = "assess/_compare.html" if request.htmx else "assess/compare.html"
    return render(request, template, context)


@require_safe
def sheet_detail(request: HttpRequest, sheet_id: int) -> HttpResponse:
    """How one unit's total came about."""
    scored = rounds_visible(request.actor).filter(sheets__pk=sheet_id).first()
    if scored is None:
        raise NotFound("没有这份得分单，或您无权查看。")
    sheet = sheets_visible(request.actor, scored.pk).get(pk=sheet_id)
    context = {"round": scored, "sheet": sheet, "scheme": scheme_of(scored)}
    template = "assess/_sheet.html" if request.htmx else "assess/sheet.html"
    return render(request, template, context)


@require_safe
def line_detail(request: HttpRequest, line_id: int) -> HttpResponse:
    """Why a criterion has its points: steps, figure, the rows behind it, their filings and events."""
    explained = line_explained(request.actor, line_id, request.now)
    event = newest_event_of("line", line_id)
    context = {"explained": explained, "event": event, "rows": explained.rows}
    template = "assess/_line.html" if request.htmx else "assess/line.html"
    return render(request, template, context)
