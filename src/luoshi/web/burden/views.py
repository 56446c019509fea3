"""Burden of units by month, and its mirror: who issues the forms."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from luoshi.kernel.access.policy import require_right
from luoshi.kernel.documents.xlsx import Column, Sheet, write_xlsx
from luoshi.kernel.filings.burden import (
    NOTHING,
    Load,
    UnitLoad,
    burden_by_form,
    burden_rows,
    months_of,
    saved_named,
    unit_in_sight,
    years_with_filings,
)
from luoshi.kernel.filings.mirror import issuers
from luoshi.web.shell.export import XLSX, download
from luoshi.web.shell.paging import number_or_none

STEPS = 4
PER_PAGE = 100
TOP = 20


@dataclass(frozen=True)
class Measure:
    """What the map of months shows of a load. ``unit``: of measure; ``digits`` of decimals."""

    key: str
    title: str
    unit: str

    def of(self, load: Load) -> int:
        """Return the number of a load."""
        return getattr(load, self.key)


MEASURES = (
    Measure("minutes", "预计用时", "分钟"),
    Measure("issued", "应报份数", "份"),
    Measure("typed", "手工录入项", "项"),
    Measure("saved", "免录项", "项"),
    Measure("clustered", "扎堆截止", "份"),
    Measure("notices", "收到通知", "条"),
)


@require_safe
def burden_page(request: HttpRequest) -> HttpResponse:
    """The map of units and months, the year beside the one before, and the issuers in order."""
    require_right(request.actor, "filing.view")
    context = burden_context(request)
    first, last = year_of(context["year"])
    totals = [sum_of(context["every"], month) for month in context["months"]]
    before = burden_rows(request.actor, first=first.replace(year=first.year - 1), last=same_day(last))
    earlier = [sum_of(before, month - 100) for month in context["months"]]
    context |= {
        "total": sum(totals, NOTHING),
        "before": sum(earlier, NOTHING),
        "issuers": issuers(request.actor, first=first, last=last),
        "trend": (trend := trend_of(context, totals, earlier)),
        "trend_json": json.dumps(trend, ensure_ascii=False),
        "trend_rows": list(zip(context["month_titles"], totals, earlier, strict=True)),
    }
    return render(request, "burden/burden.html", context)


def burden_context(request: HttpRequest) -> dict[str, Any]:
    """Return the map as the address asks for it."""
    years = years_with_filings(request.actor) or [request.today.year]
    year = number_or_none(request.GET.get("year"))
    year = (
        year
        if year in years
        else max((each for each in years if each <= request.today.year), default=years[0])
    )
    measure = next((each for each in MEASURES if each.key == request.GET.get("m")), MEASURES[0])
    text = request.GET.get("q", "").strip()
    first, last = year_of(year)
    every = burden_rows(request.actor, first=first, last=last)
    found = [row for row in every if not text or text in row.unit.title or text in row.unit.code]
    pages = max(1, -(-len(found) // PER_PAGE))
    page = min(max(1, number_or_none(request.GET.get("page")) or 1), pages)
    months = months_of(first, last)
    most = max((measure.of(load) for row in every for load in row.months.values()), default=0)
    return {
        "year": year,
        "years": years,
        "measure": measure,
        "measures": MEASURES,
        "q": text,
        "every": every,
        "months": months,
        "month_titles": [f"{month % 100}月" for month in months],
        "rows": [
            row_of(row, months, measure, most) for row in found[(page - 1) * PER_PAGE : page * PER_PAGE]
        ],
        "legend": legend_of(most),
        "found": len(found),
        "page": page,
        "pages": pages,
    }


def year_of(year: int) -> tuple[date, date]:
    """Return the first and last day of a year."""
    return date(year, 1, 1), date(year, 12, 31)


def same_day(day: date) -> date:
    """Return the last day of the year before."""
    return day.replace(year=day.year - 1)


def sum_of(rows: list[UnitLoad], month: int) -> Load:
    """Return the load of all units in a month."""
    return sum((row.months.get(month, NOTHING) for row in rows), NOTHING)


def row_of(row: UnitLoad, months: list[int], measure: Measure, most: int) -> tuple[Any, ...]:
    """Return a unit with (value, depth of colour) or None for each month, and its total."""
    cells = [
        (measure.of(row.months[month]), depth_of(measure.of(row.months[month]), most))
        if month in row.months
        else None
        for month in months
    ]
    return row.unit, cells, measure.of(row.total)


def depth_of(value: int, most: int) -> int:
    """Return 0 for nothing, else 1 to 4 by the quarter of the largest value that a value lies in.

    >>> [depth_of(value, 20) for value in (0, 1, 5, 6, 20)]
    [0, 1, 1, 2, 4]
    """
    return -(-STEPS * value // most) if value and most else 0


def legend_of(most: int) -> list[tuple[int, str]]:
    """Return (depth, up to which value) of each depth of colour."""
    return (
        [(step, f"≤ {number(Decimal(most) * step / STEPS)}") for step in range(1, STEPS + 1)] if most else []
    )


def number(value: Decimal) -> str:
    """Return a number with at most one decimal.

    >>> number(Decimal("2.50")), number(Decimal(3))
    ('2.5', '3')
    """
    return f"{value:.1f}".removesuffix(".0")


def trend_of(context: dict[str, Any], now: list[Load], before: list[Load]) -> dict[str, Any]:
    """Return the chart of a year beside the one before, open after the last month with anything."""
    measure, year = context["measure"], context["year"]
    reached = max((place for place, load in enumerate(now, start=1) if load.issued), default=0)
    series = [(f"{year}年", now, reached), (f"{year - 1}年", before, len(before))]
    return {
        "kind": "line",
        "title": measure.title,
        "unit": measure.unit,
        "categories": context["month_titles"],
        "series": [
            {
                "name": name,
                "values": [measure.of(load) if place < known else None for place, load in enumerate(loads)],
            }
            for name, loads, known in series
            if any(load.issued for load in loads)
        ],
    }


@require_safe
def burden_unit(request: HttpRequest, code: str) -> HttpResponse:
    """One unit: its forms, its months, and what it did not have to type again."""
    require_right(request.actor, "filing.view")
    unit = unit_in_sight(request.actor, code)
    years = years_with_filings(request.actor) or [request.today.year]
    year = number_or_none(request.GET.get("year"))
    year = year if year in years else min(years[0], max(request.today.year, years[-1]))
    first, last = year_of(year)
    rows = burden_rows(request.actor, first=first, last=last)
    load = next((row for row in rows if row.unit.pk == unit.pk), UnitLoad(unit, {}))
    saved = saved_named(request.actor, unit.pk, first=first, last=last)
    context = {
        "unit": unit,
        "year": year,
        "years": years,
        "total": load.total,
        "months": [(f"{month % 100}月", load.months.get(month)) for month in months_of(first, last)],
        "forms": burden_by_form(request.actor, unit.pk, first=first, last=last),
        "saved": saved[:TOP],
        "saved_count": len(saved),
    }
    return render(request, "burden/_unit.html" if request.htmx else "burden/unit.html", context)


@require_safe
def burden_export(request: HttpRequest) -> HttpResponse:
    """Every unit and month of the year with all measures, and the issuers, as a spreadsheet."""
    require_right(request.actor, "filing.view")
    context = burden_context(request)
    first, last = year_of(context["year"])
    load_columns = [
        Column("应报份数", 10, "int"),
        Column("已报份数", 10, "int"),
        Column("预计分钟", 10, "int"),
        Column("填写项", 10, "int"),
        Column("手工录入项", 12, "int"),
        Column("免录项", 10, "int"),
        Column("扎堆截止", 10, "int"),
        Column("收到通知", 10, "int"),
    ]
    units = Sheet(
        title="各单位各月",
        columns=[Column("单位编码", 14), Column("单位", 28), Column("月份", 10), *load_columns],
        rows=[
            (row.unit.code, row.unit.title, f"{month // 100}-{month % 100:02}", *numbers(row.months[month]))
            for row in context["every"]
            for month in sorted(row.months)
        ],
        note=f"{context['year']}年，按期间末月计；预计分钟按准入登记的预计用时计，不用于评价单位",
    )
    caused = Sheet(
        title="发文单位",
        columns=[
            Column("次序", 8, "int"),
            Column("责任单位", 28),
            Column("表单", 40),
            Column("涉及单位", 10, "int"),
            *load_columns,
        ],
        rows=[
            (each.rank, each.title, "、".join(each.forms), each.units, *numbers(each.load))
            for each in issuers(request.actor, first=first, last=last)
        ],
        note="按预计用时从多到少；只排发文单位，不排填报单位",
    )
    return download(write_xlsx([units, caused]), f"{context['year']}年基层负担.xlsx", XLSX)


def numbers(load: Load) -> tuple[int, ...]:
    """Return the cells of a load."""
    return (
        load.issued,
        load.answered,
        load.minutes,
        load.given,
        load.typed,
        load.saved,
        load.clustered,
        load.notices,
    )
