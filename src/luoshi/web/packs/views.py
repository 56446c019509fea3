"""Installed packs: what they hold, in words, with their versions and worked examples."""

from __future__ import annotations

from collections.abc import Mapping

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from luoshi.core.errors import NotFound
from luoshi.kernel.access.policy import require_right
from luoshi.kernel.definitions.kinds import KINDS
from luoshi.kernel.definitions.queries import Def, definition, definitions_in
from luoshi.kernel.loader.queries import pack_detail, packs_visible
from luoshi.web.packs.words import words_of
from luoshi.web.shell.names import without_holes
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
    titles = titles_of([each for section in detail.sections for each in section.definitions])
    sections = [
        (section.title, [(each, title_in(each, titles)) for each in section.definitions])
        for section in detail.sections
    ]
    tests = [(each, titles.get(str(each.body["import"]), "")) for each in detail.tests]
    return render(request, "packs/pack.html", {"detail": detail, "sections": sections, "tests": tests})


@require_safe
def definition_detail(request: HttpRequest, kind: str, ref: str) -> HttpResponse:
    """One definition in words, with its content hash."""
    require_right(request.actor, "pack.view")
    if kind not in KINDS or kind in HIDDEN_KINDS:
        raise NotFound("没有这种定义，请从业务包列表中选择。")
    found = definition(kind, ref)
    titles = titles_of(definitions_in(found.pack_version_id))
    context = {
        "found": found,
        "title": title_in(found, titles),
        "kind_title": KINDS[kind],
        "words": words_of(found, titles),
    }
    template = "packs/_definition.html" if request.htmx else "packs/definition.html"
    return render(request, template, context)


def title_in(found: Def, titles: Mapping[str, str]) -> str:
    """Return what a definition is called: its title, or that of its form where it has none of its own."""
    if found.kind == "import":
        return titles.get(found.body["form"], found.key)
    if found.kind == "test":
        return titles.get(str(found.body["import"]), found.key)
    return without_holes(found.title)


def titles_of(found: list[Def]) -> dict[str, str]:
    """Return key → title of everything in a pack; fields of forms give way to what has a page of its own."""
    fields = {
        field["key"]: field["title"] for each in found if each.kind == "form" for field in each.body["fields"]
    }
    return fields | {
        each.key: each.title for each in found if each.kind in {"form", "indicator", "scheme", "report"}
    }
