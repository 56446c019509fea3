"""One box: items by number or words, units and forms by their titles, each group by its own sight."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from luoshi.kernel.access.policy import can
from luoshi.kernel.definitions.queries import definitions_of
from luoshi.kernel.items.searching import Found, items_found
from luoshi.kernel.org.queries import units_on
from luoshi.kernel.search.grams import folded
from luoshi.web.items.views import LIGHTS, TONES
from luoshi.web.shell.paging import number_or_none

LONGEST = 60
MOST_WORDS = 8
MOST_TITLES = 10


@dataclass(frozen=True)
class Hit:
    """One find by its title."""

    title: str
    note: str
    href: str


@require_safe
def search_page(request: HttpRequest) -> HttpResponse:
    """What the words find; paging goes through items, the titles stand on the first page alone."""
    text = " ".join(request.GET.get("q", "")[:LONGEST].split())
    words = text.split()[:MOST_WORDS]
    before = number_or_none(request.GET.get("before"))
    found = items_found(request.actor, words, request.now, before) if words else Found((), None)
    groups = (
        [] if before or not words else [("单位", _units(request, words)), ("表单", _forms(request, words))]
    )
    context = {
        "q": text,
        "longest": LONGEST,
        "found": found,
        "before": before,
        "groups": [(title, hits[:MOST_TITLES], len(hits) > MOST_TITLES) for title, hits in groups if hits],
        "tones": TONES,
        "lights": LIGHTS,
    }
    return render(request, "search/page.html", context)


def _units(request: HttpRequest, words: list[str]) -> list[Hit]:
    return [
        Hit(unit.title, unit.code, reverse("unit_detail", args=[unit.code]))
        for unit in units_on(request.today).exclude(kind="group")
        if _holds(f"{unit.code} {unit.title}", words)
    ]


def _forms(request: HttpRequest, words: list[str]) -> list[Hit]:
    if not can(request.actor, "filing.view"):
        return []
    return [
        Hit(each.title, "", reverse("filing_matrix", args=[each.ref]))
        for each in definitions_of("form")
        if _holds(each.title, words)
    ]


def _holds(title: str, words: list[str]) -> bool:
    known = folded(title)
    return all(folded(word) in known for word in words)
