"""Issuing a slip about an item, or deciding that none is issued on a call of its clock."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from luoshi.core.errors import NotFound
from luoshi.domains.slips.about_items import call_drop, slip_press
from luoshi.domains.slips.queries import item_pressed
from luoshi.kernel.access.policy import require_right
from luoshi.web.shell.errors import refusals_into
from luoshi.web.shell.posting import request_key, taken_once
from luoshi.web.slips.forms import WordsForm
from luoshi.web.slips.views import NOTE_HELP

NOTHING = "该事项现在没有应发的督办单，或不由您的岗位发出。"


@require_http_methods(["GET", "HEAD", "POST"])
def slip_pressed(request: HttpRequest, item_id: int) -> HttpResponse:
    """What is due about one item, and issuing it."""
    require_right(request.actor, "slip.issue")
    found = item_pressed(request.actor, item_id, request.now)
    if found is None:
        raise NotFound(NOTHING)
    form = WordsForm(request.POST if request.method == "POST" else None, label="附言", help_text=NOTE_HELP)
    if request.method == "POST" and form.is_valid():
        with refusals_into(request, form):
            made = taken_once(request, lambda: {"id": _issued(request, found[0].ref, item_id, form)})
            messages.success(request, "督办单已发出。")
            return redirect("slip_detail", made["id"])
    return _page(request, found, form=form)


@require_http_methods(["GET", "HEAD", "POST"])
def slip_call_dropped(request: HttpRequest, call_id: int) -> HttpResponse:
    """Decide that no slip is issued on a call. Opened as a page it leads to what should be issued."""
    require_right(request.actor, "slip.issue")
    if request.method != "POST":
        messages.warning(request, "刚才的办理没有生效，请核对后重新办理。")
        return redirect("slip_proposals")
    form = _drop_form(request.POST)
    if form.is_valid():
        with refusals_into(request, form):
            text = form.cleaned_data["text"]
            taken_once(request, lambda: {"id": _dropped(request, call_id, text)})
            messages.success(request, "已决定不发督办单。")
            return redirect("slip_proposals")
    for text in form.errors.get("text", []) + list(form.non_field_errors()):
        messages.error(request, text)
    return redirect("slip_proposals")


def _dropped(request: HttpRequest, call_id: int, text: str) -> int:
    return call_drop(actor=request.actor, call_id=call_id, reason=text, now=request.now).pk


def _issued(request: HttpRequest, ref: str, item_id: int, form: WordsForm) -> int:
    text = form.cleaned_data["text"]
    return slip_press(actor=request.actor, rules_ref=ref, item_id=item_id, text=text, now=request.now).pk


def _drop_form(data: Any = None) -> WordsForm:
    return WordsForm(data, label="不发的理由", help_text="如已当面说明、另有安排。", auto_id="id_drop_%s")


def _page(request: HttpRequest, found: Any, *, form: WordsForm) -> HttpResponse:
    rules, due = found
    context = {"rules": rules, "due": due, "form": form, "dropped": _drop_form(), "key": request_key()}
    return render(request, "slips/press.html", context)
