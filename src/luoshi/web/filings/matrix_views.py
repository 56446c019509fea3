"""The unit × period matrix of a form: filters, groups, totals, export."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from luoshi.kernel.access.policy import require_right
from luoshi.kernel.documents.xlsx import Column
from luoshi.kernel.filings.queries import Cell, MatrixAsked, Only, groups_of, matrix, matrix_years
from luoshi.web.filings.lights import LEGEND, cell_look
from luoshi.web.filings.periods import year_or_none
from luoshi.web.filings.tools import tools_context
from luoshi.web.shell.export import xlsx_response
from luoshi.web.shell.paging import number_or_none

WHOLE = 100_000
TIGHT_FROM, DENSE_FROM = 8, 14
ONLY = {
    Only.WAITING: "有待报",
    Only.MISSING: "有逾期未报",
    Only.LATE: "有迟报",
    Only.RETURNED: "被退回过",
    Only.NIL: "有零报告",
    Only.EXCUSED: "有免报",
}
ALL_YEARS = "all"


@dataclass(frozen=True)
class UnitLine:
    """One unit's line: what is drawn of each cell, None where nothing was owed."""

    unit: Any
    cells: list[tuple[int, str, str, int] | None]


@dataclass(frozen=True)
class UnitGroup:
    """Lines of units of one group; no title where lines are not grouped."""

    title: str
    lines: list[UnitLine]


@require_safe
def filing_matrix(request: HttpRequest, ref: str) -> HttpResponse:
    """One form as unit × period."""
    require_right(request.actor, "filing.view")
    context = matrix_context(request, ref)
    if request.htmx:
        return render(request, "filings/_matrix.html", context)
    return render(request, "filings/matrix.html", {**context, **tools_context(request, context["form"])})


@require_safe
def filing_export(request: HttpRequest, ref: str) -> HttpResponse:
    """The matrix as it is filtered, whole, as a spreadsheet."""
    require_right(request.actor, "filing.view")
    context = matrix_context(request, ref, per_page=WHOLE)
    found = context["matrix"]
    columns = [
        Column("单位编码", 14),
        Column("单位", 28),
        *(Column(each.title, 16) for each in found.periods),
    ]
    rows: list[tuple[str, ...]] = [
        (line.unit.code, line.unit.title, *(cell[2] if cell else "" for cell in line.cells))
        for group in context["groups"]
        for line in group.lines
    ]
    rows.append(("", "按时率", *(_rate_text(each.on_time_rate) for each in found.totals)))
    return xlsx_response(f"{found.form.title} 填报一览", columns, rows)


def matrix_context(request: HttpRequest, ref: str, per_page: int | None = None) -> dict[str, Any]:
    """Return the matrix as the address asks for it."""
    asked, chosen = _asked(request)
    page = number_or_none(request.GET.get("page")) or 1
    paged = {} if per_page is None else {"per_page": per_page}
    found = matrix(request.actor, ref, now=request.now, asked=asked, page=page, **paged)
    titles = dict(groups_of(request.actor, ref))
    grouped = chosen["grouped"]
    lines = [(row, UnitLine(row.unit, [_drawn(cell) for cell in row.cells])) for row in found.rows]
    return {
        "form": found.form,
        "matrix": found,
        "groups": _grouped(lines, titles) if grouped else [UnitGroup("", [line for _, line in lines])],
        "dense": len(found.periods) >= DENSE_FROM,
        "tight": len(found.periods) >= TIGHT_FROM,
        "legend": LEGEND,
        "chosen": chosen,
        "years": matrix_years(request.actor, ref),
        "branches": titles,
        "only": [(each.value, title) for each, title in ONLY.items()],
        "filtered": asked != MatrixAsked(),
    }


def _asked(request: HttpRequest) -> tuple[MatrixAsked, dict[str, str]]:
    """Read the filters of the address; what is not understood counts as not given."""
    get = request.GET.get
    year, only = get("year", ""), get("only", "")
    span: tuple[date | None, date | None] = (None, None)
    if year == ALL_YEARS:
        span = date.min, date.max
    elif period := year_or_none(year):
        span = period.start, period.end
    else:
        year = ""
    chosen = {
        "q": get("q", "").strip(),
        "year": year,
        "branch": get("branch", ""),
        "only": only if only in {each.value for each in Only} else "",
        "grouped": "1" if get("grouped") == "1" else "",
    }
    asked = MatrixAsked(
        text=chosen["q"],
        branch=chosen["branch"],
        only=Only(chosen["only"]) if chosen["only"] else None,
        start=span[0],
        end=span[1],
    )
    return asked, chosen


def _drawn(cell: Cell | None) -> tuple[int, str, str, int] | None:
    """Return (obligation id, class, word, version) of a cell."""
    if cell is None:
        return None
    tone, word = cell_look(cell.light, cell.answer, cell.due)
    return cell.obligation_id, tone, word, cell.version


def _grouped(lines: list[tuple[Any, UnitLine]], titles: dict[str, str]) -> list[UnitGroup]:
    """Return the lines by the group of the newest obligation shown; groups keep the order of their codes."""

    def branch(entry: tuple[Any, UnitLine]) -> str:
        return str(entry[0].branch)

    return [
        UnitGroup(titles.get(code, code) or "未分组", [line for _, line in found])
        for code, found in groupby(sorted(lines, key=branch), key=branch)
    ]


def _rate_text(rate: object) -> str:
    return "—" if rate is None else f"{rate}%"
