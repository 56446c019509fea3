"""Items and other items on pages: parents, links, merging, splitting. Others are named by their number."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from luoshi.core.errors import Invalid, WrongState
from luoshi.kernel.access.policy import require_right
from luoshi.kernel.items.given import LONGEST_TITLE, Given
from luoshi.kernel.items.joining import (
    MOST_PARENTS,
    MOST_PARTS,
    item_link,
    item_merge,
    item_split,
    item_unlink,
    parents_set,
)
from luoshi.kernel.items.policy import RIGHT, require_holder, standing_of
from luoshi.kernel.items.queries import item_visible, type_by_id
from luoshi.kernel.items.relations import LINKS_MADE, PARENT, items_numbered, relations_of
from luoshi.kernel.items.schema import CREATE, ENDED
from luoshi.web.items.changing_views import dialog
from luoshi.web.shell.errors import refusals_into
from luoshi.web.shell.paging import number_or_none
from luoshi.web.shell.posting import taken_once

MERGING = (
    "并入后，本件不再单独办理，改在所并入的事项中办理；本件的编号、内容、办理过程和统计位置保留，两件的页面都会注明。"
    "只能并入同一类、尚未办结的事项。"
)
SPLITTING = (
    "一件事项含有几件事的，拆成几件分别办理：每件另编号，沿用本件的内容，注明拆分自本件；个人信息不带过去。"
    "本件不变。"
)


class NumbersForm(forms.Form):
    """Other items by number. ``items``: those found, once the form is valid."""

    def __init__(self, *args: Any, actor: Any, type_ref: str = "", **settings: Any) -> None:
        super().__init__(*args, **settings)
        self.actor, self.type_ref = actor, type_ref

    def named(self, text: str) -> list[Any]:
        """Return the items of the numbers in a text, apart by blanks, commas or lines."""
        numbers = text.replace("，", " ").replace(",", " ").replace("、", " ").split()
        found = items_numbered(self.actor, numbers)
        return [self._one(number, found[number]) for number in dict.fromkeys(numbers)]

    def _one(self, number: str, found: list[Any]) -> Any:
        fitting = [each for each in found if self.type_ref in ("", each.type_ref)]
        if not fitting:
            raise forms.ValidationError(f"没有编号为“{number}”的事项，或您无权查看。请核对编号。")
        if len(fitting) > 1:
            raise forms.ValidationError(f"编号“{number}”不止一件，请从对方事项页上设定。")
        return fitting[0]


class ParentsForm(NumbersForm):
    """All parents of an item."""

    numbers = forms.CharField(
        label="上级事项编号",
        required=False,
        max_length=400,
        help_text=f"可有几件，用空格分开，最多 {MOST_PARENTS} 件；清空即没有上级事项",
    )

    def clean_numbers(self) -> list[Any]:
        return self.named(self.cleaned_data["numbers"])


class LinkForm(NumbersForm):
    """One link."""

    number = forms.CharField(
        label="另一事项编号", max_length=60, error_messages={"required": "请填写另一事项的编号。"}
    )
    kind = forms.ChoiceField(
        label="关系",
        choices=[(each.value, each.label) for each in LINKS_MADE],
        help_text="另一事项是本件的什么",
    )

    def clean_number(self) -> Any:
        return one_of(self.named(self.cleaned_data["number"]))


class MergeForm(NumbersForm):
    """What an item is merged into, and why."""

    number = forms.CharField(
        label="并入的事项编号", max_length=60, error_messages={"required": "请填写并入哪一件的编号。"}
    )
    note = forms.CharField(
        label="理由",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "请写明并入的理由。"},
    )

    def clean_number(self) -> Any:
        return one_of(self.named(self.cleaned_data["number"]))


class SplitForm(forms.Form):
    """The titles of the parts, one a line."""

    titles = forms.CharField(
        label="各件事由",
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=f"一行一件，每件不超过 {LONGEST_TITLE} 字，最多 {MOST_PARTS} 件",
        error_messages={"required": "请写明拆成哪几件，一行一件。"},
    )

    def clean_titles(self) -> list[str]:
        return [line.strip() for line in self.cleaned_data["titles"].splitlines() if line.strip()]


def one_of(found: list[Any]) -> Any:
    """Return the only one. Raises: ValidationError."""
    if len(found) != 1:
        raise forms.ValidationError("请只填一个编号。")
    return found[0]


def handled(request: HttpRequest, item_id: int) -> Any:
    """Return an item in sight of somebody who handles items. Raises: NotFound, NotAllowed."""
    item = item_visible(request.actor, item_id)
    require_right(request.actor, RIGHT)
    return item


@require_http_methods(["GET", "HEAD", "POST"])
def item_parents(request: HttpRequest, item_id: int) -> HttpResponse:
    """Say which items this one serves; parents out of sight stay as they are."""
    item = handled(request, item_id)
    relations = relations_of(request.actor, item)
    numbers = [row.number for row in relations.rows if row.relation == PARENT]
    data = request.POST if request.method == "POST" else None
    asked = ParentsForm(data, actor=request.actor, initial={"numbers": " ".join(numbers)})
    if data is not None and asked.is_valid():
        parents = [each.pk for each in asked.cleaned_data["numbers"]]
        with refusals_into(request, asked):
            taken_once(
                request,
                lambda: {
                    "new": len(
                        parents_set(actor=request.actor, item_id=item.pk, parent_ids=parents, now=request.now)
                    )
                },
            )
            messages.success(request, f"{item.number} 的上级事项已保存。")
            return redirect("item_detail", item.pk)
    return dialog(request, item, asked, "设定上级事项", address=reverse("item_parents", args=[item.pk]))


@require_http_methods(["GET", "HEAD", "POST"])
def item_links(request: HttpRequest, item_id: int) -> HttpResponse:
    """Link an item with another."""
    item = handled(request, item_id)
    data = request.POST if request.method == "POST" else None
    asked = LinkForm(data, actor=request.actor)
    if data is not None and asked.is_valid():
        other, kind = asked.cleaned_data["number"], asked.cleaned_data["kind"]
        with refusals_into(request, asked):
            taken_once(
                request,
                lambda: {
                    "link": item_link(
                        actor=request.actor, item_id=item.pk, other_id=other.pk, kind=kind, now=request.now
                    ).pk
                },
            )
            messages.success(request, f"{item.number} 已与 {other.number} 关联。")
            return redirect("item_detail", item.pk)
    return dialog(request, item, asked, "关联事项", address=reverse("item_link", args=[item.pk]))


@require_POST
def item_link_dropped(request: HttpRequest, item_id: int, link_id: int) -> HttpResponse:
    """Take a link off."""
    item = handled(request, item_id)
    item_unlink(actor=request.actor, item_id=item.pk, link_id=link_id, now=request.now)
    messages.info(request, f"{item.number} 的关联已取消，取消已留痕。")
    return redirect("item_detail", item.pk)


@require_http_methods(["GET", "HEAD", "POST"])
def item_merged(request: HttpRequest, item_id: int) -> HttpResponse:
    """Merge an item into another of its type."""
    item = created_here(request, item_id, "合并")
    data = request.POST if request.method == "POST" else None
    asked = MergeForm(data, actor=request.actor, type_ref=item.type_ref)
    if data is not None and asked.is_valid():
        into = asked.cleaned_data["number"]
        with refusals_into(request, asked):
            taken_once(
                request,
                lambda: {
                    "item": item_merge(
                        actor=request.actor,
                        item_id=item.pk,
                        into_id=into.pk,
                        note=asked.cleaned_data["note"],
                        now=request.now,
                        seen_step=number_or_none(data.get("step")),
                    ).pk
                },
            )
            messages.success(request, f"{item.number} 已并入 {into.number}，今后在此办理。")
            return redirect("item_detail", into.pk)
    address = reverse("item_merge", args=[item.pk])
    return dialog(request, item, asked, "并入他件", address=address, intro=MERGING)


@require_http_methods(["GET", "HEAD", "POST"])
def item_parted(request: HttpRequest, item_id: int) -> HttpResponse:
    """Split an item that holds several matters."""
    item = created_here(request, item_id, "拆分")
    data = request.POST if request.method == "POST" else None
    asked = SplitForm(data)
    if data is not None and asked.is_valid():
        with refusals_into(request, asked):
            made = taken_once(request, lambda: {"numbers": parted(request, item, asked)})
            messages.success(request, f"{item.number} 已拆分出 {'、'.join(made['numbers'])}。")
            return redirect("item_detail", item.pk)
    address = reverse("item_split", args=[item.pk])
    return dialog(request, item, asked, "拆分", address=address, intro=SPLITTING)


def parted(request: HttpRequest, item: Any, asked: SplitForm) -> list[str]:
    """Split an item; return the numbers of the new ones. Raises: Invalid for a title that is too long."""
    titles = asked.cleaned_data["titles"]
    for place, title in enumerate(titles, start=1):
        if len(title) > LONGEST_TITLE:
            told = f"第 {place} 件事由超过 {LONGEST_TITLE} 字，请精简。"
            raise Invalid(told, fields={"titles": told})
    parts = [Given(title=title) for title in titles]
    return [
        new.number for new in item_split(actor=request.actor, item_id=item.pk, parts=parts, now=request.now)
    ]


def created_here(request: HttpRequest, item_id: int, doing: str) -> Any:
    """Return an open item that somebody who takes in such items asks for. Raises: NotFound, NotAllowed,
    WrongState.
    """
    item = handled(request, item_id)
    kind = type_by_id(item.definition_id)
    standing = standing_of(kind, (), request.today)
    require_holder(request.actor, kind.moves[CREATE].by, standing, f"{doing}{kind.title}")
    if item.merged_into_id is not None or kind.states[item.state].stage in ENDED:
        raise WrongState(f"{item.number} 已经结束或已并入他件，不能{doing}。")
    return item
