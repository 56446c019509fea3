"""Acting on items: take in, move, move several, watch, keep filters."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_POST

from luoshi.core.errors import NotFound
from luoshi.kernel.access.policy import require_right
from luoshi.kernel.items.actions import item_create, items_move
from luoshi.kernel.items.keeping import filter_drop, filter_save, item_watch
from luoshi.kernel.items.policy import RIGHT, require_holder, standing_of
from luoshi.kernel.items.queries import (
    filter_kept,
    type_def,
)
from luoshi.kernel.items.schema import CREATE
from luoshi.web.items.forms import TITLE, GivenForm, SureForm
from luoshi.web.items.moving_views import choices
from luoshi.web.shell.errors import refusals_into
from luoshi.web.shell.paging import number_or_none
from luoshi.web.shell.posting import request_key, taken_once


@require_http_methods(["GET", "HEAD", "POST"])
def item_new(request: HttpRequest, ref: str) -> HttpResponse:
    """Take in a new item."""
    require_right(request.actor, RIGHT)
    kind = type_def(ref)
    move = kind.moves[CREATE]
    require_holder(request.actor, move.by, standing_of(kind, (), request.today), f"{kind.title}{move.title}")
    data = request.POST if request.method == "POST" else None
    asked = GivenForm(data, kind=kind, need=(TITLE, *move.need), may=move.may, units=choices(request))
    if data is not None and asked.is_valid():
        with refusals_into(request, asked):
            result = taken_once(
                request,
                lambda: {
                    "item": item_create(
                        actor=request.actor, type_ref=kind.ref, given=asked.given(), now=request.now
                    ).pk
                },
            )
            messages.success(request, "已登记。")
            return redirect("item_detail", result["item"])
    return render(
        request, "items/new.html", {"kind": kind, "move": move, "asked": asked, "key": request_key()}
    )


@require_http_methods(["GET", "HEAD", "POST"])
def item_bulk(request: HttpRequest, ref: str) -> HttpResponse:
    """Take one move on the chosen items; first its dialog, then all of them or none."""
    require_right(request.actor, RIGHT)
    kind = type_def(ref)
    told = request.POST or request.GET
    rule = kind.moves.get(told.get("move", ""))
    chosen = [number for text in told.getlist("item") if (number := number_or_none(text))]
    if rule is None or rule.key == CREATE:
        raise NotFound("请从列表中选择要办的动作。")
    require_holder(request.actor, rule.by, standing_of(kind, (), request.today), rule.title)
    data = request.POST if request.method == "POST" and "sure" in request.POST else None
    asked = GivenForm(data, kind=kind, need=rule.need, may=rule.may, units=choices(request))
    if data is not None and asked.is_valid():
        with refusals_into(request, asked):
            result = taken_once(request, lambda: {"moved": len(moved(request, rule.key, chosen, asked))})
            messages.success(request, f"已对 {result['moved']} 件办理“{rule.title}”，每一件都已留痕。")
            return redirect("item_list", kind.ref)
    context = {"kind": kind, "rule": rule, "chosen": chosen, "asked": asked, "key": request_key()}
    return render(request, "items/bulk.html", context)


def moved(request: HttpRequest, move: str, chosen: list[int], asked: GivenForm) -> list[Any]:
    """Take the move on all chosen items."""
    return items_move(actor=request.actor, item_ids=chosen, move=move, given=asked.given(), now=request.now)


@require_POST
def item_watched(request: HttpRequest, item_id: int) -> HttpResponse:
    """Put an item on the own watch list, or take it off."""
    on = request.POST.get("on") == "1"
    item_watch(actor=request.actor, item_id=item_id, on=on, now=request.now)
    messages.info(request, "已关注，可用 watch:mine 筛选。" if on else "已取消关注。")
    return redirect("item_detail", item_id)


@require_POST
def filter_saved(request: HttpRequest, ref: str) -> HttpResponse:
    """Keep the filter under a name."""
    require_right(request.actor, "item.view")
    kind, text = type_def(ref), request.POST.get("q", "")
    asked = SureForm(request.POST)
    with refusals_into(request, asked):
        kept = filter_save(
            actor=request.actor, type_ref=kind.ref, name=request.POST.get("name", ""), text=text
        )
        messages.success(request, f"已保存常用筛选“{kept.name}”。")
    for error in asked.non_field_errors():
        messages.error(request, error)
    return redirect(f"{reverse('item_list', args=[kind.ref])}?{urlencode({'q': text})}")


@require_POST
def filter_dropped(request: HttpRequest, filter_id: int) -> HttpResponse:
    """Delete one of the own filters."""
    ref = filter_kept(request.actor, filter_id).type_ref
    name = filter_drop(actor=request.actor, filter_id=filter_id)
    messages.info(request, f"已删除常用筛选“{name}”。")
    return redirect("item_list", ref)
