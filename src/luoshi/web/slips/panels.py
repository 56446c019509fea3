"""What this area shows elsewhere: the slips about an obligation, and the words and colours of slips."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from luoshi.domains.slips.queries import SlipView, slips_of_item, slips_of_obligation
from luoshi.domains.slips.rules import rules_all
from luoshi.kernel.items.types import ItemType
from luoshi.web.shell.panels import Panel

TONES = {"blue": "doing", "orange": "warn", "red": "bad"}
TIMINGS = {
    "waiting": ("", "期限内"),
    "overdue": ("bad", "逾期未回复"),
    "late": ("warn", "逾期回复"),
    "on_time": ("ok", "按期回复"),
    "": ("", "—"),
}
Row = tuple[SlipView, str, str, str]


def row_of(view: SlipView) -> Row:
    """Return a slip with the tone of its level, and tone and word of its reply."""
    return (view, TONES[view.slip.tone], *TIMINGS[view.timing])


def slips_panel(request: HttpRequest, obligation: Any) -> Panel | None:
    """Return the slips about an obligation; None without any."""
    rows = [row_of(view) for view in slips_of_obligation(request.actor, obligation.pk, request.now)]
    return Panel("slips/_panel.html", {"rows": rows}) if rows else None


def item_slips_panel(request: HttpRequest, item: Any, kind: ItemType) -> Panel | None:
    """Return the slips about an item; None without any."""
    rows = [row_of(view) for view in slips_of_item(request.actor, item.pk, request.now)]
    return Panel("slips/_panel.html", {"rows": rows}) if rows else None


def pressed_types(kind: ItemType) -> bool:
    """Say whether slips are issued about items of a type."""
    return any(kind.ref in rules.items for rules in rules_all())


def slip_address(slip_id: int) -> str:
    """Return where a slip is shown."""
    return reverse("slip_detail", args=[slip_id])
