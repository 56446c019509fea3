"""What this area shows on the page of an item: what serves it, what it serves, likes, and its own buttons."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from luoshi.core.errors import NotAllowed
from luoshi.domains.rectify.likes import likes_of, received_of
from luoshi.domains.rectify.listing import children_of
from luoshi.domains.rectify.measures import LISTED_IN, OWNER
from luoshi.domains.rectify.types import BATCH, PROBLEM, REPORTED, REPORTS, SIBLING
from luoshi.kernel.items.actions import creating_check
from luoshi.kernel.items.policy import may, standing_of
from luoshi.kernel.items.queries import duties_of, parents_of, type_by_id, type_def
from luoshi.kernel.items.schema import CREATE
from luoshi.kernel.items.types import ItemType
from luoshi.web.items.panels import Act, Tool
from luoshi.web.items.views import TONES
from luoshi.web.shell.panels import Panel
from luoshi.web.shell.posting import request_key

SHOWN = 100


def is_type(ref: str, kind: ItemType) -> bool:
    """Say whether a type is the one of this name."""
    return kind.ref == ref


def creates(request: HttpRequest, ref: str) -> bool:
    """Say whether the actor may take in items of a type."""
    try:
        creating_check(request.actor, type_def(ref), request.now)
    except NotAllowed:
        return False
    return True


def parts_panel(request: HttpRequest, item: Any, kind: ItemType) -> Panel | None:
    """Return what serves an item, by type; None without any."""
    found = children_of(request.actor, item)
    if not found:
        return None
    rows = [(each, type_by_id(each.definition_id)) for each in found[:SHOWN]]
    data: dict[str, Any] = {
        "rows": [(each, own.title, own.states[each.state].title, TONES[each.stage]) for each, own in rows],
        "count": len(found),
        "done": sum(each.stage == "done" for each in found),
        "received": received_of(item) if kind.ref == REPORTS else None,
    }
    return Panel("rectify/_parts.html", data)


def above_panel(request: HttpRequest, item: Any, kind: ItemType) -> Panel | None:
    """Return what an item serves, as far as the actor sees it; None without any."""
    found = parents_of(request.actor, item)
    return Panel("rectify/_above.html", {"rows": found}) if found else None


def likes_panel(request: HttpRequest, item: Any, kind: ItemType) -> Panel | None:
    """Return the reports that may be about the same, for whoever may merge them."""
    if item.stage in ("done", "void") or not creates(request, REPORTED):
        return None
    found = likes_of(request.actor, item)
    data = {"rows": found, "item": item, "key": request_key()}
    return Panel("rectify/_likes.html", data) if found else None


def measures_act(request: HttpRequest, item: Any, kind: ItemType) -> Act | None:
    """Return the button by which measures are listed."""
    if item.state not in LISTED_IN:
        return None
    standing = standing_of(kind, duties_of(item), request.today)
    if not may(request.actor, (OWNER, *kind.moves[CREATE].by), standing):
        return None
    return Act("列出措施", reverse("rectify_measures", args=[item.pk]))


def siblings_act(request: HttpRequest, item: Any, kind: ItemType) -> Act | None:
    """Return the button to the sibling check."""
    return Act("举一反三", reverse("rectify_siblings", args=[item.pk]))


def notice_act(request: HttpRequest, item: Any, kind: ItemType) -> Act | None:
    """Return the button to the notice of a problem that is or was on notice."""
    if not item.counts.get("publish"):
        return None
    return Act("公示意见", reverse("rectify_notice", args=[item.pk]))


def import_act(request: HttpRequest, item: Any, kind: ItemType) -> Act | None:
    """Return the button by which a batch takes in a table of what it brought."""
    ref = {BATCH: PROBLEM, REPORTS: REPORTED}[kind.ref]
    if item.stage != "working" or not creates(request, ref):
        return None
    title = {BATCH: "导入问题", REPORTS: "导入举报件"}[kind.ref]
    return Act(title, f"{reverse('item_import', args=[ref])}?under={item.pk}")


def tables_act(request: HttpRequest, item: Any, kind: ItemType) -> Act | None:
    """Return the button to the public tables of a batch."""
    return Act("公开一览表", reverse("rectify_batch", args=[item.pk]))


def found_act(request: HttpRequest, item: Any, kind: ItemType) -> Act | None:
    """Return the button by which what a like found becomes a problem."""
    if kind.ref != SIBLING or item.values.get("found") != "found" or not creates(request, PROBLEM):
        return None
    return Act("登记发现的问题", reverse("rectify_found", args=[item.pk]))


def lists_tool(request: HttpRequest, kind: ItemType) -> Tool | None:
    """Return the link from a list to the three lists."""
    return Tool("整改台账", reverse("rectify_lists"), "list-check")
