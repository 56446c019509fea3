"""The card of one figure: its definition in words, its parts, and the rows it counts."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from luoshi.core.errors import Invalid
from luoshi.core.periods import parse_period
from luoshi.kernel.access.policy import require_right
from luoshi.kernel.indicators.engine import evaluate, rows_behind
from luoshi.kernel.indicators.queries import indicator_card
from luoshi.kernel.org.queries import unit_get
from luoshi.kernel.reports.queries import require_figure


@require_safe
def figure(request: HttpRequest, ref: str) -> HttpResponse:
    """An indicator over a period, of all units or of one."""
    require_right(request.actor, "filing.view")
    code = request.GET.get("period", "")
    if not code:
        raise Invalid("请指明期间，如 ?period=2023-01..2023-04。")
    period = parse_period(code)
    unit = unit_get(request.GET["unit"]) if request.GET.get("unit") else None
    require_figure(request.actor, ref, period, unit.pk if unit else None)
    unit_ids = [unit.pk] if unit else None
    found = evaluate([ref], period, by_unit=False, unit_ids=unit_ids)[ref, None]
    context = {
        "card": indicator_card(ref),
        "figure": found,
        "unit": unit,
        "period": period,
        "rows": rows_behind(request.actor, ref, period, unit.pk if unit else None),
    }
    template = "filings/_figure.html" if request.htmx else "filings/figure.html"
    return render(request, template, context)
