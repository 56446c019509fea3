"""Appeals of units against their own sheets, and how they are decided."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from luoshi.core.errors import NotFound
from luoshi.kernel.access.policy import require_right
from luoshi.kernel.assess.appeal_queries import (
    STATES,
    appeal_view,
    appeals_found,
    may_appeal,
    may_decide,
    may_withdraw,
    own_sheet,
)
from luoshi.kernel.assess.appeals import appeal_decide, appeal_file, appeal_withdraw
from luoshi.kernel.assess.queries import round_visible, scheme_of
from luoshi.kernel.ledger.queries import events_of
from luoshi.web.assess.forms import AppealForm, DecisionForm
from luoshi.web.ledger.words import Names
from luoshi.web.shell.errors import refusals_into
from luoshi.web.shell.export import Column, xlsx_response
from luoshi.web.shell.paging import number_or_none
from luoshi.web.shell.posting import request_key, taken_once
from luoshi.web.shell.templatetags.luoshi import moment

PER_PAGE = 50


@require_safe
def appeal_list(request: HttpRequest) -> HttpResponse:
    """Appeals in sight, the newest first."""
    require_right(request.actor, "round.view")
    asked = {name: request.GET.get(name, "").strip() for name in ("q", "state")}
    found = appeals_found(request.actor, request.now, state=asked["state"], text=asked["q"])
    pages = max(1, -(-len(found) // PER_PAGE))
    page = min(max(1, number_or_none(request.GET.get("page")) or 1), pages)
    context = {
        "rows": found[(page - 1) * PER_PAGE : page * PER_PAGE],
        "found": len(found),
        "late": sum(view.late and view.appeal.state == "open" for view in found),
        "page": page,
        "pages": pages,
        "asked": asked,
        "filtered": any(asked.values()),
        "states": STATES.items(),
    }
    return render(request, "assess/_appeals.html" if request.htmx else "assess/appeals.html", context)


@require_safe
def appeal_export(request: HttpRequest) -> HttpResponse:
    """The appeals as filtered, as a spreadsheet."""
    require_right(request.actor, "round.view")
    columns = [
        Column("申诉单位", 24),
        Column("考核方案", 28),
        Column("期间", 18),
        Column("考核项", 20),
        Column("预告得分", 12),
        Column("申诉理由", 48),
        Column("申诉时间", 18),
        Column("复核期限", 12),
        Column("状态", 12),
        Column("复核时间", 18),
        Column("复核意见", 48),
    ]
    state, text = request.GET.get("state", ""), request.GET.get("q", "").strip()
    rows = [
        (
            view.appeal.unit.title,
            view.scheme,
            view.period.title,
            view.appeal.title,
            view.appeal.stated,
            view.appeal.reason,
            moment(view.appeal.filed_at),
            view.appeal.due_on.isoformat(),
            view.state_title,
            moment(view.appeal.decided_at),
            view.appeal.decision,
        )
        for view in appeals_found(request.actor, request.now, state=state, text=text)
    ]
    return xlsx_response("考核申诉", columns, rows)


@require_http_methods(["GET", "HEAD", "POST"])
def appeal_new(request: HttpRequest, round_id: int) -> HttpResponse:
    """Appeal against a criterion of the own sheet, or the whole of it."""
    require_right(request.actor, "appeal.file", request.actor.unit_id)
    scored = round_visible(request.actor, round_id)
    sheet = own_sheet(request.actor, scored)
    if sheet is None:
        raise NotFound("本轮没有本单位的得分单，不能提出申诉。")
    lines = [(line.key, f"{line.title}（{line.points or '—'} 分）") for line in sheet.lines.all()]
    asked = AppealForm(request.POST or None, lines=lines, initial={"item": request.GET.get("item", "")})
    if request.method == "POST" and asked.is_valid():
        with refusals_into(request, asked):
            made = taken_once(request, lambda: {"appeal": filed(request, round_id, asked).pk})
            messages.success(request, "申诉已提出，复核结果会通知到本单位。")
            return redirect("appeal_detail", made["appeal"])
    context = {
        "round": scored,
        "sheet": sheet,
        "scheme": scheme_of(scored),
        "asked": asked,
        "key": request_key(),
    }
    context["open"] = may_appeal(request.actor, scored, request.now)
    return render(request, "assess/appeal_new.html", context)


def filed(request: HttpRequest, round_id: int, asked: AppealForm) -> Any:
    """File the appeal."""
    given = asked.cleaned_data
    return appeal_file(
        actor=request.actor, round_id=round_id, key=given["item"], reason=given["reason"], now=request.now
    )


@require_http_methods(["GET", "HEAD", "POST"])
def appeal_detail(request: HttpRequest, appeal_id: int) -> HttpResponse:
    """One appeal; whoever may decides it here, its unit may take it back."""
    view = appeal_view(request.actor, appeal_id, request.now)
    taking_back = request.method == "POST" and "withdraw" in request.POST
    deciding = request.method == "POST" and not taking_back
    asked = DecisionForm(request.POST if deciding else None)
    if taking_back:
        taken_once(request, lambda: {"appeal": withdrawn(request, appeal_id)})
        messages.info(request, "申诉已撤回；申诉期内可重新提出。")
        return redirect("appeal_detail", appeal_id)
    if deciding and asked.is_valid():
        with refusals_into(request, asked):
            taken_once(request, lambda: {"appeal": decided(request, appeal_id, asked)})
            messages.success(request, "复核意见已送达申诉单位。")
            return redirect("appeal_detail", appeal_id)
    events = events_of("appeal", appeal_id)
    names = Names.of((event.by for event in events), request.today)
    context = {
        "view": view,
        "appeal": view.appeal,
        "asked": asked,
        "may": {
            "decide": may_decide(request.actor, view.appeal),
            "withdraw": may_withdraw(request.actor, view.appeal),
        },
        "events": [(event, names.who(event.by)) for event in events],
        "key": request_key(),
    }
    return render(request, "assess/_appeal.html" if request.htmx else "assess/appeal.html", context)


def withdrawn(request: HttpRequest, appeal_id: int) -> int:
    """Take the appeal back."""
    return appeal_withdraw(actor=request.actor, appeal_id=appeal_id, now=request.now).pk


def decided(request: HttpRequest, appeal_id: int, asked: DecisionForm) -> int:
    """Decide the appeal."""
    given = asked.cleaned_data
    return appeal_decide(
        actor=request.actor,
        appeal_id=appeal_id,
        outcome=given["outcome"],
        decision=given["reason"],
        now=request.now,
    ).pk
