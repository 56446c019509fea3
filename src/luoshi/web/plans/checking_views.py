"""What a plan lacks, and what changed since a baseline."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from luoshi.domains.plans.handing import baseline_take
from luoshi.domains.plans.queries import (
    baseline_before,
    baselines_of,
    differences,
    gaps_of,
    may_manage,
    plan_visible,
)
from luoshi.kernel.documents.xlsx import Column
from luoshi.web.plans.building_views import acted, managed
from luoshi.web.plans.forms import BaselineForm
from luoshi.web.shell.export import xlsx_response

GAPS = {
    "lead": "没有牵头单位的举措",
    "due": "没有完成时限的举措",
    "demand": "没有举措的要求",
    "leader": "没有责任领导的举措",
    "unit": "没有任务的单位",
}
KINDS = {"added": "新增", "changed": "调整", "done": "已销号", "ended": "终止"}
TONES = {"added": "doing", "changed": "warn", "done": "ok", "ended": ""}
MOST_SHOWN = 200


@require_safe
def plan_coverage(request: HttpRequest, plan_id: int) -> HttpResponse:
    """What is without lead, date, leader, measure or task, with links to mend it."""
    plan = managed(request, plan_id)
    gaps = gaps_of(request.actor, plan, request.today)
    sections = []
    for kind, title in GAPS.items():
        found = [gap for gap in gaps if gap.kind == kind]
        sections.append((kind, title, len(found), found[:MOST_SHOWN]))
    return render(request, "plans/coverage.html", {"plan": plan, "sections": sections, "count": len(gaps)})


@require_safe
def plan_coverage_export(request: HttpRequest, plan_id: int) -> HttpResponse:
    """The gaps as a spreadsheet."""
    plan = managed(request, plan_id)
    columns = [Column("检查项", 22), Column("编号", 14), Column("内容", 50), Column("问题", 20)]
    rows = [
        (GAPS[gap.kind], gap.code, gap.title, gap.wants)
        for gap in gaps_of(request.actor, plan, request.today)
    ]
    return xlsx_response(f"{plan.title} 覆盖检查 {request.today.isoformat()}", columns, rows)


@require_safe
def plan_changes(request: HttpRequest, plan_id: int) -> HttpResponse:
    """What changed since the last baseline before a day."""
    return render(request, "plans/changes.html", changes_context(request, plan_id))


def changes_context(request: HttpRequest, plan_id: int) -> dict[str, Any]:
    """Return the differences that the address asks for."""
    plan = plan_visible(request.actor, plan_id)
    since = day_of(request.GET.get("since", ""))
    kind = request.GET.get("kind", "")
    kept = baseline_before(plan, since or request.today)
    found = [] if kept is None else differences(plan, kept.body)
    counts = [(key, word, sum(each.kind == key for each in found)) for key, word in KINDS.items()]
    shown = [each for each in found if kind not in KINDS or each.kind == kind]
    return {
        "plan": plan,
        "baselines": baselines_of(plan),
        "kept": kept,
        "since": since,
        "kind": kind if kind in KINDS else "",
        "counts": counts,
        "total": len(shown),
        "found": [(each, TONES[each.kind], KINDS[each.kind]) for each in shown[:MOST_SHOWN]],
        "all_found": shown,
        "manages": may_manage(request.actor, plan),
        "form": BaselineForm(),
    }


@require_safe
def plan_changes_export(request: HttpRequest, plan_id: int) -> HttpResponse:
    """The differences as a spreadsheet, one row for each field that changed."""
    context = changes_context(request, plan_id)
    columns = [
        Column("编号", 10),
        Column("举措", 44),
        Column("牵头单位", 18),
        Column("变化", 10),
        Column("项目", 12),
        Column("原值", 24),
        Column("现值", 24),
    ]
    rows = [
        (each.code, each.title, each.lead, KINDS[each.kind], *field)
        for each in context["all_found"]
        for field in (each.fields or (("", "", ""),))
    ]
    kept = context["kept"]
    note = f"与基线“{kept.label}”相比" if kept is not None else "尚无基线"
    return xlsx_response(f"{context['plan'].title} 变化 {request.today.isoformat()}", columns, rows, note)


@require_http_methods(["POST"])
def plan_baseline(request: HttpRequest, plan_id: int) -> HttpResponse:
    """Keep the plan as it stands."""
    plan = managed(request, plan_id)
    form = BaselineForm(request.POST)

    def take() -> dict[str, Any]:
        label = form.cleaned_data["label"]
        return {
            "baseline": baseline_take(actor=request.actor, plan_id=plan.pk, label=label, now=request.now).pk
        }

    if acted(request, form, take, "基线已留存，可随时与之比较。"):
        return redirect("plan_changes", plan_id)
    return render(request, "plans/changes.html", changes_context(request, plan_id) | {"form": form})


def day_of(text: str) -> date | None:
    """Return the day of an address, None for anything else.

    >>> day_of("2023-06-30"), day_of("x")
    (datetime.date(2023, 6, 30), None)
    """
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
