"""What waits for the reader over all types of items: a list to filter, sort, print and export."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from luoshi.core.beijing import local_day
from luoshi.kernel.access.policy import require_right
from luoshi.kernel.documents.xlsx import Column
from luoshi.kernel.items.mine import clocks_first, items_mine
from luoshi.kernel.items.policy import RIGHT
from luoshi.kernel.items.queries import ItemRow, rows_of, type_by_id
from luoshi.web.items.views import TONES
from luoshi.web.shell.export import xlsx_response
from luoshi.web.shell.paging import number_or_none

PER_PAGE = 50
MOST = 2000
SORTS = {"due": "按期限", "entered": "按进入时间", "type": "按类型"}


@dataclass(frozen=True)
class Mine:
    """One line: an item, its type, and when its first open clock runs out."""

    row: ItemRow
    type_ref: str
    type_title: str
    due: datetime | None
    late: bool


@require_safe
def item_mine(request: HttpRequest) -> HttpResponse:
    """The items whose next move is the reader's, the earliest due first."""
    require_right(request.actor, RIGHT)
    asked = asked_of(request)
    every = mine_of(request)
    found = narrowed(every, asked)
    pages = max(1, -(-len(found) // PER_PAGE))
    page = min(max(1, number_or_none(request.GET.get("page")) or 1), pages)
    context = {
        "rows": found[(page - 1) * PER_PAGE : page * PER_PAGE],
        "found": len(found),
        "late": sum(each.late for each in found),
        "page": page,
        "pages": pages,
        "asked": asked,
        "filtered": bool(asked["q"] or asked["type"] or asked["late"]),
        "types": sorted({(each.type_ref, each.type_title) for each in every}),
        "sorts": SORTS.items(),
        "tones": TONES,
        "more": len(every) >= MOST,
        "most": MOST,
    }
    return render(request, "items/_mine.html" if request.htmx else "items/mine.html", context)


@require_safe
def item_mine_export(request: HttpRequest) -> HttpResponse:
    """The same as .xlsx."""
    require_right(request.actor, RIGHT)
    columns = [
        Column("编号", 16),
        Column("事由", 36),
        Column("类型", 16),
        Column("状态", 12),
        Column("主办单位", 18),
        Column("进入本状态", 12, "date"),
        Column("期限", 12, "date"),
        Column("逾期", 8),
    ]
    rows = [
        (
            each.row.number,
            each.row.title,
            each.type_title,
            each.row.state_title,
            each.row.lead,
            local_day(each.row.entered_at),
            local_day(each.due) if each.due else None,
            "逾期" if each.late else "",
        )
        for each in narrowed(mine_of(request), asked_of(request))
    ]
    return xlsx_response("我的事项", columns, rows)


def asked_of(request: HttpRequest) -> dict[str, str]:
    """Return the filters of the address."""
    asked = {name: request.GET.get(name, "").strip() for name in ("q", "type", "late", "sort")}
    return asked | {"sort": asked["sort"] if asked["sort"] in SORTS else "due"}


def mine_of(request: HttpRequest) -> list[Mine]:
    """Return all that waits, at most 2,000, those waiting longest."""
    items: list[Any] = list(items_mine(request.actor, request.now)[:MOST])
    kinds = {item.pk: type_by_id(item.definition_id) for item in items}
    first = clocks_first(list(kinds))
    return [
        Mine(
            row=row,
            type_ref=kinds[row.id].ref,
            type_title=kinds[row.id].title,
            due=first[row.id].bound_at if row.id in first else None,
            late=row.id in first and first[row.id].bound_at < request.now,
        )
        for row in rows_of(list(kinds))
    ]


def narrowed(every: list[Mine], asked: dict[str, str]) -> list[Mine]:
    """Return the lines that the filters let through, sorted; what has no date comes last."""
    found = [
        each
        for each in every
        if asked["q"] in each.row.number + each.row.title
        and asked["type"] in ("", each.type_ref)
        and (each.late or not asked["late"])
    ]
    if asked["sort"] == "type":
        return sorted(found, key=lambda each: (each.type_title, each.row.number))
    if asked["sort"] == "entered":
        return found
    return sorted(found, key=lambda each: (each.due is None, each.due or each.row.entered_at))
