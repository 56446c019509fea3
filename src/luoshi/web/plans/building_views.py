"""Building plans: made, worded measure by measure, handed out, ended, closed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from itertools import groupby
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from luoshi.core.errors import Invalid
from luoshi.domains.plans.actions import measure_put, node_end, plan_close, plan_make
from luoshi.domains.plans.checking import Typed
from luoshi.domains.plans.figures import indicators_offered, measure_bind
from luoshi.domains.plans.handing import measures_hand_out
from luoshi.domains.plans.policy import require_manage
from luoshi.domains.plans.queries import node_of, nodes_waiting, plan_visible, typed_of
from luoshi.kernel.access.policy import require_right
from luoshi.kernel.org.queries import unit_find
from luoshi.web.plans.forms import BindForm, CloseForm, MeasureForm, PlanForm, ReasonForm
from luoshi.web.shell.errors import refusals_into
from luoshi.web.shell.paging import number_or_none
from luoshi.web.shell.posting import taken_once

WRITES = require_http_methods(["GET", "HEAD", "POST"])


@WRITES
def plan_new(request: HttpRequest) -> HttpResponse:
    """Begin a plan."""
    require_right(request.actor, "plan.manage", request.actor.unit_id)
    form = PlanForm(request.POST or None, initial={"year": request.today.year, "issued_on": request.today})
    if request.method == "POST" and form.is_valid():
        asked = dict(form.cleaned_data)
        with refusals_into(request, form):
            named = asked.pop("verifier")
            verifier = unit_find(named)
            if verifier is None:
                raise Invalid("没有这个单位。", fields={"verifier": f"没有单位“{named}”，请核对名称。"})
            asked["sources"] = asked["sources"].splitlines()
            made = taken_once(
                request,
                lambda: {
                    "plan": plan_make(
                        actor=request.actor, verifier_code=verifier.code, now=request.now, **asked
                    ).pk
                },
            )
            messages.success(request, "计划已建立。请导入任务分解表，或逐项添加举措。")
            return redirect("plan_tree", made["plan"])
    return render(request, "plans/new.html", {"form": form})


@WRITES
def measure_edit(request: HttpRequest, plan_id: int) -> HttpResponse:
    """Word a measure: a new one, or the one the address names. One in hand needs a reason."""
    plan = managed(request, plan_id)
    node_id = number_or_none(request.GET.get("node"))
    node = node_of(plan, node_id) if node_id else None
    initial = asdict(typed_of(plan, node)) if node is not None and node.parent_id else {}
    form = MeasureForm(request.POST or None, initial=initial)
    handed = node is not None and node.item_id is not None
    reason = ReasonForm(request.POST or None) if handed else None
    if request.method == "POST" and form.is_valid():
        with refusals_into(request, form):
            given = request.POST.get("reason", "")
            typed = Typed(**form.cleaned_data)
            made = taken_once(
                request,
                lambda: {
                    "code": measure_put(
                        actor=request.actor, plan_id=plan_id, typed=typed, now=request.now, reason=given
                    ).code
                },
            )
            messages.success(request, f"举措 {made['code']} 已保存。")
            return redirect("plan_tree", plan_id)
    return render(request, "plans/measure.html", {"plan": plan, "form": form, "node": node, "reason": reason})


@WRITES
def measure_bound(request: HttpRequest, plan_id: int, node_id: int) -> HttpResponse:
    """Choose the figure that tells how far a measure is."""
    plan = managed(request, plan_id)
    node = node_of(plan, node_id)
    offered = [(each.ref, each.title) for each in indicators_offered()]
    initial = {"indicator": node.indicator, "target": node.target}
    form = BindForm(request.POST or None, indicators=offered, initial=initial)

    def bind() -> dict[str, Any]:
        bound = measure_bind(
            actor=request.actor, plan_id=plan_id, node_id=node_id, now=request.now, **form.cleaned_data
        )
        return {"code": bound.code}

    if acted(request, form, bind, f"举措 {node.code} 的对应指标已保存。"):
        return redirect("plan_tree", plan_id)
    return render(request, "plans/bind.html", {"plan": plan, "form": form, "node": node})


@WRITES
def node_ended(request: HttpRequest, plan_id: int, node_id: int) -> HttpResponse:
    """End a node with everything below it."""
    plan = managed(request, plan_id)
    node = node_of(plan, node_id)
    form = ReasonForm(request.POST or None)

    def end() -> dict[str, Any]:
        reason = form.cleaned_data["reason"]
        ended = node_end(
            actor=request.actor, plan_id=plan_id, node_id=node_id, reason=reason, now=request.now
        )
        return {"code": ended.code}

    done = acted(request, form, end, f"{node.code} 已终止，编号不再使用。")
    if done:
        return redirect("plan_tree", plan_id)
    return render(request, "plans/end.html", {"plan": plan, "form": form, "node": node})


@WRITES
def plan_closed(request: HttpRequest, plan_id: int) -> HttpResponse:
    """Close a plan."""
    plan = managed(request, plan_id)
    form = CloseForm(request.POST or None)

    def close() -> dict[str, Any]:
        note = form.cleaned_data["note"]
        return {"plan": plan_close(actor=request.actor, plan_id=plan_id, note=note, now=request.now).pk}

    if acted(request, form, close, "计划已办结。"):
        return redirect("plan_tree", plan_id)
    return render(request, "plans/close.html", {"plan": plan, "form": form})


@WRITES
def plan_handed(request: HttpRequest, plan_id: int) -> HttpResponse:
    """Choose what is handed out, by requirement or one by one."""
    plan = managed(request, plan_id)
    form = Form(request.POST if request.method == "POST" else None)
    ids = [found for text in request.POST.getlist("node") if (found := number_or_none(text))]

    def hand_out() -> dict[str, Any]:
        nodes = measures_hand_out(actor=request.actor, plan_id=plan_id, node_ids=ids, now=request.now)
        return {"measures": len(nodes)}

    if acted(request, form, hand_out, "所选举措已下达，各牵头单位可以签收。"):
        return redirect("plan_tree", plan_id)
    waiting = nodes_waiting(plan)
    groups = [(demand, list(nodes)) for demand, nodes in groupby(waiting, key=lambda node: node.parent)]
    context = {"plan": plan, "form": form, "groups": groups, "count": len(waiting), "ticked": set(ids)}
    return render(request, "plans/hand_out.html", context)


def managed(request: HttpRequest, plan_id: int) -> Any:
    """Return a plan that the actor may change. Raises: NotFound, NotAllowed."""
    plan = plan_visible(request.actor, plan_id)
    require_manage(request.actor, plan)
    return plan


def acted(request: HttpRequest, form: Form, act: Callable[[], dict[str, Any]], told: str) -> bool:
    """Do what a valid form asks for once; say whether it was done. Refusals stand beside the fields."""
    if request.method != "POST" or not form.is_valid():
        return False
    with refusals_into(request, form):
        taken_once(request, act)
        messages.success(request, told)
        return True
    return False
