"""Writing lists: drafted by hand or from a template, worded item by item, published, revised, retired."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from luoshi.core.errors import Frozen, NotFound
from luoshi.domains.duties.actions import (
    item_put,
    item_remove,
    list_draft,
    list_drop,
    list_publish,
    list_retire,
    list_revise,
)
from luoshi.domains.duties.adopting import list_adopt
from luoshi.domains.duties.audience import Audience
from luoshi.domains.duties.checking import ItemTyped
from luoshi.domains.duties.policy import require_drafting
from luoshi.domains.duties.queries import Kind, State, items_of, list_visible, templates_visible
from luoshi.kernel.access.policy import can, require_right
from luoshi.web.duties.forms import AdoptForm, ItemForm, ListForm, PublishForm, RetireForm
from luoshi.web.duties.views import list_context, lists_context, tools_context
from luoshi.web.duties.words import KINDS, form_titles, typed_of
from luoshi.web.shell.errors import refusals_into
from luoshi.web.shell.posting import taken_once


@require_http_methods(["GET", "HEAD", "POST"])
def list_drafted(request: HttpRequest) -> HttpResponse:
    """Begin a list by hand."""
    require_right(request.actor, "list.draft")
    publishes = can(request.actor, "list.publish")
    kinds = KINDS if publishes else [(Kind.OWN.value, Kind.OWN.label)]
    initial = {"year": request.today.year, "applies_to": "" if publishes else request.actor.unit_title}
    form = ListForm(request.POST or None, kinds=kinds, initial=initial)
    if request.method == "POST" and form.is_valid():
        with refusals_into(request, form):
            made = taken_once(
                request,
                lambda: {"list": list_draft(actor=request.actor, now=request.now, **form.cleaned_data).pk},
            )
            messages.success(request, "草案已建立。请逐项添加事项，或用表格导入。")
            return redirect("list_detail", made["list"])
    return render(request, "duties/draft.html", {"form": form})


@require_POST
def list_adopted(request: HttpRequest) -> HttpResponse:
    """Copy the list of a pack into a draft."""
    require_right(request.actor, "list.publish")
    templates = [(found.ref, found.title) for found in templates_visible(request.actor)]
    form = AdoptForm(request.POST, templates=templates)
    if form.is_valid():
        asked = form.cleaned_data
        with refusals_into(request, form):
            made = taken_once(
                request,
                lambda: {
                    "list": list_adopt(
                        actor=request.actor,
                        template_ref=asked["template"],
                        code=asked["code"],
                        year=asked["year"],
                        now=request.now,
                    ).pk
                },
            )
            messages.success(request, "已按范本起草。请对照本地文件核对频次和时限，再由另一账号发布。")
            return redirect("list_detail", made["list"])
    return render(request, "duties/overview.html", {**lists_context(request), **tools_context(request, form)})


@require_http_methods(["GET", "HEAD", "POST"])
def item_edit(request: HttpRequest, list_id: int) -> HttpResponse:
    """Word an item: a new one, or the one that the address names."""
    draft = list_visible(request.actor, list_id, request.today)
    require_drafting(request.actor, draft.kind, draft.keeper_id)
    if draft.state != State.DRAFT:
        raise Frozen("该版清单已发布，不能再改。需要调整的，请修订出新的一版。")
    titles, named = form_titles(), request.GET.get("item", "")
    initial = {"holders": "领导班子"}
    if named:
        item = next((each for each in items_of(draft) if each.code == named), None)
        if item is None:
            raise NotFound(f"草案中没有事项“{named}”。")
        initial = typed_of(item, Audience.on(request.today), titles)
    form = ItemForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        typed = ItemTyped(**{field.name: form.cleaned_data[field.name] for field in fields(ItemTyped)})
        with refusals_into(request, form):
            taken_once(
                request,
                lambda: {
                    "item": item_put(actor=request.actor, list_id=list_id, typed=typed, now=request.now).pk
                },
            )
            messages.success(request, f"事项 {typed.code} 已保存。")
            return redirect("list_detail", list_id)
    context = {"list": draft, "form": form, "named": named, "titles": sorted(titles.values())}
    return render(request, "duties/item.html", context)


@require_POST
def item_removed(request: HttpRequest, list_id: int) -> HttpResponse:
    """Take an item out of a draft."""
    code = request.POST.get("item", "")

    def remove() -> dict[str, int]:
        item_remove(actor=request.actor, list_id=list_id, item_code=code, now=request.now)
        return {}

    taken_once(request, remove)
    messages.success(request, f"事项 {code} 已从草案中删去。")
    return redirect("list_detail", list_id)


@require_POST
def list_published(request: HttpRequest, list_id: int) -> HttpResponse:
    """Put a draft into force."""
    form = PublishForm(request.POST)
    return _decided(
        request,
        list_id,
        "publish",
        form,
        lambda: (
            list_publish(
                actor=request.actor,
                list_id=list_id,
                effective_from=form.cleaned_data["effective_from"],
                now=request.now,
            ).pk
        ),
        "已发布。该版清单从此不可修改。",
    )


@require_POST
def list_retired(request: HttpRequest, list_id: int) -> HttpResponse:
    """End a list without another in its place."""
    form = RetireForm(request.POST)
    return _decided(
        request,
        list_id,
        "retire",
        form,
        lambda: (
            list_retire(
                actor=request.actor,
                list_id=list_id,
                on=form.cleaned_data["on"],
                reason=form.cleaned_data["reason"],
                now=request.now,
            ).pk
        ),
        "已停用。过去各期的清单不变。",
    )


def _decided(
    request: HttpRequest, list_id: int, name: str, form: Form, act: Callable[[], int], said: str
) -> HttpResponse:
    """Take a decision on a list, or show its page again with what is wrong."""
    list_visible(request.actor, list_id, request.today)
    require_right(request.actor, "list.publish")
    if form.is_valid():
        with refusals_into(request, form):
            taken_once(request, lambda: {"list": act()})
            messages.success(request, said)
            return redirect("list_detail", list_id)
    return render(request, "duties/list.html", list_context(request, list_id, **{name: form}))


@require_POST
def list_revised(request: HttpRequest, list_id: int) -> HttpResponse:
    """Begin a new version of a list."""
    made = taken_once(
        request, lambda: {"list": list_revise(actor=request.actor, list_id=list_id, now=request.now).pk}
    )
    messages.success(request, "已复制为新的一版草案，请修改后由另一账号发布。")
    return redirect("list_detail", made["list"])


@require_POST
def list_dropped(request: HttpRequest, list_id: int) -> HttpResponse:
    """Give a draft up."""
    taken_once(request, lambda: {"list": list_drop(actor=request.actor, list_id=list_id, now=request.now).pk})
    messages.success(request, "草案已作废。")
    return redirect("duty_overview")
