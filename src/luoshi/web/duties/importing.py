"""Items from a spreadsheet: upload, look at every cell, take. The stored file lives between the steps."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from luoshi.core.errors import Frozen, Invalid
from luoshi.core.rhythm import FREQUENCIES
from luoshi.domains.duties.checking import PLAIN, TITLES
from luoshi.domains.duties.importing import NEEDED, items_preview, list_import
from luoshi.domains.duties.policy import require_drafting
from luoshi.domains.duties.queries import Holder, State, list_visible
from luoshi.kernel.access.policy import require_right
from luoshi.kernel.documents.xlsx import Column
from luoshi.web.duties.forms import SheetForm
from luoshi.web.duties.views import WIDE
from luoshi.web.shell.errors import refusals_into
from luoshi.web.shell.export import xlsx_response
from luoshi.web.shell.posting import request_key, taken_once
from luoshi.web.shell.uploads import table_keep, table_kept, table_read

SALT = "luoshi.web.duties.import"
STATES = {"new": ("ok", "新增"), "changed": ("warn", "改动"), "same": ("", "不变"), "broken": ("bad", "有误")}


@require_http_methods(["GET", "HEAD", "POST"])
def list_imported(request: HttpRequest, list_id: int) -> HttpResponse:
    """Step one shows the form, step two the preview, step three takes the rows."""
    draft = list_visible(request.actor, list_id, request.today)
    require_drafting(request.actor, draft.kind, draft.keeper_id)
    if draft.state != State.DRAFT:
        raise Frozen("该版清单已发布，不能再改。需要调整的，请修订出新的一版。")
    if request.method == "POST" and "token" in request.POST:
        return take(request, list_id)
    form = SheetForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        with refusals_into(request, form):
            upload = form.cleaned_data["table"]
            preview = items_preview(draft, table_read(upload), on=request.today)
            token = table_keep(request, upload, salt=SALT, meant=str(list_id))
            context = {
                "list": draft,
                "preview": preview,
                "name": upload.name,
                "token": token,
                "key": request_key(),
                "rows": [(row, *STATES[row.state]) for row in preview.rows],
                "clean": preview.count("new") + preview.count("changed"),
                "broken": preview.count("broken"),
            }
            return render(request, "duties/preview.html", context)
    context = {
        "list": draft,
        "form": form,
        "needed": [TITLES[field] for field in NEEDED],
        "free": [title for field, title in TITLES.items() if field not in NEEDED],
        "holders": "、".join(Holder.labels),
        "frequencies": "、".join(FREQUENCIES.values()),
    }
    return render(request, "duties/import.html", context)


def take(request: HttpRequest, list_id: int) -> HttpResponse:
    """Take the rows of the file that was previewed."""
    table, meant = table_kept(request, salt=SALT)
    if meant != str(list_id):
        raise Invalid("这份表格是为另一份清单上传的，请重新上传。")
    only_clean = request.POST.get("take") == "clean"
    result = taken_once(
        request,
        lambda: {
            "items": len(
                list_import(
                    actor=request.actor,
                    list_id=list_id,
                    table=table,
                    now=request.now,
                    only_clean=only_clean,
                )
            )
        },
    )
    messages.success(request, f"已导入事项 {result['items']} 个。")
    return redirect("list_detail", list_id)


@require_safe
def list_template(request: HttpRequest) -> HttpResponse:
    """An empty table with the right head and one line of example."""
    require_right(request.actor, "list.draft")
    columns = [Column(title, WIDE.get(field, 16)) for field, title in TITLES.items()]
    example = (
        *("X01", "服务群众", "辖区背街小巷照明故障三日内修复", "领导班子", "每季度", "期末后10个工作日"),
        *("", "", PLAIN, "维修记录", ""),
    )
    return xlsx_response("清单事项导入模板", columns, [example])
