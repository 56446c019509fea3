"""The own filters of a list: renamed, made the one that a list opens with, deleted."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from luoshi.core.errors import Refusal
from luoshi.kernel.access.policy import require_right
from luoshi.kernel.items.keeping import MOST_FILTERS, filter_default, filter_rename
from luoshi.kernel.items.queries import filter_kept, filters_of, type_def


@require_safe
def filter_list(request: HttpRequest, ref: str) -> HttpResponse:
    """The filters somebody keeps for a type."""
    require_right(request.actor, "item.view")
    kind = type_def(ref)
    context = {"kind": kind, "saved": filters_of(request.actor, kind.ref), "most": MOST_FILTERS}
    return render(request, "items/filters.html", context)


@require_POST
def filter_renamed(request: HttpRequest, filter_id: int) -> HttpResponse:
    """Give one of the own filters another name."""
    ref = filter_kept(request.actor, filter_id).type_ref
    try:
        kept = filter_rename(actor=request.actor, filter_id=filter_id, name=request.POST.get("name", ""))
        messages.success(request, f"已改名为“{kept.name}”。")
    except Refusal as refusal:
        messages.error(request, refusal.message)
    return redirect("filter_list", ref)


@require_POST
def filter_defaulted(request: HttpRequest, filter_id: int) -> HttpResponse:
    """Open the list with one of the own filters from now on, or plainly again."""
    on = request.POST.get("on") == "1"
    kept = filter_default(actor=request.actor, filter_id=filter_id, on=on)
    told = f"打开列表时先按“{kept.name}”筛选。" if on else f"“{kept.name}”不再作为默认筛选。"
    messages.success(request, told)
    return redirect("filter_list", kept.type_ref)
