"""Changing an item without a move: its content, its duties, its tags; and looking at personal data."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from luoshi.core.errors import NotAllowed
from luoshi.kernel.access.policy import require_right
from luoshi.kernel.items.editing import LONGEST_TAG, MOST_TAGS, duties_set, item_edit, item_tag, may_edit
from luoshi.kernel.items.policy import RIGHT
from luoshi.kernel.items.private import MOST_REASON, item_reveal, may_reveal
from luoshi.kernel.items.queries import duties_of, item_visible, tags_of, type_by_id
from luoshi.kernel.items.schema import DUTY_PREFIX
from luoshi.web.items.forms import GivenForm
from luoshi.web.items.moving_views import choices, standing_values
from luoshi.web.shell.errors import refusals_into
from luoshi.web.shell.paging import number_or_none
from luoshi.web.shell.posting import request_key, taken_once

SHOWN_SECONDS = 60


class TagForm(forms.Form):
    """The tags of an item, apart by blanks or commas."""

    tags = forms.CharField(
        label="标签",
        required=False,
        max_length=300,
        help_text=f"用空格或逗号分开，最多 {MOST_TAGS} 个，每个不超过 {LONGEST_TAG} 字；清空即全部去掉",
    )


class ReasonForm(forms.Form):
    """Why somebody looks at personal data."""

    reason = forms.CharField(
        label="查看理由",
        max_length=MOST_REASON,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=f"写明因办理何事需要查看；连同您的账号、岗位和时间一并留痕，{SHOWN_SECONDS} 秒后自动收起",
        error_messages={"required": "请写明查看个人信息的理由。"},
    )


@require_http_methods(["GET", "HEAD", "POST"])
def item_edited(request: HttpRequest, item_id: int) -> HttpResponse:
    """Change title and fields, as far as the state allows."""
    return _given_page(request, item_id, duties=False)


@require_http_methods(["GET", "HEAD", "POST"])
def item_duties(request: HttpRequest, item_id: int) -> HttpResponse:
    """Set who holds the duties, as far as the state allows."""
    return _given_page(request, item_id, duties=True)


def _given_page(request: HttpRequest, item_id: int, *, duties: bool) -> HttpResponse:
    item = item_visible(request.actor, item_id)
    require_right(request.actor, RIGHT)
    kind, held = type_by_id(item.definition_id), duties_of(item)
    may = may_edit(request.actor, item, held, request.now)
    keys = [key for key in may if key.startswith(DUTY_PREFIX) is duties]
    noun = "调整责任单位" if duties else "修改内容"
    if not keys:
        state = kind.states[item.state].title
        raise NotAllowed(f"本件现为“{state}”，您当前的岗位不能{noun}；请先由经办岗位办理下一步。")
    data = request.POST if request.method == "POST" else None
    asked = GivenForm(
        data,
        kind=kind,
        need=(),
        may=keys,
        units=choices(request),
        standing=standing_values(item, kind, held),
    )
    if data is not None and asked.is_valid():
        act = duties_set if duties else item_edit
        with refusals_into(request, asked):
            taken_once(
                request,
                lambda: {
                    "step": act(
                        actor=request.actor,
                        item_id=item.pk,
                        given=asked.given(),
                        now=request.now,
                        seen_step=number_or_none(data.get("step")),
                    ).step.number
                },
            )
            messages.success(request, f"{item.number} 已{noun}，原内容留痕。")
            return redirect("item_detail", item.pk)
    return dialog(
        request, item, asked, noun, address=reverse("item_duties" if duties else "item_edit", args=[item.pk])
    )


@require_http_methods(["GET", "HEAD", "POST"])
def item_tags(request: HttpRequest, item_id: int) -> HttpResponse:
    """Put words on an item, to find it by."""
    item = item_visible(request.actor, item_id)
    require_right(request.actor, RIGHT)
    data = request.POST if request.method == "POST" else None
    asked = TagForm(data, initial={"tags": " ".join(tags_of(item))})
    if data is not None and asked.is_valid():
        words = asked.cleaned_data["tags"].replace("，", " ").replace(",", " ").replace("、", " ").split()
        with refusals_into(request, asked):
            taken_once(
                request,
                lambda: {"tags": item_tag(actor=request.actor, item_id=item.pk, tags=words, now=request.now)},
            )
            messages.success(request, f"{item.number} 的标签已保存，可用 tag:标签 筛选。")
            return redirect("item_detail", item.pk)
    return dialog(request, item, asked, "编辑标签", address=reverse("item_tags", args=[item.pk]))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def item_revealed(request: HttpRequest, item_id: int) -> HttpResponse:
    """Show personal data for a reason, for a minute; every look is on record."""
    item = item_visible(request.actor, item_id)
    require_right(request.actor, RIGHT)
    if not may_reveal(request.actor, item, duties_of(item), request.now):
        raise NotAllowed("个人信息只供本件的经办人员查看，您当前的岗位不经办本件。")
    kind = type_by_id(item.definition_id)
    data = request.POST if request.method == "POST" else None
    asked = ReasonForm(data)
    if data is not None and asked.is_valid():
        with refusals_into(request, asked):
            # Not kept under the request key: what it returns must stand nowhere else.
            found = item_reveal(
                actor=request.actor,
                item_id=item.pk,
                reason=asked.cleaned_data["reason"],
                now=request.now,
            )
            shown = [
                (kind.fields[key].title, kind.fields[key].display(text))
                for key, text in found.items()
                if key in kind.fields
            ]
            context = {"item": item, "kind": kind, "values": shown, "seconds": SHOWN_SECONDS}
            return render(request, "items/revealed.html", context)
    return dialog(request, item, asked, "查看个人信息", address=reverse("item_reveal", args=[item.pk]))


def dialog(
    request: HttpRequest, item: Any, asked: forms.Form, noun: str, *, address: str, intro: str = ""
) -> HttpResponse:
    """Return a form about an item, as a page or in the drawer. ``noun``: what is done, on the button too."""
    context = {
        "item": item,
        "kind": type_by_id(item.definition_id),
        "asked": asked,
        "noun": noun,
        "intro": intro,
        "address": address,
        "key": request_key(),
    }
    return render(request, "items/_dialog.html" if request.htmx else "items/dialog.html", context)
