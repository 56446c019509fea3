"""数字校对: upload a draft, see which of its numbers contradict one another, take the list along."""

from __future__ import annotations

from dataclasses import astuple

from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST

from luoshi.core.errors import Invalid
from luoshi.kernel.access.policy import require_right
from luoshi.kernel.documents.xlsx import Column
from luoshi.kernel.files.drafts import figures_check
from luoshi.kernel.files.names import plain_name
from luoshi.web.drafts.forms import DraftForm
from luoshi.web.shell.errors import refusals_into
from luoshi.web.shell.export import xlsx_response

SALT = "luoshi.web.drafts.list"
AN_HOUR = 3600
MOST_SHOWN = 500
COLUMNS = (
    Column("序号", 6, "int"),
    Column("位置", 24),
    Column("类别", 10),
    Column("文中为", 24),
    Column("应为", 18),
    Column("计算", 48),
    Column("原文", 60),
)
RULES = (
    ("占比、比率", "占、占比、办结率等百分数，按文中的件数重新计算"),
    ("合计、其中", "合计、共计与各项之和；其中各项、其余、未办结等与总数"),
    ("升降", "同比、环比、由…增至…，以及个百分点、倍数和升降方向"),
    ("表格", "合计行、小计行、合计列；多数行算法一致的占比列、增幅列"),
)


@require_http_methods(["GET", "HEAD", "POST"])
def draft_check(request: HttpRequest) -> HttpResponse:
    """Show the form; with a draft, what contradicts in it. The draft is not kept."""
    require_right(request.actor, "draft.check")
    form = DraftForm(request.POST or None, request.FILES or None)
    context: dict[str, object] = {"form": form, "rules": RULES, "found": None}
    if request.method == "POST" and form.is_valid():
        with refusals_into(request, form):
            upload = form.cleaned_data["draft"]
            found = figures_check(upload.name, upload.read())
            rows = [list(astuple(each)) for each in found.findings[:MOST_SHOWN]]
            name = plain_name(upload.name)
            context |= {
                "found": found,
                "rows": found.findings[:MOST_SHOWN],
                "name": name,
                "most": MOST_SHOWN,
                "list": signing.dumps([name, rows], salt=SALT, compress=True),
            }
    return render(request, "drafts/check.html", context)


@require_POST
def draft_export(request: HttpRequest) -> HttpResponse:
    """Give the list of the page as a spreadsheet; the page sends it back signed, nothing was kept."""
    require_right(request.actor, "draft.check")
    try:
        name, rows = signing.loads(request.POST.get("list", ""), salt=SALT, max_age=AN_HOUR)
    except signing.BadSignature as error:
        raise Invalid("校对结果已过期或不完整，请重新校对后导出。") from error
    numbered = [
        (number, place, kind, said, should, how, quote)
        for number, (place, kind, quote, said, should, how) in enumerate(rows, start=1)
    ]
    return xlsx_response(f"数字校对 {name}", COLUMNS, numbered, f"文稿：{name}；矛盾 {len(rows)} 处")
