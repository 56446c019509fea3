"""Installed packs: what they hold, in words, with their versions and worked examples."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from luoshi.core.errors import NotFound
from luoshi.kernel.access.policy import require_right
from luoshi.kernel.definitions.kinds import KINDS
from luoshi.kernel.definitions.queries import definition, definitions_in
from luoshi.kernel.loader.queries import pack_detail, packs_visible
from luoshi.kernel.org.queries import units_on
from luoshi.web.packs.words import Titles
from luoshi.web.packs.writers import words_of
from luoshi.web.shell.paging import number_or_none

HIDDEN_KINDS = {"pack"}


@require_safe
def pack_list(request: HttpRequest) -> HttpResponse:
    """The packs in force."""
    return render(request, "packs/packs.html", {"rows": packs_visible(request.actor)})


@require_safe
def pack_detail_page(request: HttpRequest, pack_id: str) -> HttpResponse:
    """One pack: sections, slots, tests, versions. ``version`` in the address asks for an older one."""
    version = number_or_none(request.GET.get("version"))
    detail = pack_detail(request.actor, pack_id, version)
    titles = Titles.of_pack(each for section in detail.sections for each in section.definitions)
    sections = [
        (section.title, [(each, titles.name(each)) for each in section.definitions])
        for section in detail.sections
    ]
    tests = [(each, titles.name(each)) for each in detail.tests]
    return render(request, "packs/pack.html", {"detail": detail, "sections": sections, "tests": tests})


@require_safe
def definition_detail(request: HttpRequest, kind: str, ref: str) -> HttpResponse:
    """One definition in words, with its content hash."""
    require_right(request.actor, "pack.view")
    if kind not in KINDS or kind in HIDDEN_KINDS:
        raise NotFound("没有这种定义，请从业务包列表中选择。")
    found = definition(kind, ref)
    units = dict(units_on(request.today).values_list("code", "title"))
    titles = Titles.of_pack(definitions_in(found.pack_version_id), units)
    context = {
        "found": found,
        "title": titles.name(found),
        "kind_title": KINDS[kind],
        "words": words_of(found, titles),
    }
    template = "packs/_definition.html" if request.htmx else "packs/definition.html"
    return render(request, template, context)
