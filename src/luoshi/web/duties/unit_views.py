"""What units hold: all of them in one table, one unit's "1+X" page, and the items that a unit reviews."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from luoshi.core.lights import Light
from luoshi.domains.duties.queries import (
    Kind,
    held_by_all_visible,
    held_visible,
    items_under_review,
)
from luoshi.domains.duties.status import open_lights, standings
from luoshi.kernel.access.policy import require_right
from luoshi.kernel.discuss.queries import faq_counts
from luoshi.kernel.documents.xlsx import Column
from luoshi.kernel.org.queries import unit_get, units_on
from luoshi.web.duties.words import (
    KINDS,
    form_limits,
    form_titles,
    holders_words,
    limit_words,
    line_of,
    state_cell,
)
from luoshi.web.org.views import day_asked
from luoshi.web.shell.export import xlsx_response
from luoshi.web.shell.paging import number_or_none

PER_PAGE = 50


@require_safe
def duty_units(request: HttpRequest) -> HttpResponse:
    """Every unit in sight with how much it holds."""
    require_right(request.actor, "list.view")
    context = units_context(request)
    return render(request, "duties/_units.html" if request.htmx else "duties/units.html", context)


def units_context(request: HttpRequest, per_page: int = PER_PAGE) -> dict[str, Any]:
    """Return the units as the address asks for them."""
    text = request.GET.get("q", "").strip()
    page = number_or_none(request.GET.get("page")) or 1
    titles = dict(units_on(request.today).values_list("code", "title"))
    held = [each for each in held_by_all_visible(request.actor, request.today) if each.items]
    named = [
        each
        for each in held
        if text.casefold() in f"{titles.get(each.unit_code, '')} {each.unit_code}".casefold()
    ]
    refs = {item.form_ref for each in held for item in each.items if item.form_ref}
    lights = open_lights(request.actor, refs, request.now)
    pages = max(1, -(-len(named) // per_page))
    page = min(page, pages)
    rows = [
        (
            each,
            titles.get(each.unit_code, each.unit_code),
            *(len(each.of_kind(kind)) for kind, _ in KINDS),
            lights.get(each.unit_id, {}).get(Light.RED, 0),
            sum(lights.get(each.unit_id, {}).get(light, 0) for light in (Light.YELLOW, Light.BLUE)),
        )
        for each in named[(page - 1) * per_page : page * per_page]
    ]
    return {"rows": rows, "q": text, "total": len(named), "page": page, "pages": pages}


@require_safe
def duty_units_export(request: HttpRequest) -> HttpResponse:
    """The units as a spreadsheet."""
    require_right(request.actor, "list.view")
    columns = [
        Column("单位编码", 14),
        Column("单位", 28),
        *(Column(title, 12, "int") for _, title in KINDS),
        Column("逾期未报", 12, "int"),
        Column("临近未报", 12, "int"),
    ]
    rows = [(row[0].unit_code, *row[1:]) for row in units_context(request, 100_000)["rows"]]
    return xlsx_response(f"各单位责任清单 {request.today.isoformat()}", columns, rows)


@require_safe
def duty_unit(request: HttpRequest, code: str) -> HttpResponse:
    """What a unit holds on a day: aspect, requirement, who, by when, how far."""
    return render(request, "duties/unit.html", unit_context(request, code))


def unit_context(request: HttpRequest, code: str) -> dict[str, Any]:
    """Return the list of a unit; how far it is is told for today only."""
    require_right(request.actor, "list.view")
    unit, on = unit_get(code), day_asked(request)
    held = held_visible(request.actor, unit.pk, on)
    forms, limits = form_titles(), form_limits()
    faqs = faq_counts(request.actor, "form", {item.form_ref for item in held.items if item.form_ref})
    found = standings(request.actor, held, request.now)
    sections = []
    for kind, title in KINDS:
        lines = [line_of(item, found[item.item_id], forms, limits, faqs) for item in held.of_kind(kind)]
        if lines:
            sections.append((kind, title, _by_aspect(lines), len(lines)))
    lists = {(item.list_id, item.list_title, item.version): None for item in held.items}
    return {
        "unit": unit,
        "on": on,
        "past": on != request.today,
        "held": held,
        "sections": sections,
        "lists": list(lists),
        "negative": Kind.NEGATIVE.value,
    }


def _by_aspect(lines: list[Any]) -> list[tuple[str, list[Any]]]:
    """Return the lines under their aspects, both in the order of the list."""
    found: dict[str, list[Any]] = {}
    for line in lines:
        found.setdefault(line.item.aspect, []).append(line)
    return list(found.items())


@require_safe
def duty_unit_sheet(request: HttpRequest, code: str) -> HttpResponse:
    """The same on one sheet of paper."""
    return render(request, "duties/sheet.html", unit_context(request, code))


@require_safe
def duty_unit_export(request: HttpRequest, code: str) -> HttpResponse:
    """The same as a spreadsheet."""
    context = unit_context(request, code)
    columns = [
        Column("清单", 12),
        Column("编码", 8),
        Column("方面", 14),
        Column("要求", 44),
        Column("责任人", 18),
        Column("频次和时限", 24),
        Column("下次截止", 14),
        Column("办理方式", 26),
        Column("办理情况", 30),
        Column("佐证提示", 26),
        Column("依据", 26),
        Column("审核单位", 18),
    ]
    rows = [
        (
            *(title, line.item.code, aspect, line.item.requirement, line.holders, line.limit),
            "" if context["past"] else _day(line.standing.next_due),
            line.answer,
            "" if context["past"] else state_cell(line),
            *(line.item.evidence_hint, line.item.legal_basis, line.item.review_title),
        )
        for _, title, aspects, _ in context["sections"]
        for aspect, lines in aspects
        for line in lines
    ]
    return xlsx_response(f"{context['unit'].title}责任清单 {context['on'].isoformat()}", columns, rows)


def _day(value: date | None) -> str:
    return value.isoformat() if value else ""


@require_safe
def duty_review(request: HttpRequest) -> HttpResponse:
    """The items that the actor's unit reviews, with the units that hold them."""
    require_right(request.actor, "list.view")
    titles = dict(units_on(request.today).values_list("code", "title"))
    forms, limits = form_titles(), form_limits()
    rows = [
        (
            item,
            holders_words(item.holders),
            limit_words(item, limits),
            forms.get(item.form_ref, ""),
            [(unit.code, titles.get(unit.code, unit.code)) for unit in units],
        )
        for item, units in items_under_review(request.actor, request.today)
    ]
    return render(request, "duties/review.html", {"rows": rows})
