"""What plans show on the page of a task: the plans it serves, and what the unit says itself."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from luoshi.domains.plans.queries import nodes_served, said_of
from luoshi.domains.plans.saying import may_say
from luoshi.domains.plans.tasks import MEASURE
from luoshi.kernel.items.types import ItemType
from luoshi.web.items.panels import Act
from luoshi.web.shell.panels import Panel


def fits(kind: ItemType) -> bool:
    """Say whether items of a type are measures."""
    return kind.ref == MEASURE


def said_panel(request: HttpRequest, item: Any, kind: ItemType) -> Panel | None:
    """Return the plans a task serves and what was said about it. Two queries."""
    served = nodes_served(request.actor, item.pk)
    if not served:
        return None
    return Panel("plans/_said.html", {"served": served, "said": said_of(item.pk)})


def said_act(request: HttpRequest, item: Any, kind: ItemType) -> Act | None:
    """Return the button by which the unit that leads says how far it is."""
    if not may_say(request.actor, item, request.now):
        return None
    return Act("自报进展", reverse("measure_said", args=[item.pk]))
