"""People from a spreadsheet: upload, look at every cell, take. The stored file lives between the steps."""

from __future__ import annotations

from datetime import date

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from luoshi.kernel.access.people import EVERYWHERE, PEOPLE, PeoplePreview, people_preview
from luoshi.kernel.access.policy import ROLES, require_right
from luoshi.kernel.access.taking import people_take
from luoshi.kernel.documents.xlsx import Column
from luoshi.web.org.forms import PeopleUploadForm
from luoshi.web.shell.errors import refusals_into
from luoshi.web.shell.export import xlsx_response
from luoshi.web.shell.posting import request_key, taken_once
from luoshi.web.shell.uploads import table_keep, table_kept, table_read

SALT = "luoshi.web.org.people"


@require_http_methods(["GET", "HEAD", "POST"])
def people_import(request: HttpRequest) -> HttpResponse:
    """Step one shows the form, step two the preview, step three takes the rows."""
    require_right(request.actor, "account.manage")
    if request.method == "POST" and "token" in request.POST:
        return take(request)
    form = PeopleUploadForm(request.POST or None, request.FILES or None, initial={"on": request.today})
    if request.method == "POST" and form.is_valid():
        with refusals_into(request, form):
            table, on = form.cleaned_data["table"], form.cleaned_data["on"]
            preview = people_preview(table_read(table), on=on)
            token = table_keep(request, table, salt=SALT, meant=on.isoformat())
            return render(request, "org/people_preview.html", preview_context(preview, table.name, token))
    context = {"form": form, "roles": "、".join(ROLES.values()), "everywhere": EVERYWHERE}
    return render(request, "org/people_import.html", context)


def preview_context(preview: PeoplePreview, name: str, token: str) -> dict[str, object]:
    """Return what the preview shows."""
    return {
        "preview": preview,
        "new": preview.count("new"),
        "same": preview.count("same"),
        "broken": preview.count("broken"),
        "name": name,
        "token": token,
        "key": request_key(),
        "rows": [
            (
                row,
                "、".join(ROLES[role] for role in row.roles),
                EVERYWHERE if row.scope is None else row.scope,
            )
            for row in preview.rows
        ],
    }


def take(request: HttpRequest) -> HttpResponse:
    """Take the rows of the file that was previewed."""
    table, day = table_kept(request, salt=SALT)
    preview = people_preview(table, on=date.fromisoformat(day))
    only_clean = request.POST.get("take") == "clean"
    result = taken_once(
        request,
        lambda: {
            "rows": len(
                people_take(by=request.actor, preview=preview, now=request.now, only_clean=only_clean)
            )
        },
    )
    messages.success(request, f"已导入任职 {result['rows']} 条。新账号还没有口令，请在账号页发放。")
    return redirect("account_list")


@require_safe
def people_template(request: HttpRequest) -> HttpResponse:
    """An empty table with the right head and two lines of example."""
    require_right(request.actor, "account.manage")
    columns = [Column(title, 16) for title in PEOPLE.columns.values()]
    examples = [
        ("JD01", "林晓岚", "填报员", "否", "填报员", "", "linxl"),
        ("JD01", "周明川", "主要负责人", "是", "负责人", "", "zhoumc"),
    ]
    return xlsx_response("人员导入模板", columns, examples)
