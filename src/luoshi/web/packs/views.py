"""Installed packs: what they hold, in words, with their versions and worked examples."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from luoshi.core.errors import NotFound
from luoshi.kernel.access.policy import require_right
from luoshi.kernel.definitions.kinds import KINDS
from luoshi.kernel.definitions.queries import (
    Def,
    definition,
    definitions_in,
    pack_versions,
    slots_of,
)
from luoshi.web.packs.words import words_of

HIDDEN_KINDS = {"pack"}


@require_safe
def pack_list(request: HttpRequest) -> HttpResponse:
    """The packs in force."""
    require_right(request.actor, "pack.view")
    rows = [row for row in pack_versions() if row.newest]
    return render(request, "packs/packs.html", {"rows": rows})


@require_safe
def pack_detail_page(request: HttpRequest, pack_id: str) -> HttpResponse:
    """One pack: sections, slots, tests, versions. ``version`` in the address asks for an older one."""
    require_right(request.actor, "pack.view")
    versions = pack_versions(pack_id)
    asked = request.GET.get("version", "")
    shown = next((row for row in versions if (str(row.version) == asked if asked else row.newest)), None)
    if shown is None:
        raise NotFound(f"没有安装业务包“{pack_id}”的这个版本，请从业务包列表中选择。")
    found = definitions_in(shown.id)
    sections = [
        (KINDS[kind], [each for each in found if each.kind == kind])
        for kind in KINDS
        if kind not in HIDDEN_KINDS and any(each.kind == kind for each in found)
    ]
    context = {"pack": shown, "versions": versions, "sections": sections, "slots": slots_of(pack_id)}
    return render(request, "packs/pack.html", context)


@require_safe
def definition_detail(request: HttpRequest, kind: str, ref: str) -> HttpResponse:
    """One definition in words, with its content hash."""
    require_right(request.actor, "pack.view")
    if kind not in KINDS or kind in HIDDEN_KINDS:
        raise NotFound("没有这种定义，请从业务包列表中选择。")
    found = definition(kind, ref)
    context = {
        "found": found,
        "kind_title": KINDS[kind],
        "words": words_of(found, titles_of(definitions_in(found.pack_version_id))),
    }
    template = "packs/_definition.html" if request.htmx else "packs/definition.html"
    return render(request, template, context)


def titles_of(found: list[Def]) -> dict[str, str]:
    """Return key → title of everything in a pack; fields of forms give way to what has a page of its own."""
    fields = {
        field["key"]: field["title"] for each in found if each.kind == "form" for field in each.body["fields"]
    }
    return fields | {
        each.key: each.title for each in found if each.kind in {"form", "indicator", "scheme", "report"}
    }
