"""What this area shows elsewhere: on the page of an item, the holders it went through."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from luoshi.domains.handover.queries import chain_of_item
from luoshi.kernel.items.types import ItemType
from luoshi.web.shell.panels import Panel


def of_any_type(kind: ItemType) -> bool:
    """Items of every type hang on posts."""
    return True


def chain_panel(request: HttpRequest, item: Any, kind: ItemType) -> Panel | None:
    """Return who handed an item over to whom; None without any. One query."""
    rows = chain_of_item(item.pk)
    return Panel("handover/_chain.html", {"rows": rows}) if rows else None


def handover_address(handover_id: int) -> str:
    """Return where a handover is shown."""
    return reverse("handover_detail", args=[handover_id])
