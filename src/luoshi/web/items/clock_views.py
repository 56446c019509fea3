"""The clocks of an item: the panel that says why this date, asking for more time and deciding on it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from luoshi.core.errors import NotFound, WrongState
from luoshi.core.timing.scales import ticks_words
from luoshi.kernel.access.policy import require_right
from luoshi.kernel.items.clock_reading import ClockView, clocks_of_item
from luoshi.kernel.items.extending import LEADING, LONGEST_REASON, extension_ask, extension_decide
from luoshi.kernel.items.policy import RIGHT, Standing, may, require_holder, standing_of
from luoshi.kernel.items.queries import duties_of, item_visible, type_by_id
from luoshi.kernel.items.types import ItemType
from luoshi.web.shell.errors import refusals_into
from luoshi.web.shell.posting import request_key, taken_once

LOOKS: Mapping[str, tuple[str, str]] = {
    "running": ("计时中", "doing"),
    "paused": ("已挂起", "warn"),
    "met": ("按时", "ok"),
    "missed": ("逾期", "bad"),
    "void": ("不再计时", ""),
}
ASKED = "asked"


class ExtensionForm(forms.Form):
    """How much more time, and why. Whether it may be granted is the action's to say."""

    number = forms.IntegerField(label="延长", min_value=1, error_messages={"required": "请填写延长多少。"})
    reason = forms.CharField(
        label="理由",
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="写清为什么不能按期办结、还要做哪几步",
        error_messages={"required": "请写明延期理由。"},
    )


class DecisionForm(forms.Form):
    """Whether more time is granted. A refusal says why."""

    answer = forms.ChoiceField(
        label="批复",
        choices=[("approved", "同意延期"), ("refused", "不予批准")],
        error_messages={"required": "请选择批复意见。"},
    )
    note = forms.CharField(
        label="意见",
        required=False,
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="不予批准的，请写明理由",
    )


def clocks_context(
    request: HttpRequest, item: Any, kind: ItemType, duties: list[Any]
) -> list[dict[str, Any]]:
    """Return the clocks of an item, the newest round first, each with what the reader may do about it."""
    views = clocks_of_item(item, request.now)
    if not views:
        return []
    standing = standing_of(kind, duties, request.today)
    asks = may(request.actor, [LEADING], standing)
    return [
        {
            "clock": view,
            "word": LOOKS[view.verdict.value][0],
            "tone": LOOKS[view.verdict.value][1],
            "asks": asks and view.extendable,
            "open": next((each for each in view.extensions if each.answer == ASKED), None),
            "decides": _decides(request, kind, view, standing),
        }
        for view in reversed(views)
    ]


def _decides(request: HttpRequest, kind: ItemType, view: ClockView, standing: Standing) -> bool:
    rule = kind.clocks.get(view.key)
    return rule is not None and rule.extend is not None and may(request.actor, rule.extend.by, standing)


@require_http_methods(["GET", "HEAD", "POST"])
def item_extend(request: HttpRequest, item_id: int, clock_id: int) -> HttpResponse:
    """Ask for more time."""
    item = item_visible(request.actor, item_id)
    require_right(request.actor, RIGHT)
    view = next((each for each in clocks_of_item(item, request.now) if each.id == clock_id), None)
    if view is None:
        raise NotFound("没有这项时限，或您无权查看。")
    kind = type_by_id(item.definition_id)
    require_holder(request.actor, [LEADING], standing_of(kind, duties_of(item), request.today), "申请延期")
    if request.method != "POST" and not view.extendable:
        raise WrongState("该时限现在不能申请延期：已经届满、已有申请或已达规定次数。")
    data = request.POST if request.method == "POST" else None
    asked = ExtensionForm(data)
    asked.fields["number"].help_text = f"单位：{view.unit_title}；至多 {view.most}"
    if data is not None and asked.is_valid():
        given = asked.cleaned_data
        with refusals_into(request, asked):
            taken_once(
                request,
                lambda: {
                    "extension": extension_ask(
                        actor=request.actor,
                        clock_id=clock_id,
                        number=given["number"],
                        reason=given["reason"],
                        now=request.now,
                    ).pk
                },
            )
            messages.success(request, f"{item.number} 已申请延期，批准前原期限不变。")
            return redirect("item_detail", item.pk)
    context = {"item": item, "kind": kind, "clock": view, "asked": asked, "key": request_key()}
    return render(request, "items/_extend.html" if request.htmx else "items/extend.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def item_extension(request: HttpRequest, item_id: int, extension_id: int) -> HttpResponse:
    """Decide on a request for more time."""
    item = item_visible(request.actor, item_id)
    require_right(request.actor, RIGHT)
    for view in clocks_of_item(item, request.now):
        extension = next((each for each in view.extensions if each.pk == extension_id), None)
        if extension is not None:
            break
    else:
        raise NotFound("没有这项延期申请，或您无权查看。")
    kind = type_by_id(item.definition_id)
    rule = kind.clocks.get(view.key)
    by = rule.extend.by if rule is not None and rule.extend is not None else ()
    require_holder(request.actor, by, standing_of(kind, duties_of(item), request.today), "批复延期")
    data = request.POST if request.method == "POST" else None
    asked = DecisionForm(data)
    if data is not None and asked.is_valid():
        given = asked.cleaned_data
        with refusals_into(request, asked):
            taken_once(
                request,
                lambda: {
                    "extension": extension_decide(
                        actor=request.actor,
                        extension_id=extension_id,
                        approve=given["answer"] == "approved",
                        note=given["note"],
                        now=request.now,
                    ).pk
                },
            )
            messages.success(request, f"{item.number} 的延期申请已批复。")
            return redirect("item_detail", item.pk)
    context = {
        "item": item,
        "kind": kind,
        "clock": view,
        "extension": extension,
        "amount": ticks_words(extension.ticks, view.unit),
        "asked": asked,
        "key": request_key(),
    }
    return render(request, "items/_extension.html" if request.htmx else "items/extension.html", context)
