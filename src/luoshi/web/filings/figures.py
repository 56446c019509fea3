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
    """An indicator over a period, of all units or of one, by the newest definition or that of a version."""
    require_right(request.actor, "filing.view")
    code = request.GET.get("period", "")
    if not code:
        raise Invalid("请指明期间，如 ?period=2023-01..2023-04。")
    period = parse_period(code)
    unit = unit_get(request.GET["unit"]) if request.GET.get("unit") else None
    version = version_asked(request.GET.get("version", ""))
    versions = None if version is None else {ref.partition(".")[0]: version}
    require_figure(request.actor, ref, period, unit.pk if unit else None)
    unit_ids = [unit.pk] if unit else None
    found = evaluate([ref], period, by_unit=False, unit_ids=unit_ids, now=request.now, versions=versions)[
        ref, None
    ]
    context = {
        "card": indicator_card(ref, version),
        "figure": found,
        "unit": unit,
        "period": period,
        "frozen": version is not None,
        "rows": rows_behind(
            request.actor, ref, period, unit.pk if unit else None, now=request.now, version=version
        ),
    }
    template = "filings/_figure.html" if request.htmx else "filings/figure.html"
    return render(request, template, context)


def version_asked(text: str) -> int | None:
    """Return the pack version whose definition is meant; None: the newest. Raises: Invalid."""
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and 0 < int(text) < 10**6):
        raise Invalid("版本应为正整数，如 version=2；不写则按现行定义。")
    return int(text)
