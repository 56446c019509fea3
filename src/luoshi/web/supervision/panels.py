"""What this area shows with items: the notice, the parts of a matter, links at the head of its list."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from luoshi.domains.supervision.parts import MATTER, OPEN_STATES, parts_of, parts_opener
from luoshi.kernel.items.types import ItemType
from luoshi.web.items.panels import Act, Tool
from luoshi.web.shell.panels import Panel


def is_matter(kind: ItemType) -> bool:
    """Say whether a type is the matter of the supervision pack."""
    return kind.ref == MATTER


def notice_act(request: HttpRequest, item: Any, kind: ItemType) -> Act | None:
    """Return the button to the notice once the matter was handed out."""
    url = reverse("supervision_notice", args=[item.pk])
    return Act("督查通知单", url) if item.counts.get("send") else None


def parts_act(request: HttpRequest, item: Any, kind: ItemType) -> Act | None:
    """Return the button to break a matter down, for the office while it is open."""
    if item.state not in OPEN_STATES or not parts_opener(request.actor, request.now):
        return None
    return Act("分解给协办单位", reverse("supervision_parts", args=[item.pk]))


def parts_panel(request: HttpRequest, item: Any, kind: ItemType) -> Panel | None:
    """Return the parts of a matter in sight; None without any."""
    rows = parts_of(request.actor, item.pk)
    return Panel("supervision/_parts.html", {"rows": rows}) if rows else None


def listing_tool(request: HttpRequest, kind: ItemType) -> Tool:
    """Return the link to the listing as a spreadsheet."""
    return Tool("督查台账", reverse("supervision_listing"), "download")


def bulletin_tool(request: HttpRequest, kind: ItemType) -> Tool:
    """Return the link to the bulletin."""
    return Tool("督查通报", reverse("supervision_bulletin"), "rosette")
