"""Counts and rates of obligations: by unit, period, kind or group; every number opens what it counts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from luoshi.core.periods import parse_period
from luoshi.kernel.access.policy import require_right
from luoshi.kernel.documents.xlsx import Column
from luoshi.kernel.filings.queries import (
    Asked,
    By,
    Counts,
    counts,
    forms_visible,
    groups_of,
    median_days_before_due,
)
from luoshi.kernel.org.kinds import KINDS
from luoshi.kernel.org.queries import units_named
from luoshi.web.filings.periods import year_or_none
from luoshi.web.shell.export import xlsx_response

PER_PAGE = 100
GROUPINGS: Mapping[By, str] = {
    By.UNIT: "单位",
    By.PERIOD: "期间",
    By.BRANCH: "分组",
    By.KIND: "单位类别",
}


@dataclass(frozen=True)
class Measure:
    """One column: its title, how it is read off a line, its unit, and what the matrix shows for it."""

    key: str
    title: str
    read: Callable[[Line], int | Decimal | None]
    unit: str = ""
    only: str = ""
    narrow: bool = True
    kind: str = "int"
    digits: int = 0

    def text(self, line: Line) -> str:
        """Return the number as it is shown; a dash where there is none."""
        value = self.read(line)
        return "—" if value is None else f"{value}{self.unit}"


@dataclass(frozen=True)
class Line:
    """One line: what is counted apart, its counts, and how many days before due answers came, the median."""

    title: str
    code: str
    counts: Counts
    median: Decimal | None
    address: str

    def column(self, key: str) -> int | Decimal | None:
        """Return the number of a column."""
        return MEASURES[key].read(self)


def _rate(key: str, title: str, read: Callable[[Line], Decimal | None], *, narrow: bool = True) -> Measure:
    return Measure(key, title, read, unit="%", narrow=narrow, kind="percent", digits=2)


MEASURES: Mapping[str, Measure] = {
    measure.key: measure
    for measure in (
        Measure("opened", "应报", lambda line: line.counts.opened, narrow=False),
        Measure("excused", "免报", lambda line: line.counts.excused, only="excused"),
        Measure("due", "已到期", lambda line: line.counts.due),
        Measure("on_time", "按时", lambda line: line.counts.on_time, narrow=False),
        Measure("late", "迟报", lambda line: line.counts.late, only="late", narrow=False),
        Measure("missing", "逾期未报", lambda line: line.counts.missing, only="missing", narrow=False),
        Measure("nil", "零报告", lambda line: line.counts.nil, only="nil"),
        Measure("returned", "被退回", lambda line: line.counts.returned, only="returned"),
        _rate("on_time_rate", "按时率", lambda line: line.counts.on_time_rate, narrow=False),
        _rate("first_pass_rate", "一次通过率", lambda line: line.counts.first_pass_rate),
        Measure("median", "提前天数（中位）", lambda line: line.median, kind="decimal", digits=1),
    )
}


@require_safe
def statistics_page(request: HttpRequest) -> HttpResponse:
    """The table; each count leads to the matrix that shows what it counts."""
    require_right(request.actor, "filing.view")
    context = statistics_context(request)
    page = Paginator(context["lines"], PER_PAGE).get_page(request.GET.get("page"))
    context |= {"page": page, "rows": [(line, _cells(line)) for line in page]}
    if request.htmx:
        return render(request, "filings/_statistics.html", context)
    return render(request, "filings/statistics.html", context)


@require_safe
def statistics_export(request: HttpRequest) -> HttpResponse:
    """The whole table as a spreadsheet, numbers as numbers."""
    require_right(request.actor, "filing.view")
    context = statistics_context(request)
    columns = [
        Column(context["by_title"], 28),
        *(Column(each.title, 14, each.kind, each.digits) for each in MEASURES.values()),
    ]
    lines = [*context["lines"], context["total"]]
    rows = [[line.title, *(each.read(line) for each in MEASURES.values())] for line in lines]
    return xlsx_response("填报统计", columns, rows, note=context["base"])


def statistics_context(request: HttpRequest) -> dict[str, Any]:
    """Return the statistics as the address asks for them; what is not understood counts as not given."""
    forms = {card.form.ref: card.form.title for card in forms_visible(request.actor) if card.opened}
    chosen, asked, by = _chosen(request, forms)
    apart = counts(request.actor, by=by, at=request.now, asked=asked)
    medians = median_days_before_due(request.actor, by=by, asked=asked)
    whole = median_days_before_due(request.actor, by=By.ALL, asked=asked)
    named = _names(request, by, [key[0] for key in apart])
    lines = [_line(key, found, medians.get(key), named, chosen, by) for key, found in apart.items()]
    total = Line("合计", "", sum(apart.values(), Counts()), whole.get(()), "")
    scope = forms.get(chosen["form"], "全部表单")
    return {
        "lines": _sorted(lines, chosen, by),
        "total": total,
        "total_cells": [(each.text(total), each.narrow) for each in MEASURES.values()],
        "measures": list(MEASURES.values()),
        "forms": forms,
        "groupings": [(each.value, title) for each, title in GROUPINGS.items()],
        "by_title": GROUPINGS[by],
        "chosen": chosen,
        "base": f"{scope}，截至 {request.today}。按时率＝按时÷已到期；已到期不含免报和未到期的；"
        "一次通过率＝首次审核即通过÷已审核。",
    }


def _chosen(request: HttpRequest, forms: Mapping[str, str]) -> tuple[dict[str, str], Asked, By]:
    get = request.GET.get
    year = year_or_none(get("year", "").strip())
    by = By(get("by")) if get("by") in set(GROUPINGS) else By.UNIT
    chosen = {
        "form": get("form", "") if get("form") in forms else "",
        "year": year.code if year else "",
        "by": by.value,
        "sort": get("sort", "") if get("sort", "").lstrip("-") in MEASURES else "",
    }
    asked = Asked(
        form_ref=chosen["form"] or None,
        start=year.start if year else None,
        end=year.end if year else None,
    )
    return chosen, asked, by


def _names(request: HttpRequest, by: By, keys: list[Any]) -> Mapping[Any, tuple[str, str]]:
    """Return (title, code) for each key of what is counted apart."""
    match by:
        case By.UNIT:
            return {unit.pk: (unit.title, unit.code) for unit in units_named(keys)}
        case By.PERIOD:
            return {key: (parse_period(key).title, key) for key in keys}
        case By.BRANCH:
            return {code: (title, code) for code, title in groups_of(request.actor)}
    return {key: (KINDS.get(key, key), key) for key in keys}


def _line(
    key: tuple[Any, ...],
    found: Counts,
    median: Decimal | None,
    named: Mapping[Any, tuple[str, str]],
    chosen: Mapping[str, str],
    by: By,
) -> Line:
    title, code = named.get(key[0], (str(key[0]) or "未分组", str(key[0])))
    return Line(title, code, found, median, _matrix_address(chosen, by, code))


def _matrix_address(chosen: Mapping[str, str], by: By, code: str) -> str:
    """Return the address of the matrix of what a line counts; empty where one matrix cannot show it."""
    if not chosen["form"] or by not in (By.UNIT, By.BRANCH):
        return ""
    asked = {"q" if by is By.UNIT else "branch": code, "year": chosen["year"] or "all"}
    return f"{reverse('filing_matrix', args=[chosen['form']])}?{urlencode(asked)}"


def _cells(line: Line) -> list[tuple[Measure, str, str]]:
    """Return (column, text, address) of a line; the address is empty where there is nothing to open."""
    return [(each, each.text(line), _opens(line, each)) for each in MEASURES.values()]


def _opens(line: Line, measure: Measure) -> str:
    value = measure.read(line)
    if not line.address or not isinstance(value, int) or not value:
        return ""
    return f"{line.address}&only={measure.only}" if measure.only else line.address


def _sorted(lines: list[Line], chosen: Mapping[str, str], by: By) -> list[Line]:
    """Return lines in the order asked for: by a column with dashes last, else by code or period."""
    asked = chosen["sort"]
    if not asked:
        if by is By.PERIOD:
            return sorted(lines, key=lambda line: (parse_period(line.code).start, line.code))
        return sorted(lines, key=lambda line: line.code)
    key, down = asked.lstrip("-"), asked.startswith("-")
    known = [line for line in lines if line.column(key) is not None]
    known.sort(key=lambda line: (line.column(key), line.code), reverse=down)
    return known + [line for line in lines if line.column(key) is None]
