"""Authorities to supervise: the list, recording one, ending one."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from luoshi.domains.supervision.authorities import (
    Grant,
    authorities_visible,
    authority_end,
    authority_grant,
    holds,
)
from luoshi.domains.supervision.queries import STANDINGS
from luoshi.kernel.access.policy import can, require_right
from luoshi.kernel.items.queries import units_for_choice
from luoshi.web.shell.errors import refusals_into
from luoshi.web.shell.posting import request_key, taken_once
from luoshi.web.supervision.forms import AuthorityForm, ReasonForm


@require_http_methods(["GET", "HEAD", "POST"])
def authority_list(request: HttpRequest) -> HttpResponse:
    """Who may supervise, by which document, until when; recording one more."""
    require_right(request.actor, "supervision.view")
    records = can(request.actor, "supervision.authorise")
    units = [(unit.code, unit.title) for unit in units_for_choice(request.today)] if records else []
    form = AuthorityForm(request.POST if request.method == "POST" else None, units=units)
    if request.method == "POST":
        require_right(request.actor, "supervision.authorise")
        if form.is_valid():
            with refusals_into(request, form):
                taken_once(request, lambda: {"id": _granted(request, form)})
                messages.success(request, "督查授权已登记。")
                return redirect("supervision_authorities")
    return _page(request, form if records else None)


@require_http_methods(["GET", "HEAD", "POST"])
def authority_ended(request: HttpRequest, authority_id: int) -> HttpResponse:
    """End an authority before its time."""
    require_right(request.actor, "supervision.authorise")
    form = ReasonForm(request.POST or None, label="终止理由")
    if request.method == "POST" and form.is_valid():
        with refusals_into(request, form):
            taken_once(request, lambda: {"id": _ended(request, authority_id, form)})
            messages.success(request, "督查授权已终止。")
            return redirect("supervision_authorities")
    for text in form.non_field_errors():
        messages.error(request, text)
    return redirect("supervision_authorities")


def _page(request: HttpRequest, form: AuthorityForm | None) -> HttpResponse:
    rows = [
        (each, STANDINGS[each.standing], holds(each, request.today))
        for each in authorities_visible(request.actor)
    ]
    context: dict[str, Any] = {"rows": rows, "form": form, "key": request_key()}
    return render(request, "supervision/authorities.html", context)


def _granted(request: HttpRequest, form: AuthorityForm) -> int:
    return authority_grant(actor=request.actor, grant=Grant(**form.cleaned_data), now=request.now).pk


def _ended(request: HttpRequest, authority_id: int, form: ReasonForm) -> int:
    reason = form.cleaned_data["reason"]
    return authority_end(actor=request.actor, authority_id=authority_id, reason=reason, now=request.now).pk
