"""A breakdown from a spreadsheet: upload, look at every cell and every difference, take."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from luoshi.core.errors import Frozen, Invalid
from luoshi.domains.plans.checking import TITLES
from luoshi.domains.plans.importing import plan_import, plan_preview
from luoshi.domains.plans.policy import require_manage
from luoshi.domains.plans.queries import State, plan_visible
from luoshi.domains.plans.sheet import OPTIONAL, template_rows
from luoshi.kernel.access.policy import require_right
from luoshi.web.plans.forms import SheetForm
from luoshi.web.plans.words import SHEET
from luoshi.web.shell.errors import refusals_into
from luoshi.web.shell.export import xlsx_response
from luoshi.web.shell.posting import request_key, taken_once
from luoshi.web.shell.uploads import table_keep, table_kept, table_read

SALT = "luoshi.web.plans.import"
STATES = {"new": ("ok", "新增"), "changed": ("warn", "改动"), "same": ("", "不变"), "broken": ("bad", "有误")}
MOST_SHOWN = 500


@require_http_methods(["GET", "HEAD", "POST"])
def plan_imported(request: HttpRequest, plan_id: int) -> HttpResponse:
    """Step one shows the form, step two the preview, step three takes the sheet."""
    plan = plan_visible(request.actor, plan_id)
    require_manage(request.actor, plan)
    if plan.state == State.CLOSED:
        raise Frozen("计划已办结，不能再导入。")
    if request.method == "POST" and "token" in request.POST:
        return take(request, plan_id)
    form = SheetForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        with refusals_into(request, form):
            upload = form.cleaned_data["table"]
            preview = plan_preview(plan, table_read(upload), on=request.today)
            context = {
                "plan": plan,
                "preview": preview,
                "name": upload.name,
                "token": table_keep(request, upload, salt=SALT, meant=str(plan_id)),
                "key": request_key(),
                "rows": [(row, *STATES[row.state]) for row in preview.rows[:MOST_SHOWN]],
                "counts": [(word, preview.count(state)) for state, (_, word) in STATES.items()],
                "new": preview.count("new") + preview.count("changed"),
                "moved": preview.moved if preview.matching else (),
            }
            return render(request, "plans/preview.html", context)
    context = {
        "plan": plan,
        "form": form,
        "needed": [title for name, title in TITLES.items() if name not in OPTIONAL],
        "free": [title for name, title in TITLES.items() if name in OPTIONAL],
    }
    return render(request, "plans/import.html", context)


def take(request: HttpRequest, plan_id: int) -> HttpResponse:
    """Take the file that was previewed."""
    table, meant = table_kept(request, salt=SALT)
    if meant != str(plan_id):
        raise Invalid("这份表格是为另一份计划上传的，请重新上传。")

    def taken() -> dict[str, int]:
        preview = plan_import(
            actor=request.actor,
            plan_id=plan_id,
            table=table,
            now=request.now,
            end_gone=request.POST.get("gone") == "end",
            reason=request.POST.get("reason", ""),
        )
        return {"new": preview.count("new"), "changed": preview.count("changed")}

    result = taken_once(request, taken)
    messages.success(request, f"已导入：新增 {result['new']} 项，改动 {result['changed']} 项。")
    return redirect("plan_tree", plan_id)


@require_safe
def plan_template(request: HttpRequest) -> HttpResponse:
    """An empty table with the right head and two lines of example."""
    require_right(request.actor, "plan.manage")
    return xlsx_response("任务分解导入模板", SHEET, template_rows())
