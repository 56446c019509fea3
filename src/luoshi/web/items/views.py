"""Reading items: the list with filters, the board by stage, one item with its timeline, the export."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from luoshi.core.beijing import local_day
from luoshi.core.errors import Invalid
from luoshi.kernel.access.policy import require_right
from luoshi.kernel.documents.xlsx import Column
from luoshi.kernel.items.filters import Filter, filter_read, names_of
from luoshi.kernel.items.intake import imports_open
from luoshi.kernel.items.lights import LIGHT_TITLES, ClockLight
from luoshi.kernel.items.ordering import SORT_TITLES, Sort, ordered
from luoshi.kernel.items.policy import may, standing_of
from luoshi.kernel.items.queries import (
    COUNTED,
    ItemPage,
    filters_of,
    items_filtered,
    items_page,
    rows_of,
    stage_counts,
    type_def,
)
from luoshi.kernel.items.schema import CREATE, STAGE_TITLES, Stage
from luoshi.kernel.items.types import ItemType
from luoshi.web.items.panels import tools_of
from luoshi.web.shell.export import xlsx_response
from luoshi.web.shell.paging import number_or_none
from luoshi.web.shell.posting import request_key

TONES: Mapping[str, str] = {
    "intake": "",
    "assigned": "warn",
    "working": "doing",
    "waiting": "warn",
    "verifying": "doing",
    "done": "ok",
    "void": "",
}
LIGHTS: Mapping[str, str] = {
    ClockLight.RED: "bad",
    ClockLight.YELLOW: "warn",
    ClockLight.BLUE: "doing",
    ClockLight.WHITE: "",
    ClockLight.PAUSED: "held",
    ClockLight.GREEN: "ok",
    ClockLight.LATE: "late",
}
MOST_EXPORTED = 10_000
BATCH = 500
ON_BOARD = 20
LISTED_FIELDS = 3


def read_asked(request: HttpRequest, kind: ItemType) -> tuple[str, Filter, str]:
    """Return the text of the filter, what it asks, and what is wrong with it: then it asks nothing."""
    text = " ".join(request.GET.get("q", "").split())
    for name, known in (("state", kind.states), ("light", LIGHT_TITLES)):
        chosen = request.GET.get(name, "")
        if chosen in known and f"{name}:{chosen}" not in text.split():
            text = f"{text} {name}:{chosen}".strip()
    try:
        return text, filter_read(kind, text), ""
    except Invalid as refusal:
        return text, Filter((), ()), refusal.message


def sorts_of(kind: ItemType) -> dict[Sort, str]:
    """Return the orders a list of a type can stand in; without clocks nothing is ever due."""
    return {sort: title for sort, title in SORT_TITLES.items() if sort is not Sort.DUE or kind.clocks}


def read_sort(request: HttpRequest, kind: ItemType) -> Sort:
    """Return the order asked for, the newest first when it is none of them."""
    known = sorts_of(kind)
    return next((sort for sort in known if sort.value == request.GET.get("sort")), Sort.NEWEST)


@require_safe
def item_list(request: HttpRequest, ref: str) -> HttpResponse:
    """The items of a type, the newest first; several can be moved at once."""
    require_right(request.actor, "item.view")
    kind = type_def(ref)
    kept = opening_filter(request, kind)
    if kept is not None:
        return redirect(f"{reverse('item_list', args=[kind.ref])}?{urlencode({'q': kept})}")
    context = list_context(request, kind)
    return render(request, "items/_list.html" if request.htmx else "items/list.html", context)


def opening_filter(request: HttpRequest, kind: ItemType) -> str | None:
    """Return the filter that the reader made the default, when the list is opened without any condition."""
    if request.GET:
        return None
    return next((each.text for each in filters_of(request.actor, kind.ref) if each.default), None)


def list_context(request: HttpRequest, kind: ItemType) -> dict[str, Any]:
    """Return everything the list shows."""
    text, asked, wrong = read_asked(request, kind)
    before, after = (number_or_none(request.GET.get(name)) for name in ("before", "after"))
    page, sort = ItemPage((), None, None, 0), read_sort(request, kind)
    if not wrong:
        page = items_page(request.actor, kind, asked, before=before, after=after, sort=sort, now=request.now)
    states = asked.asks("state")
    bulk = []
    if len(states) == 1:
        standing = standing_of(kind, (), request.today)
        bulk = [
            move
            for move in kind.moves_from(states[0])
            if not move.apart and may(request.actor, move.by, standing)
        ]
    creates = may(request.actor, kind.moves[CREATE].by, standing_of(kind, (), request.today))
    return {
        "kind": kind,
        "q": text,
        "wrong": wrong,
        "page": page,
        "tones": TONES,
        "counted": COUNTED,
        "fields": kind.facts[:LISTED_FIELDS],
        "clocked": bool(kind.clocks),
        "lights": LIGHTS,
        "light_titles": LIGHT_TITLES.items(),
        "sorts": [(each.value, title, each is sort) for each, title in sorts_of(kind).items()],
        "names": names_of(kind).items(),
        "saved": filters_of(request.actor, kind.ref),
        "bulk": bulk,
        "creates": creates,
        "imports": creates and imports_open(kind),
        "tools": tools_of(request, kind),
        "key": request_key(),
    }


@require_safe
def item_board(request: HttpRequest, ref: str) -> HttpResponse:
    """The items of a type in a column for each stage, the newest on top."""
    require_right(request.actor, "item.view")
    kind = type_def(ref)
    text, asked, wrong = read_asked(request, kind)
    facts = items_filtered(request.actor, kind, asked, request.now)
    counts = stage_counts(facts)
    used = {state.stage for state in kind.states.values()}
    columns = []
    for stage in Stage:
        if stage not in used:
            continue
        ids = list(facts.filter(stage=stage.value).values_list("item_id", flat=True)[:ON_BOARD])
        columns.append((stage.value, STAGE_TITLES[stage], counts[stage.value], rows_of(ids, request.now)))
    context = {
        "kind": kind,
        "q": text,
        "wrong": wrong,
        "columns": columns,
        "counted": COUNTED,
        "tones": TONES,
        "lights": LIGHTS,
    }
    return render(request, "items/board.html", context)


@require_safe
def item_export(request: HttpRequest, ref: str) -> HttpResponse:
    """The items a filter finds as .xlsx, at most 10,000, without personal fields."""
    require_right(request.actor, "item.view")
    kind = type_def(ref)
    text, asked, wrong = read_asked(request, kind)
    if wrong:
        raise Invalid(wrong)
    fields = [field for field in kind.fields.values() if not field.pii]
    columns = [
        Column("编号", 16),
        Column("事由", 36),
        Column("状态", 12),
        Column("主办单位", 18),
        *((Column("到期", 12, "date"), Column("时限", 10)) if kind.clocks else ()),
        Column("登记日期", 12, "date"),
        *(Column(field.title, 18) for field in fields),
    ]
    sort = read_sort(request, kind)
    facts = items_filtered(request.actor, kind, asked, request.now)
    ids = list(ordered(facts, sort, request.now).ids(None, back=False)[: MOST_EXPORTED + 1])
    listed = ids[:MOST_EXPORTED]
    note = f"筛选条件：{text or '全部'}；{SORT_TITLES[sort]}；共 {len(listed)} 件；"
    note += f"导出时间 {timezone.localtime(request.now):%Y-%m-%d %H:%M}"
    if len(ids) > MOST_EXPORTED:
        note += f"；符合条件的超过 {MOST_EXPORTED} 件，只列前 {MOST_EXPORTED} 件，请缩小范围分次导出"
    rows = exported(listed, fields, bool(kind.clocks), request.now)
    return xlsx_response(kind.title, columns, rows, note)


def exported(ids: list[int], fields: list[Any], clocked: bool, now: datetime) -> Iterator[list[Any]]:
    """Yield the lines of an export."""
    for start in range(0, len(ids), BATCH):
        for row in rows_of(ids[start : start + BATCH], now):
            clock = row.clock
            yield [
                row.number,
                row.title,
                row.state_title,
                row.lead,
                *((clock.due_on if clock else None, clock.word if clock else "") if clocked else ()),
                local_day(row.created_at),
                *(row.shown.get(field.key, "") for field in fields),
            ]
