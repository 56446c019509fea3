"""How units moved over the published rounds of a scheme."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from luoshi.kernel.access.policy import require_right
from luoshi.kernel.assess.appeal_queries import history_of
from luoshi.web.assess.sheets import number
from luoshi.web.shell.export import Column, xlsx_response


@require_safe
def round_history(request: HttpRequest, ref: str) -> HttpResponse:
    """Ranks and totals of every unit, round by round."""
    require_right(request.actor, "round.view")
    history = history_of(request.actor, ref)
    asked = request.GET.get("q", "").strip()
    units = [each for each in history.units if asked in each[1]]
    return render(request, "assess/history.html", {"history": history, "units": units, "asked": asked})


@require_safe
def round_history_export(request: HttpRequest, ref: str) -> HttpResponse:
    """Ranks and totals as a spreadsheet."""
    require_right(request.actor, "round.view")
    history = history_of(request.actor, ref)
    pairs = [
        column
        for _, period in history.rounds
        for column in (
            Column(f"{period.title}总分", 12, "decimal", 2),
            Column(f"{period.title}名次", 10, "int"),
        )
    ]
    rows = [
        (
            group,
            title,
            *(
                cell
                for place in places
                for cell in ((number(place.sheet.total), place.sheet.rank) if place else (None, None))
            ),
        )
        for group, title, places in history.units
    ]
    return xlsx_response(
        f"{history.scheme.title}历次", [Column("组别", 16), Column("单位", 24), *pairs], rows
    )
