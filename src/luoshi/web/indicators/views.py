"""The catalogue of indicators; one indicator with its definition, comparisons, trend, units, rows, as-of."""

from __future__ import annotations

import json
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from luoshi.core.beijing import end_of_day
from luoshi.core.errors import Invalid, MissingInput, NotAllowed
from luoshi.core.periods import Period, parse_period
from luoshi.kernel.access.policy import require_right
from luoshi.kernel.access.queries import units_in_sight
from luoshi.kernel.definitions.queries import Def, definition
from luoshi.kernel.indicators.catalogue import (
    WAY_TITLES,
    Entry,
    UnitFigure,
    by_unit,
    catalogue,
    changes_in_sight,
    compared,
    default_period,
    trend,
    versions_of,
)
from luoshi.kernel.indicators.engine import (
    FigureResult,
    evaluate,
    rows_behind,
    rows_left_out,
    rows_then_and_now,
)
from luoshi.kernel.indicators.queries import indicator_card
from luoshi.kernel.org.queries import unit_get
from luoshi.kernel.reports.queries import drafts_visible
from luoshi.web.shell.export import Column, xlsx_response

PER_PAGE = 50
ADDRESSES = {"item": "item_detail", "obligation": "obligation_detail"}
ASKED = ("q", "pack", "way", "sort")
COLUMNS = (("指标", 28), ("业务", 20), ("统计对象", 28), ("算法", 10), ("单位", 10), ("代码", 28))


@require_safe
def indicator_list(request: HttpRequest) -> HttpResponse:
    """Every indicator in force, found by word, area or way of counting."""
    require_right(request.actor, "filing.view")
    every = catalogue()
    asked = _asked(request)
    page = Paginator(_found(every, asked), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "asked": asked,
        "filtered": any(asked[name] for name in ("q", "pack", "way")),
        "packs": sorted({(each.pack, each.area) for each in every}),
        "ways": WAY_TITLES.items(),
    }
    template = "indicators/_rows.html" if request.htmx else "indicators/list.html"
    return render(request, template, context)


@require_safe
def indicator_export(request: HttpRequest) -> HttpResponse:
    """The catalogue as a spreadsheet."""
    require_right(request.actor, "filing.view")
    columns = [Column(title, width) for title, width in COLUMNS]
    found = _found(catalogue(), _asked(request))
    rows = [[each.title, each.area, each.counts, each.way_title, each.unit, each.ref] for each in found]
    return xlsx_response("指标目录", columns, rows)


def _asked(request: HttpRequest) -> dict[str, str]:
    return {name: request.GET.get(name, "").strip() for name in ASKED}


def _found(every: list[Entry], asked: dict[str, str]) -> list[Entry]:
    found = [each for each in every if each.fits(asked["q"], asked["pack"], asked["way"])]
    key = asked["sort"].lstrip("-")
    if key in ("title", "area", "counts", "way"):
        found.sort(key=lambda entry: str(getattr(entry, key)), reverse=asked["sort"].startswith("-"))
    return found


@require_safe
def indicator_detail(request: HttpRequest, ref: str) -> HttpResponse:
    """One indicator over a period, of all units or one, now or as of a past day."""
    context = _context(request, ref)
    found, period, unit_ids = context["found"], context["period"], context["unit_ids"]
    at, now = context["at"], request.now
    steps = trend(ref, period, unit_ids=unit_ids, at=at, now=now)
    units = _ordered(by_unit(request.actor, ref, period, at=at, now=now), request.GET.get("sort", ""))
    own = unit_ids[0] if unit_ids else None
    context |= {
        "card": indicator_card(ref),
        "versions": versions_of(ref),
        "compared": compared(ref, period, unit_ids=unit_ids, at=at, now=now),
        "left_out": rows_left_out(ref, period, unit_ids=unit_ids, at=at, now=now),
        "rows": rows_behind(request.actor, ref, period, own, at=at, now=now),
        "trend": steps,
        "trend_json": json.dumps(_chart(found, steps), ensure_ascii=False),
        "units": Paginator(units, PER_PAGE).get_page(request.GET.get("page")),
    }
    if at is not None:
        context |= _against(request, found, period, unit_ids, at)
    return render(request, "indicators/card.html", context)


@require_safe
def indicator_units(request: HttpRequest, ref: str) -> HttpResponse:
    """The figure of every unit in sight as a spreadsheet."""
    context = _context(request, ref)
    units = by_unit(request.actor, ref, context["period"], at=context["at"], now=request.now)
    titles = ("单位", "单位编码", "数值", "分子", "分母")
    columns = [*(Column(title, 16) for title in titles), Column("计入行数", 12, "int")]
    rows = [[each.title, each.code, *_printed(each.figure), each.figure.base] for each in units]
    note = f"{context['period'].title}，{context['moment']}。"
    return xlsx_response(f"{context['found'].title}分单位", columns, rows, note=note)


def _printed(figure: FigureResult) -> list[str]:
    return [figure.text, f"{figure.num:f}", "—" if figure.den is None else f"{figure.den:f}"]


def _context(request: HttpRequest, ref: str) -> dict[str, Any]:
    """Return what an address asks for, with the figure. Raises: NotFound, NotAllowed, Invalid."""
    require_right(request.actor, "filing.view")
    found = definition("indicator", ref)
    code = request.GET.get("period", "").strip()
    period = parse_period(code) if code else default_period(found, request.today)
    every_unit = drafts_visible(request.actor)
    asked = request.GET.get("unit", "").strip() or ("" if every_unit else request.actor.unit_code)
    unit = unit_get(asked) if asked else None
    if not every_unit and (unit is None or unit.pk not in units_in_sight(request.actor, date.max)):
        raise NotAllowed(
            "该单位不在您的查看范围内。请填写本单位或下属单位的编码；已发布的数字可从通报和得分单打开。"
        )
    at_text = request.GET.get("at", "").strip()
    at = _day(at_text)
    unit_ids = [unit.pk] if unit else None
    figure, refused = _figure(ref, period, unit_ids, at, request.now)
    return {
        "found": found,
        "ref": ref,
        "period": period,
        "unit": unit,
        "unit_ids": unit_ids,
        "at": at,
        "at_text": at_text,
        "figure": figure,
        "refused": refused,
        "moment": f"截至 {at_text} 终了时的记录" if at else f"截至 {request.today} 的记录",
        "every_unit": every_unit,
    }


def _figure(
    ref: str, period: Period, unit_ids: list[int] | None, at: datetime | None, now: datetime
) -> tuple[FigureResult | None, str]:
    """Return the figure, or why it cannot be computed."""
    try:
        found = evaluate([ref], period, by_unit=False, unit_ids=unit_ids, at=at, now=now)
    except (Invalid, MissingInput) as refusal:
        return None, refusal.message
    return found[ref, None], ""


def _day(text: str) -> datetime | None:
    """Return the end of a day named as 2023-01-31. Raises: Invalid."""
    if not text:
        return None
    try:
        return end_of_day(date.fromisoformat(text))
    except ValueError:
        raise Invalid("截至日期请写作 2023-01-31；留空则按现在的记录。") from None


def _against(
    request: HttpRequest, found: Def, period: Period, unit_ids: list[int] | None, at: datetime
) -> dict[str, Any]:
    """Return the present figure beside that of a past day, and the rows that make the difference."""
    present, refused = _figure(found.ref, period, unit_ids, None, request.now)
    changes = rows_then_and_now(found.ref, period, unit_ids=unit_ids, then=at, now=request.now)
    views, others = changes_in_sight(request.actor, found, changes, at)
    rows = [(view, ADDRESSES[view.root[0]]) for view in views]
    return {"present": present, "present_refused": refused, "changes": rows, "changes_hidden": others}


def _ordered(units: list[UnitFigure], sort: str) -> list[UnitFigure]:
    """Return the units by their value with dashes last, or in their own order."""
    if sort.lstrip("-") != "value":
        return units
    known = [each for each in units if each.figure.value is not None]
    known.sort(key=lambda each: each.figure.value or Decimal(0), reverse=sort.startswith("-"))
    return known + [each for each in units if each.figure.value is None]


def _chart(found: Def, steps: list[tuple[Period, FigureResult | None]]) -> dict[str, Any]:
    """Return the trend as the chart script takes it; a dash is a gap."""
    values = [
        None if each is None or each.value is None else float(round(each.value, each.digits))
        for _, each in steps
    ]
    return {
        "kind": "line",
        "title": found.title,
        "unit": found.body["unit"],
        "categories": [period.code for period, _ in steps],
        "series": [{"name": found.title, "values": values}],
    }
