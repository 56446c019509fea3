"""Records of another system: upload, look at what can be taken and what cannot, then take it or drop it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from luoshi.core.errors import NotFound
from luoshi.kernel.access.policy import require_right
from luoshi.kernel.documents.xlsx import Column
from luoshi.kernel.items.history_preview import Preview
from luoshi.kernel.items.history_rules import HistoryTemplate, history_template, history_templates
from luoshi.kernel.items.history_taking import (
    histories_take,
    history_drop,
    history_keep,
    history_preview,
    intakes_of,
    may_take_in,
    origin_of,
    require_taker,
)
from luoshi.kernel.items.policy import RIGHT
from luoshi.kernel.items.queries import type_def
from luoshi.kernel.items.types import ItemType
from luoshi.web.items.panels import Tool
from luoshi.web.shell.errors import refusals_into
from luoshi.web.shell.export import xlsx_response
from luoshi.web.shell.forms import UploadField
from luoshi.web.shell.panels import Panel
from luoshi.web.shell.posting import request_key, taken_once

SHOWN = 200
FAULTS = (
    Column("单元格", 10),
    Column("行", 8, "int"),
    Column("列", 20),
    Column("原值", 24),
    Column("问题", 50),
    Column("怎么改", 40),
)


class HistoryForm(forms.Form):
    """A template and the table."""

    template = forms.ChoiceField(label="导入模板")
    table = UploadField()

    def __init__(self, *args: Any, templates: list[HistoryTemplate], **settings: Any) -> None:
        super().__init__(*args, **settings)
        self.fields["template"].choices = [(each.ref, each.ref.partition(".")[2]) for each in templates]
        if len(templates) == 1:
            self.fields["template"].initial = templates[0].ref
            self.fields["template"].widget = forms.HiddenInput()


def import_tool(request: HttpRequest, kind: ItemType) -> Tool | None:
    """Return the link to the import, for whoever may bring items of a type in."""
    if not may_take_in(request.actor, kind, request.now):
        return None
    return Tool("导入外部记录", f"/items/{kind.ref}/history/", "upload")


def origin_panel(request: HttpRequest, item: Any, kind: ItemType) -> Panel | None:
    """Return where an item was brought in from; None for one that was registered here."""
    origin = origin_of(item)
    return None if origin is None else Panel("items/_origin.html", {"origin": origin})


@require_http_methods(["GET", "HEAD", "POST"])
def item_history(request: HttpRequest, ref: str) -> HttpResponse:
    """Upload a table; it is kept as a draft until it is taken or dropped."""
    require_right(request.actor, RIGHT)
    kind = type_def(ref)
    require_taker(request.actor, kind, request.now)
    templates = history_templates(kind)
    if not templates:
        raise NotFound(f"业务包没有为“{kind.title}”规定导入模板，不能导入外部记录。")
    asked = HistoryForm(request.POST or None, request.FILES or None, templates=templates)
    if request.method == "POST" and asked.is_valid():
        with refusals_into(request, asked):
            table = asked.cleaned_data["table"]
            draft = history_keep(
                actor=request.actor,
                import_ref=asked.cleaned_data["template"],
                name=table.name,
                content=table.read(),
                now=request.now,
            )
            return redirect("item_history_preview", draft.token)
    context = {"kind": kind, "asked": asked, "templates": templates, "intakes": intakes_of(kind.ref)}
    return render(request, "items/history.html", context)


@require_safe
def item_history_template(request: HttpRequest, ref: str, template: str) -> HttpResponse:
    """An empty table with the head that the import wants."""
    require_right(request.actor, RIGHT)
    kind = type_def(ref)
    require_taker(request.actor, kind, request.now)
    found = history_template(f"{kind.pack}.{template}")
    if found.item_ref != kind.ref:
        raise NotFound(f"“{kind.title}”没有这个导入模板。")
    return xlsx_response(f"{kind.title} 导入模板", [Column(title, 20) for title in found.columns], [])


@require_safe
def item_history_preview(request: HttpRequest, token: UUID) -> HttpResponse:
    """What the table would bring, checked as things stand now. Nothing is saved."""
    found = history_preview(actor=request.actor, draft_token=token, now=request.now)
    context = {
        "found": found,
        "kind": found.kind,
        "token": token,
        "key": request_key(),
        "rows": sample_rows(found),
        "faults": found.head_faults or found.faults[:SHOWN],
        "fault_count": len(found.head_faults) or len(found.faults) + found.faults_more,
    }
    return render(request, "items/history_preview.html", context)


def sample_rows(found: Preview) -> list[tuple[Any, ...]]:
    """Return (row, number, title, registered, state, steps, clocks) of the first items to be taken."""
    rows = []
    for built in found.samples:
        item = built.item
        clocks = [
            (found.kind.clocks[row.key].title, row.due_at, row.stopped_at or row.voided_at)
            for row in built.clocks
        ]
        state = found.kind.states[item.state].title
        case = built.case
        rows.append(
            (case.first_row, case.number, item.title, item.created_at, state, len(built.steps), clocks)
        )
    return rows


@require_safe
def item_history_faults(request: HttpRequest, token: UUID) -> HttpResponse:
    """The list of what is not taken as a spreadsheet, to work through."""
    found = history_preview(actor=request.actor, draft_token=token, now=request.now)
    rows = [
        (fault.address, fault.row, fault.column, fault.value, fault.rule, fault.remedy)
        for fault in (*found.head_faults, *found.faults)
    ]
    note = f"文件 {found.file_name}；检查时间 {timezone.localtime(request.now):%Y-%m-%d %H:%M}"
    return xlsx_response(f"{found.kind.title} 未接收清单", FAULTS, rows, note)


@require_POST
def item_history_take(request: HttpRequest, token: UUID) -> HttpResponse:
    """Take the items: all, or those without faults when that button was pressed."""
    only_clean = request.POST.get("take") == "clean"

    def take() -> dict[str, Any]:
        intake = histories_take(
            actor=request.actor, draft_token=token, only_clean=only_clean, now=request.now
        )
        return {
            "type": intake.type_ref,
            "taken": intake.items_taken,
            "same": intake.items_same,
            "left": intake.items_left,
        }

    result = taken_once(request, take)
    same = f"，已有且相同 {result['same']} 件" if result["same"] else ""
    left = f"，未接收 {result['left']} 件" if result["left"] else ""
    messages.success(request, f"已导入 {result['taken']} 件{same}{left}。每一件都已留痕。")
    return redirect("item_list", result["type"])


@require_POST
def item_history_drop(request: HttpRequest, token: UUID) -> HttpResponse:
    """Forget an upload that was not taken."""
    type_ref = history_drop(actor=request.actor, draft_token=token)
    messages.info(request, "已放弃这次导入，没有保存任何数据。")
    return redirect("item_list", type_ref)
