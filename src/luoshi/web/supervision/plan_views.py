"""Plans of supervision: list with a strip of the year, drafting, approving, cancelling."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from luoshi.domains.supervision.plans import Draft, plan_approve, plan_cancel, plan_draft
from luoshi.domains.supervision.queries import (
    KINDS,
    STATES,
    PlanView,
    answers_of,
    overlaps_open,
    plan_may,
    plan_seen,
    plans_found,
)
from luoshi.kernel.access.policy import can, require_right
from luoshi.kernel.items.queries import units_for_choice
from luoshi.web.shell.errors import refusals_into
from luoshi.web.shell.export import Column, xlsx_response
from luoshi.web.shell.paging import number_or_none
from luoshi.web.shell.posting import request_key, taken_once
from luoshi.web.supervision.forms import PlanForm, ReasonForm

PER_PAGE = 50
FILTERS = ("q", "kind", "state", "year")
TONES = {"draft": "warn", "ahead": "", "running": "doing", "over": "ok", "cancelled": ""}


@require_safe
def plan_list(request: HttpRequest) -> HttpResponse:
    """Plans with where each lies in its year; those of all organs, so that nobody comes twice."""
    require_right(request.actor, "supervision.view")
    asked = {name: request.GET.get(name, "").strip() for name in FILTERS}
    found = _found(request, asked)
    pages = max(1, -(-len(found) // PER_PAGE))
    page = min(max(1, number_or_none(request.GET.get("page")) or 1), pages)
    rows = [(view, TONES[view.state], *strip_of(view)) for view in found[(page - 1) * PER_PAGE :][:PER_PAGE]]
    context = {
        "rows": rows,
        "found": len(found),
        "page": page,
        "pages": pages,
        "asked": asked,
        "filtered": any(asked.values()),
        "kinds": KINDS.items(),
        "states": STATES.items(),
        "drafts": can(request.actor, "supervision.plan"),
        "months": range(1, 13),
    }
    return render(request, "supervision/_plans.html" if request.htmx else "supervision/plans.html", context)


def strip_of(view: PlanView) -> tuple[str, str]:
    """Return where a plan begins and how long it lasts, in hundredths of the year of its first day."""
    begins = date(view.plan.from_on.year, 1, 1)
    days = (date(begins.year + 1, 1, 1) - begins).days
    last = min(view.plan.until_on, date(begins.year, 12, 31))
    left = (view.plan.from_on - begins).days * 100 / days
    wide = max(1.0, ((last - view.plan.from_on) + timedelta(days=1)).days * 100 / days)
    return f"{left:.2f}", f"{min(wide, 100 - left):.2f}"


@require_safe
def plan_export(request: HttpRequest) -> HttpResponse:
    """The plans as filtered, as a spreadsheet."""
    require_right(request.actor, "supervision.view")
    columns = [
        *(Column("计划编号", 18), Column("名称", 30), Column("督查方式", 12), Column("督查事项", 24)),
        *(Column("督查单位", 22), Column("授权文号", 22), Column("开始日期", 12), Column("结束日期", 12)),
        *(Column("督查对象", 50), Column("单位数", 8, "int"), Column("状态", 10)),
        Column("已答复的重叠", 12, "int"),
    ]
    asked = {name: request.GET.get(name, "").strip() for name in FILTERS}
    rows = [
        (
            *(str(view.plan), view.plan.title, KINDS[view.plan.kind], view.plan.matter),
            *(view.plan.organ_title, view.plan.authority.paper),
            *(view.plan.from_on.isoformat(), view.plan.until_on.isoformat()),
            *("、".join(view.units), len(view.units), view.state_title, view.answered),
        )
        for view in _found(request, asked)
    ]
    return xlsx_response(f"督查计划 {request.today.isoformat()}", columns, rows)


@require_http_methods(["GET", "HEAD", "POST"])
def plan_new(request: HttpRequest) -> HttpResponse:
    """Draft a plan of the own unit."""
    require_right(request.actor, "supervision.plan")
    units = [(unit.code, unit.title) for unit in units_for_choice(request.today)]
    form = PlanForm(request.POST if request.method == "POST" else None, units=units)
    if request.method == "POST" and form.is_valid():
        with refusals_into(request, form):
            made = taken_once(request, lambda: {"id": _drafted(request, form)})
            messages.success(request, "督查计划已拟订，待他人批准。")
            return redirect("supervision_plan", made["id"])
    return render(request, "supervision/plan_new.html", {"form": form, "key": request_key()})


@require_safe
def plan_detail(request: HttpRequest, plan_id: int) -> HttpResponse:
    """One plan with its units, the overlaps and what was answered."""
    return _page(request, plan_id)


@require_http_methods(["GET", "HEAD", "POST"])
def plan_approved(request: HttpRequest, plan_id: int) -> HttpResponse:
    """Approve a plan with a reason for every overlap."""
    view = plan_seen(request.actor, plan_id, request.today)
    if request.method != "POST":
        return redirect("supervision_plan", plan_id)
    form = ReasonForm(request.POST, label="")
    answers = {
        each.other.pk: request.POST.get(f"overlap_{each.other.pk}", "") for each in overlaps_open(view.plan)
    }
    if form.is_valid():
        with refusals_into(request, form):
            taken_once(request, lambda: {"id": _approved(request, plan_id, answers)})
            messages.success(request, "督查计划已批准。")
            return redirect("supervision_plan", plan_id)
    return _page(request, plan_id, approving=form, answers=answers)


@require_http_methods(["GET", "HEAD", "POST"])
def plan_cancelled(request: HttpRequest, plan_id: int) -> HttpResponse:
    """Cancel a plan with the reason."""
    plan_seen(request.actor, plan_id, request.today)
    if request.method != "POST":
        return redirect("supervision_plan", plan_id)
    form = ReasonForm(request.POST, label="取消理由")
    if form.is_valid():
        with refusals_into(request, form):
            taken_once(request, lambda: {"id": _cancelled(request, plan_id, form)})
            messages.success(request, "督查计划已取消。")
            return redirect("supervision_plan", plan_id)
    return _page(request, plan_id, cancelling=form)


def _found(request: HttpRequest, asked: dict[str, str]) -> list[PlanView]:
    return plans_found(
        request.actor,
        request.today,
        text=asked["q"],
        kind=asked["kind"],
        state=asked["state"],
        year=asked["year"],
    )


def _page(
    request: HttpRequest,
    plan_id: int,
    approving: Any = None,
    cancelling: Any = None,
    answers: dict[int, str] | None = None,
) -> HttpResponse:
    view = plan_seen(request.actor, plan_id, request.today)
    context = {
        "view": view,
        "plan": view.plan,
        "tone": TONES[view.state],
        "kind": KINDS[view.plan.kind],
        "overlaps": [(each, (answers or {}).get(each.other.pk, "")) for each in overlaps_open(view.plan)],
        "answers": answers_of(view.plan),
        "may": plan_may(request.actor, view.plan, request.today),
        "approving": approving or ReasonForm(label=""),
        "cancelling": cancelling or ReasonForm(label="取消理由"),
        "key": request_key(),
    }
    return render(request, "supervision/plan.html", context)


def _drafted(request: HttpRequest, form: PlanForm) -> int:
    draft = Draft(**form.cleaned_data)
    return plan_draft(actor=request.actor, draft=draft, now=request.now).pk


def _approved(request: HttpRequest, plan_id: int, answers: dict[int, str]) -> int:
    return plan_approve(actor=request.actor, plan_id=plan_id, answers=answers, now=request.now).pk


def _cancelled(request: HttpRequest, plan_id: int, form: ReasonForm) -> int:
    reason = form.cleaned_data["reason"]
    return plan_cancel(actor=request.actor, plan_id=plan_id, reason=reason, now=request.now).pk
