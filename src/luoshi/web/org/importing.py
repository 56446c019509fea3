"""Units from a spreadsheet: upload, look at every cell, take. The stored file lives between the steps."""

from __future__ import annotations

from datetime import date

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from luoshi.kernel.access.policy import require_right
from luoshi.kernel.documents.xlsx import Column
from luoshi.kernel.org.actions import units_take
from luoshi.kernel.org.importing import Preview, units_preview
from luoshi.kernel.org.kinds import KINDS, kind_title
from luoshi.web.org.forms import UploadForm
from luoshi.web.shell.errors import refusals_into
from luoshi.web.shell.export import xlsx_response
from luoshi.web.shell.posting import request_key, taken_once
from luoshi.web.shell.uploads import table_keep, table_kept, table_read

SALT = "luoshi.web.org.import"


@require_http_methods(["GET", "HEAD", "POST"])
def unit_import(request: HttpRequest) -> HttpResponse:
    """Step one shows the form, step two the preview, step three takes the rows."""
    require_right(request.actor, "org.manage")
    if request.method == "POST" and "token" in request.POST:
        return take(request)
    form = UploadForm(request.POST or None, request.FILES or None, initial={"on": request.today})
    if request.method == "POST" and form.is_valid():
        with refusals_into(request, form):
            table, on = form.cleaned_data["table"], form.cleaned_data["on"]
            preview = units_preview(table_read(table), on=on)
            token = table_keep(request, table, salt=SALT, meant=on.isoformat())
            return render(request, "org/preview.html", preview_context(preview, table.name, token))
    return render(request, "org/import.html", {"form": form, "kinds": "、".join(KINDS.values())})


def preview_context(preview: Preview, name: str, token: str) -> dict[str, object]:
    """Return what the preview shows."""
    at = {(fault.row, fault.column): fault for fault in preview.faults}
    return {
        "preview": preview,
        "name": name,
        "token": token,
        "key": request_key(),
        "rows": [(row, kind_title(row.kind) if row.kind in KINDS else row.kind) for row in preview.rows],
        "at": at,
    }


def take(request: HttpRequest) -> HttpResponse:
    """Take the rows of the file that was previewed."""
    table, day = table_kept(request, salt=SALT)
    preview = units_preview(table, on=date.fromisoformat(day))
    only_clean = request.POST.get("take") == "clean"
    result = taken_once(
        request,
        lambda: {
            "units": len(
                units_take(by=request.actor, preview=preview, now=request.now, only_clean=only_clean)
            )
        },
    )
    messages.success(request, f"已导入单位 {result['units']} 个。")
    return redirect("unit_tree")


@require_safe
def unit_template(request: HttpRequest) -> HttpResponse:
    """An empty table with the right head and one line of example."""
    require_right(request.actor, "org.manage")
    titles = ("单位编码", "单位名称", "简称", "类别", "上级编码", "别名")
    columns = [Column(title, 16) for title in titles]
    example = ("JD01", "示例街道办事处", "示例街道", "街道", "", "示例街；示例街办")
    return xlsx_response("单位导入模板", columns, [example])
