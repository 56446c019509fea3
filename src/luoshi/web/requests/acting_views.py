"""What follows from a request or report: the next report on an emergency, a task out of an answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from luoshi.core.errors import Invalid
from luoshi.domains.requests.following import answer_hand_on, report_continue
from luoshi.domains.requests.queries import URGENT, paper_type
from luoshi.kernel.access.policy import require_right
from luoshi.kernel.items.policy import RIGHT, require_holder, standing_of
from luoshi.kernel.items.queries import item_visible
from luoshi.kernel.items.schema import CREATE
from luoshi.kernel.items.types import ItemType
from luoshi.web.items.acting_views import choices
from luoshi.web.items.forms import TITLE, GivenForm
from luoshi.web.requests.panels import tasks_open
from luoshi.web.shell.errors import refusals_into
from luoshi.web.shell.posting import request_key, taken_once


@require_http_methods(["GET", "HEAD", "POST"])
def report_continued(request: HttpRequest, item_id: int) -> HttpResponse:
    """Write the next report on an emergency."""
    before = item_visible(request.actor, item_id)
    kind = paper_type()
    kept = {key: before.values.get(key) for key in ("upto", "matter", "matters", "pressing", "agreed")}
    standing = {TITLE: before.title, "kind": URGENT, **kept}

    def make(asked: GivenForm) -> int:
        return report_continue(actor=request.actor, item_id=item_id, given=asked.given(), now=request.now).pk

    return creating(request, before, kind, standing, make, "续报")


@require_http_methods(["GET", "HEAD", "POST"])
def answer_handed_on(request: HttpRequest, item_id: int) -> HttpResponse:
    """Choose what kind of task an answer becomes, then take it in."""
    paper = item_visible(request.actor, item_id)
    require_right(request.actor, RIGHT)
    kinds = {kind.ref: kind for kind in tasks_open(request)}
    ref = (request.POST or request.GET).get("type", "")
    if not ref and len(kinds) == 1:
        ref = next(iter(kinds))
    if ref not in kinds:
        if ref:
            raise Invalid("不能转为这类事项，请从列出的种类中选择。")
        return render(request, "requests/kinds.html", {"item": paper, "kinds": list(kinds.values())})

    def make(asked: GivenForm) -> int:
        return answer_hand_on(
            actor=request.actor, item_id=item_id, type_ref=ref, given=asked.given(), now=request.now
        ).pk

    return creating(request, paper, kinds[ref], {TITLE: paper.title}, make, "转为落实事项")


def creating(
    request: HttpRequest,
    item: Any,
    kind: ItemType,
    standing: dict[str, Any],
    make: Callable[[GivenForm], int],
    doing: str,
) -> HttpResponse:
    """Show the form that takes in an item of a type, and take it in."""
    move = kind.moves[CREATE]
    require_right(request.actor, RIGHT)
    require_holder(request.actor, move.by, standing_of(kind, (), request.today), f"{kind.title}{move.title}")
    data = request.POST if request.method == "POST" else None
    asked = GivenForm(
        data, kind=kind, need=(TITLE, *move.need), may=move.may, units=choices(request), standing=standing
    )
    if data is not None and asked.is_valid():
        with refusals_into(request, asked):
            result = taken_once(request, lambda: {"item": make(asked)})
            messages.success(request, f"已{doing}。")
            return redirect("item_detail", result["item"])
    context = {"item": item, "kind": kind, "asked": asked, "doing": doing, "key": request_key()}
    return render(request, "requests/create.html", context)
