"""What a unit has to carry out, over all plans, and what it says itself about how far it is."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from luoshi.core.errors import NotFound
from luoshi.domains.plans.queries import STANDINGS, due_words, nodes_served, own_measures, said_of
from luoshi.domains.plans.saying import measure_say
from luoshi.kernel.access.policy import require_right
from luoshi.kernel.documents.xlsx import Column
from luoshi.kernel.items.queries import item_visible
from luoshi.web.plans.forms import SaidForm
from luoshi.web.plans.views import MOST_TEXT
from luoshi.web.plans.words import strip_of
from luoshi.web.shell.errors import refusals_into
from luoshi.web.shell.export import xlsx_response
from luoshi.web.shell.paging import number_or_none
from luoshi.web.shell.panels import Panel
from luoshi.web.shell.posting import taken_once

PER_PAGE = 50


@require_safe
def plan_own(request: HttpRequest) -> HttpResponse:
    """The measures of the own unit, by date."""
    context = own_context(request)
    return render(request, "plans/_own.html" if request.htmx else "plans/own.html", context)


def own_context(request: HttpRequest, per_page: int = PER_PAGE) -> dict[str, Any]:
    """Return the own measures as the address asks for them."""
    require_right(request.actor, "plan.view")
    standing, text = request.GET.get("state", ""), request.GET.get("q", "").strip()[:MOST_TEXT]
    every = own_measures(request.actor, request.now)
    counts = Counter(own.leaf.standing for own in every)
    found = [
        own
        for own in every
        if (standing not in STANDINGS or own.leaf.standing == standing) and text in own.leaf.title
    ]
    pages = max(1, -(-len(found) // per_page))
    page = min(number_or_none(request.GET.get("page")) or 1, pages)
    rows = [
        (own, due_words(own.leaf), strip_of(own.leaf, own.plan.year, own.plan.issued_on, request.today))
        for own in found[(page - 1) * per_page : page * per_page]
    ]
    return {
        "rows": rows,
        "total": len(found),
        "every": len(every),
        "counts": [(key, tone, word, counts[key]) for key, (tone, word) in STANDINGS.items() if counts[key]],
        "state": standing,
        "q": text,
        "page": page,
        "pages": pages,
    }


@require_safe
def plan_own_export(request: HttpRequest) -> HttpResponse:
    """The own measures as a spreadsheet."""
    columns = [
        Column("计划", 30),
        Column("编号", 10),
        Column("举措", 44),
        Column("职责", 8),
        Column("牵头单位", 18),
        Column("完成时限", 13),
        Column("现期限", 13, "date"),
        Column("状态", 12),
        Column("自报进度", 10, "int"),
        Column("自报日期", 12, "date"),
    ]
    rows = [
        (own.plan.title, own.leaf.code, own.leaf.title, "牵头" if own.leads else "配合", own.leaf.lead, due)
        + (own.leaf.moved_to, own.leaf.word, own.leaf.said_percent, own.leaf.said_on)
        for own, due, _ in own_context(request, 100_000)["rows"]
    ]
    return xlsx_response(f"我单位的任务 {request.today.isoformat()}", columns, rows)


@require_http_methods(["GET", "HEAD", "POST"])
def measure_said(request: HttpRequest, item_id: int) -> HttpResponse:
    """Say how far a measure is; what was said before stays below."""
    item = item_visible(request.actor, item_id)
    served = nodes_served(request.actor, item_id)
    if not served:
        raise NotFound("没有这项举措，或您无权查看。")
    form = SaidForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_into(request, form):
            taken_once(
                request,
                lambda: {
                    "said": measure_say(
                        actor=request.actor, item_id=item_id, now=request.now, **form.cleaned_data
                    ).pk
                },
            )
            messages.success(request, "自报进展已记录。")
            return redirect("item_detail", item_id)
    panel = Panel("plans/_said.html", {"served": served, "said": said_of(item_id)})
    context = {"item": item, "form": form, "panel": panel}
    return render(request, "plans/said.html", context)
