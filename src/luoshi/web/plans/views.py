"""Reading plans: the list, the tree with its branches, the paper, the spreadsheet."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from luoshi.domains.plans.queries import (
    STANDINGS,
    Asked,
    State,
    may_manage,
    plan_visible,
    plans_listed,
    sheet_rows,
    tree_of,
    units_taking_part,
)
from luoshi.kernel.access.policy import can, require_right
from luoshi.web.plans.words import QUARTERS, SHEET, lines_of, quarter_days
from luoshi.web.shell.export import xlsx_response
from luoshi.web.shell.paging import number_or_none

PLANS_A_PAGE = 50
MOST_TEXT = 40


@require_safe
def plan_list(request: HttpRequest) -> HttpResponse:
    """The plans in sight, the newest first, with how far they are."""
    require_right(request.actor, "plan.view")
    text = request.GET.get("q", "").strip()[:MOST_TEXT]
    rows = [row for row in plans_listed(request.actor) if text in row.plan.title]
    pages = max(1, -(-len(rows) // PLANS_A_PAGE))
    page = min(number_or_none(request.GET.get("page")) or 1, pages)
    context = {
        "rows": rows[(page - 1) * PLANS_A_PAGE : page * PLANS_A_PAGE],
        "total": len(rows),
        "q": text,
        "page": page,
        "pages": pages,
        "manages": can(request.actor, "plan.manage", request.actor.unit_id),
    }
    return render(request, "plans/_plans.html" if request.htmx else "plans/plans.html", context)


@require_safe
def plan_tree(request: HttpRequest, plan_id: int) -> HttpResponse:
    """The tree of a plan; branches open one by one, filters show measures with the way to them."""
    context = tree_context(request, plan_id)
    return render(request, "plans/_tree.html" if request.htmx else "plans/tree.html", context)


@require_safe
def plan_paper(request: HttpRequest, plan_id: int) -> HttpResponse:
    """The whole tree for paper, A3 across."""
    context = tree_context(request, plan_id, every=True)
    return render(request, "plans/paper.html", context)


def tree_context(request: HttpRequest, plan_id: int, *, every: bool = False) -> dict[str, Any]:
    """Return the tree as the address asks for it."""
    require_right(request.actor, "plan.view")
    plan = plan_visible(request.actor, plan_id)
    asked = asked_of(request, plan.year, every=every)
    tree = tree_of(plan, asked, request.now)
    return {
        "plan": plan,
        "tree": tree,
        "lines": lines_of(tree, request.GET, plan.year, plan.issued_on, request.today),
        "asked": asked,
        "units": units_taking_part(plan),
        "standings": [(key, word) for key, (_, word) in STANDINGS.items() if key != "ended"],
        "quarters": list(QUARTERS.items()),
        "quarter": request.GET.get("quarter", ""),
        "manages": may_manage(request.actor, plan) and plan.state != State.CLOSED,
        "state_title": State(plan.state).label,
    }


def asked_of(request: HttpRequest, year: int, *, every: bool = False) -> Asked:
    """Return what an address asks of the tree; what it does not understand asks nothing."""
    opened = request.GET.getlist("open") if "open" in request.GET else None
    standing = request.GET.get("state", "")
    return Asked(
        opened=None if opened is None else frozenset(code for code in opened if code),
        every=every or request.GET.get("all") == "1",
        unit_id=number_or_none(request.GET.get("unit")),
        standing=standing if standing in STANDINGS else "",
        text=request.GET.get("q", "").strip()[:MOST_TEXT],
        until=quarter_days(request.GET.get("quarter", ""), year),
        page=number_or_none(request.GET.get("page")) or 1,
    )


@require_safe
def plan_export(request: HttpRequest, plan_id: int) -> HttpResponse:
    """The breakdown in the layout of the import: it can be changed and taken in again."""
    require_right(request.actor, "plan.view")
    plan = plan_visible(request.actor, plan_id)
    return xlsx_response(plan.title, SHEET, sheet_rows(plan))
