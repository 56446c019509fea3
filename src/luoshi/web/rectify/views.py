"""Reading: the three lists, statistics with their bases, rechecks, notices."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from luoshi.core.errors import Invalid
from luoshi.domains.rectify.counting import BY, Counted, counted
from luoshi.domains.rectify.listing import (
    PER_PAGE,
    Listed,
    found_of,
    listed,
    notices_of,
    rechecks_of,
)
from luoshi.domains.rectify.types import MEASURE, PROBLEM
from luoshi.kernel.access.policy import require_right
from luoshi.kernel.documents.xlsx import Column
from luoshi.kernel.items.queries import type_def
from luoshi.web.shell.export import xlsx_response
from luoshi.web.shell.paging import number_or_none

LIGHTS = {
    "ok": ("ok", "已办结"),
    "doing": ("doing", "持续坚持"),
    "bad": ("bad", "已超期"),
    "warn": ("warn", "临近期限"),
    "": ("", "期限内"),
}
VIEWS = {"problem": "问题清单", "task": "任务清单", "duty": "责任清单"}
REFS = {"problem": PROBLEM, "task": MEASURE}
CHOICES = ("kind", "source", "area")


def asked_of(request: HttpRequest) -> dict[str, str]:
    """Return the filters of the address."""
    names = ("q", "state", "unit", *CHOICES)
    asked = {name: " ".join(request.GET.get(name, "").split())[:100] for name in names}
    view = request.GET.get("view", "problem")
    return {"view": view if view in VIEWS else "problem", **asked}


def filter_of(asked: dict[str, str]) -> str:
    """Return the filters in the grammar of lists."""
    names = CHOICES if asked["view"] == "problem" else ("kind",)
    terms = [f"{name}:{asked[name]}" for name in names if asked[name]]
    terms += [f"state:{asked['state']}"] if asked["state"] else []
    terms += [f"lead:{asked['unit']}"] if asked["unit"] else []
    return " ".join([*terms, asked["q"]]).strip()


@require_safe
def rectify_lists(request: HttpRequest) -> HttpResponse:
    """Problems, tasks or duties by unit, filtered and in pages."""
    require_right(request.actor, "item.view")
    asked = asked_of(request)
    context: dict[str, Any] = {"asked": asked, "views": VIEWS, "filtered": any(list(asked.values())[1:])}
    if asked["view"] == "duty":
        groups = counted(request.actor, "unit", today=request.today, now=request.now)
        return render(request, "rectify/lists.html", context | {"groups": groups, "wrong": ""})
    kind = type_def(REFS[asked["view"]])
    ids, wrong = [], ""
    try:
        ids = found_of(request.actor, kind.ref, filter_of(asked))
    except Invalid as refusal:
        wrong = refusal.message
    pages = max(1, -(-len(ids) // PER_PAGE))
    page = min(max(1, number_or_none(request.GET.get("page")) or 1), pages)
    rows = listed(ids[(page - 1) * PER_PAGE : page * PER_PAGE], request.today)
    context |= {
        "kind": kind,
        "wrong": wrong,
        "rows": [(row, *LIGHTS[row.light]) for row in rows],
        "first": (page - 1) * PER_PAGE,
        "found": len(ids),
        "page": page,
        "pages": pages,
        "choices": [
            (kind.fields[key].title, key, list(kind.fields[key].options.items()), asked[key])
            for key in CHOICES
            if key in kind.fields
        ],
    }
    return render(request, "rectify/_lists.html" if request.htmx else "rectify/lists.html", context)


@require_safe
def rectify_lists_export(request: HttpRequest) -> HttpResponse:
    """One of the three lists as filtered, as a spreadsheet."""
    require_right(request.actor, "item.view")
    asked = asked_of(request)
    if asked["view"] == "duty":
        groups = counted(request.actor, "unit", today=request.today, now=request.now)
        return xlsx_response("整改责任清单", COUNT_COLUMNS, count_rows(groups), NOTE)
    rows = listed(found_of(request.actor, REFS[asked["view"]], filter_of(asked)), request.today)
    if asked["view"] == "task":
        return xlsx_response("整改任务清单", TASK_COLUMNS, map(task_row, rows))
    return xlsx_response("整改问题清单", PROBLEM_COLUMNS, map(problem_row, rows))


PROBLEM_COLUMNS = [
    Column("编号", 14),
    Column("原编号", 14),
    Column("问题", 36),
    Column("来源", 14),
    Column("类别", 12),
    Column("整改类型", 12),
    Column("责任单位", 20),
    Column("核查单位", 20),
    Column("发现日期", 12),
    Column("整改期限", 12),
    Column("状态", 18),
    Column("期限情况", 10),
    Column("措施数", 8, "int"),
    Column("已核实措施", 10, "int"),
    Column("回头看日期", 12),
    Column("所属批次", 14),
]
TASK_COLUMNS = [
    Column("编号", 14),
    Column("措施", 36),
    Column("所属问题", 14),
    Column("措施类型", 12),
    Column("完成标准", 36),
    Column("责任单位", 20),
    Column("核查单位", 20),
    Column("完成期限", 12),
    Column("状态", 12),
    Column("期限情况", 10),
]


def problem_row(row: Listed) -> list[Any]:
    """One line of the list of problems."""
    shown = row.shown
    return [
        row.item.number,
        row.item.origin,
        row.item.title,
        *(shown[key] for key in ("source", "area", "kind")),
        row.lead,
        row.verify,
        shown["found_on"],
        shown["due_on"],
        row.state,
        LIGHTS[row.light][1],
        row.parts,
        row.done,
        shown["recheck_on"],
        row.above,
    ]


def task_row(row: Listed) -> list[Any]:
    """One line of the list of tasks."""
    shown = row.shown
    return [
        row.item.number,
        row.item.title,
        row.above,
        shown["kind"],
        shown["standard"],
        row.lead,
        row.verify,
        shown["due_on"],
        row.state,
        LIGHTS[row.light][1],
    ]


COUNTS = {
    "total": "问题（不含长期）",
    "due": "到期",
    "closed": "已销号",
    "closed_due": "到期已销号",
    "in_time": "按原期限销号",
    "overdue": "超期未销号",
    "late_days": "超期天数合计",
    "rechecked": "已回头看",
    "relapsed": "反弹",
    "measures_due": "到期措施",
    "measures_done": "到期已核实",
    "lasting": "长期坚持",
    "steady": "阶段性完成",
}
COUNT_COLUMNS = [Column("分组", 24), *(Column(title, 12, "int") for title in COUNTS.values())]
NOTE = "长期坚持的问题不计入完成率；完成率分别以到期问题和全部问题为分母；反弹率以已回头看的为分母。"


def count_rows(groups: Iterable[Counted]) -> list[list[Any]]:
    """Return the lines of a table of counts."""
    return [[group.title, *(getattr(group, name) for name in COUNTS)] for group in groups]


def by_of(request: HttpRequest) -> str:
    """Return the dimension asked for."""
    by = request.GET.get("by", "source")
    return by if by in BY else "source"


@require_safe
def rectify_statistics(request: HttpRequest) -> HttpResponse:
    """Counts and rates by source, unit or kind; each rate with its numerator and base."""
    require_right(request.actor, "item.view")
    by = by_of(request)
    groups = counted(request.actor, by, today=request.today, now=request.now)
    context = {"groups": groups, "by": by, "dimensions": BY, "all": groups[-1] if groups else None}
    return render(request, "rectify/statistics.html", context)


@require_safe
def rectify_statistics_export(request: HttpRequest) -> HttpResponse:
    """The counts as a spreadsheet."""
    require_right(request.actor, "item.view")
    by = by_of(request)
    groups = counted(request.actor, by, today=request.today, now=request.now)
    return xlsx_response(f"整改统计（按{BY[by]}）", COUNT_COLUMNS, count_rows(groups), NOTE)


@require_safe
def rectify_rechecks(request: HttpRequest) -> HttpResponse:
    """What is to be looked at again, by month; what is past its day first."""
    require_right(request.actor, "item.view")
    rows = rechecks_of(request.actor, request.today)
    text = request.GET.get("q", "").strip()[:50]
    rows = [row for row in rows if text in f"{row.item.number}{row.item.title}{row.lead}{row.verify}"]
    months: dict[str, list[Any]] = {}
    for row in rows:
        months.setdefault("已过日期" if row.overdue else f"{row.on:%Y年%m月}", []).append(row)
    context = {"months": months.items(), "found": len(rows), "q": text}
    return render(request, "rectify/rechecks.html", context)


@require_safe
def rectify_rechecks_export(request: HttpRequest) -> HttpResponse:
    """What is to be looked at again, as a spreadsheet."""
    require_right(request.actor, "item.view")
    columns = [
        Column("回头看日期", 12, "date"),
        Column("编号", 14),
        Column("问题", 36),
        Column("责任单位", 20),
        Column("核查单位", 20),
        Column("种类", 12),
        Column("是否已过", 10),
    ]
    rows = [
        (
            row.on,
            row.item.number,
            row.item.title,
            row.lead,
            row.verify,
            "持续检查" if row.lasting else "回头看",
            "已过" if row.overdue else "",
        )
        for row in rechecks_of(request.actor, request.today)
    ]
    return xlsx_response("回头看计划", columns, rows)


@require_safe
def rectify_notices(request: HttpRequest) -> HttpResponse:
    """The problems on public notice, with from, until and objections."""
    require_right(request.actor, "item.view")
    context = {"rows": notices_of(request.actor, request.today)}
    return render(request, "rectify/notices.html", context)


@require_safe
def rectify_notices_export(request: HttpRequest) -> HttpResponse:
    """The notices as a spreadsheet."""
    require_right(request.actor, "item.view")
    columns = [
        Column("编号", 14),
        Column("问题", 36),
        Column("责任单位", 20),
        Column("公示开始", 12, "date"),
        Column("公示截止", 12, "date"),
        Column("意见数", 8, "int"),
        Column("未答复", 8, "int"),
    ]
    rows = [
        (row.item.number, row.item.title, row.lead, row.begins, row.ends, row.objections, row.waiting)
        for row in notices_of(request.actor, request.today)
    ]
    return xlsx_response("整改公示", columns, rows)
