"""Units from a spreadsheet: upload, look at every cell, take. The stored file lives between the steps."""

from __future__ import annotations

from datetime import date

from django.contrib import messages
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from luoshi.core.errors import Invalid
from luoshi.kernel.access.policy import require_right
from luoshi.kernel.documents.xlsx import Column
from luoshi.kernel.files.actions import file_store
from luoshi.kernel.files.preflight import check_upload
from luoshi.kernel.files.queries import file_by_hash, file_content
from luoshi.kernel.files.sheets import read_table
from luoshi.kernel.org.actions import units_take
from luoshi.kernel.org.importing import Preview, units_preview
from luoshi.kernel.org.kinds import KINDS, kind_title
from luoshi.web.org.forms import UploadForm
from luoshi.web.shell.errors import refusals_into
from luoshi.web.shell.export import xlsx_response
from luoshi.web.shell.posting import request_key, taken_once

LARGEST = 30 * 1024 * 1024
SALT = "luoshi.web.org.import"
DAY_IN_SECONDS = 86400


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
            content = table.read()
            check_upload(table.name, content, max_bytes=LARGEST)
            preview = units_preview(read_table(table.name, content), on=on)
            stored = file_store(name=table.name, content=content, now=request.now)
            token = signing.dumps([stored.sha256, table.name, on.isoformat(), request.user.pk], salt=SALT)
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
    try:
        sha256, name, day, account = signing.loads(request.POST["token"], salt=SALT, max_age=DAY_IN_SECONDS)
    except signing.BadSignature as fault:
        raise Invalid("导入凭据无效或已超过一天，请重新上传表格。") from fault
    if account != request.user.pk:
        raise Invalid("这份表格是用另一账号上传的，请重新上传。")
    preview = units_preview(read_table(name, file_content(file_by_hash(sha256))), on=date.fromisoformat(day))
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
