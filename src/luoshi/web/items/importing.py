"""Items from a spreadsheet: upload, look at every cell, take. The stored file lives between the steps."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from luoshi.core.errors import Invalid
from luoshi.kernel.access.policy import require_right
from luoshi.kernel.definitions.fields import FieldKind
from luoshi.kernel.documents.xlsx import Column
from luoshi.kernel.items.actions import creating_check
from luoshi.kernel.items.intake import (
    MOST_ROWS,
    ORIGIN,
    PARENT,
    Asked,
    Intake,
    asked_of,
    handing_open,
    intake_preview,
)
from luoshi.kernel.items.policy import RIGHT, standing_of
from luoshi.kernel.items.queries import item_visible, type_def
from luoshi.kernel.items.schema import DUTY_PREFIX
from luoshi.kernel.items.taking import items_take
from luoshi.kernel.items.types import ItemType
from luoshi.web.shell.errors import refusals_into
from luoshi.web.shell.export import xlsx_response
from luoshi.web.shell.forms import UploadField
from luoshi.web.shell.paging import number_or_none
from luoshi.web.shell.posting import request_key, taken_once
from luoshi.web.shell.uploads import table_keep, table_kept, table_read

SALT = "luoshi.web.items.import"
SHOWN = 200
LOOKS = {"new": ("ok", "可导入"), "same": ("", "已登记"), "broken": ("bad", "有误")}


class IntakeForm(forms.Form):
    """The table, and what is done with its rows besides taking them in."""

    table = UploadField()
    move = forms.ChoiceField(label="导入后", required=False)

    def __init__(self, *args: Any, moves: list[tuple[str, str]], **settings: Any) -> None:
        super().__init__(*args, **settings)
        self.fields["move"].choices = [("", "只登记"), *moves]


@require_http_methods(["GET", "HEAD", "POST"])
def item_import(request: HttpRequest, ref: str) -> HttpResponse:
    """Step one shows the form, step two the preview, step three takes the rows."""
    kind = importable(request, ref)
    if request.method == "POST" and "token" in request.POST:
        return taken(request, kind)
    moves = [
        (move.key, f"登记并{move.title}")
        for move in handing_open(request.actor, kind, standing_of(kind, (), request.today))
    ]
    under = number_or_none((request.POST or request.GET).get("under"))
    above = item_visible(request.actor, under) if under else None
    form = IntakeForm(request.POST or None, request.FILES or None, moves=moves)
    if request.method == "POST" and form.is_valid():
        with refusals_into(request, form):
            upload, move = form.cleaned_data["table"], form.cleaned_data["move"]
            preview = intake_preview(
                request.actor, asked_of(kind, move), table_read(upload), on=request.today
            )
            meant = urlencode({"ref": ref, "move": move, "under": under or ""})
            token = table_keep(request, upload, salt=SALT, meant=meant)
            context = preview_context(kind, preview) | {"name": upload.name, "token": token, "above": above}
            return render(request, "items/preview.html", context)
    context = {"kind": kind, "form": form, "moves": moves, "above": above, "most": MOST_ROWS}
    return render(request, "items/import.html", context | help_context(kind, [key for key, _ in moves]))


def importable(request: HttpRequest, ref: str) -> ItemType:
    """Return the type, for whoever may take in its items."""
    require_right(request.actor, RIGHT)
    kind = type_def(ref)
    creating_check(request.actor, kind, request.now)
    return kind


def help_context(kind: ItemType, moves: list[str]) -> dict[str, Any]:
    """Return what the page says of the columns."""
    asked = asked_of(kind)
    titles, needed = asked.titles(), asked.needed
    further = [(asked_of(kind, move).titles(), kind.moves[move].title) for move in moves]
    return {
        "needed": [title for key, title in titles.items() if key in needed],
        "free": [title for key, title in titles.items() if key not in needed],
        "further": [
            (title, [text for key, text in more.items() if key not in titles]) for more, title in further
        ],
        "choices": [
            (field.title, "、".join(field.options.values()))
            for field in kind.fields.values()
            if field.key in titles and field.options
        ],
    }


def preview_context(kind: ItemType, preview: Intake) -> dict[str, Any]:
    """Return what the preview shows; columns that no row fills are left out."""
    used = [key for key in preview.columns if any(row.texts[key] for row in preview.rows)]
    return {
        "kind": kind,
        "preview": preview,
        "titles": [preview.columns[key] for key in used],
        "rows": [
            (
                row,
                *LOOKS[row.state],
                [(row.texts[key], _fault_at(row, preview.columns[key])) for key in used],
            )
            for row in preview.rows[:SHOWN]
        ],
        "faults": preview.faults[:SHOWN],
        "shown": SHOWN,
        "clean": preview.count("new"),
        "same": preview.count("same"),
        "broken": preview.count("broken"),
        "key": request_key(),
    }


def _fault_at(row: Any, column: str) -> str:
    return next((fault.rule for fault in row.faults if fault.column == column), "")


def kept(request: HttpRequest, kind: ItemType) -> tuple[Any, str, int | None]:
    """Return the table that was previewed, the move it was looked at for, and what its items serve."""
    table, meant = table_kept(request, salt=SALT)
    asked = dict(parse_qsl(meant, keep_blank_values=True))
    if asked["ref"] != kind.ref:
        raise Invalid("这份表格是为另一类事项上传的，请重新上传。")
    return table, asked["move"], number_or_none(asked["under"])


def taken(request: HttpRequest, kind: ItemType) -> HttpResponse:
    """Take the rows of the file that was previewed."""
    table, move, under = kept(request, kind)
    only_clean = request.POST.get("take") == "clean"

    def take() -> dict[str, int]:
        took = items_take(
            actor=request.actor,
            type_ref=kind.ref,
            table=table,
            now=request.now,
            move=move,
            under_id=under,
            only_clean=only_clean,
        )
        return {"items": len(took.items), "left": took.left, "same": took.same}

    result = taken_once(request, take)
    left = f"，有误未导入 {result['left']} 行" if result["left"] else ""
    same = f"，已登记跳过 {result['same']} 行" if result["same"] else ""
    messages.success(request, f"已导入 {result['items']} 件{same}{left}。每一件都已留痕。")
    return redirect("item_detail", under) if under else redirect("item_list", kind.ref)


@require_POST
def item_import_faults(request: HttpRequest, ref: str) -> HttpResponse:
    """The faults of a previewed table as a spreadsheet, to work through."""
    kind = importable(request, ref)
    table, move, _ = kept(request, kind)
    preview = intake_preview(request.actor, asked_of(kind, move), table, on=request.today)
    columns = [
        Column("单元格", 10),
        Column("行", 8, "int"),
        Column("列", 20),
        Column("原值", 20),
        Column("问题", 40),
        Column("怎么改", 50),
    ]
    rows = [
        (fault.address, fault.row, fault.column, fault.value, fault.rule, fault.remedy)
        for fault in preview.faults
    ]
    return xlsx_response(f"{kind.title}导入问题清单", columns, rows)


@require_safe
def item_import_template(request: HttpRequest, ref: str) -> HttpResponse:
    """An empty table with the right head and one line of example."""
    kind = importable(request, ref)
    asked = asked_of(kind, request.GET.get("move", ""))
    columns = [Column(title, 18) for title in asked.titles().values()]
    return xlsx_response(f"{kind.title}导入模板", columns, [example_of(asked)])


def example_of(asked: Asked) -> list[str]:
    """Return a line that shows how each column is filled."""
    return [_example(asked, key, title) for key, title in asked.titles().items()]


def _example(asked: Asked, key: str, title: str) -> str:
    if key == ORIGIN:
        return "来源编号-001"
    if key == PARENT or (key not in asked.needed and not key.startswith(DUTY_PREFIX)):
        return ""
    if key.startswith(DUTY_PREFIX):
        return "填单位名称、简称或编码"
    field = asked.kind.fields.get(key)
    if field is None:
        return f"一句话写明{asked.kind.title}"
    if field.options:
        return next(iter(field.options.values()))
    if field.kind is FieldKind.DATE:
        return "2023-01-31"
    return "1" if field.numeric else f"（{title}）"
