"""What this area shows on the page of a request or report: its chain, its tasks, its letter."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from luoshi.domains.requests.following import ANSWERED, UNSENT
from luoshi.domains.requests.letters import has_letter
from luoshi.domains.requests.queries import PAPER, URGENT, chain_of, tasks_of
from luoshi.kernel.items.policy import may, standing_of
from luoshi.kernel.items.schema import CREATE
from luoshi.kernel.items.types import ItemType, types_in_force
from luoshi.web.items.panels import Act, Tool
from luoshi.web.shell.panels import Panel


def is_paper(kind: ItemType) -> bool:
    """Say whether a type is that of requests and reports."""
    return kind.ref == PAPER


def follows_panel(request: HttpRequest, item: Any, kind: ItemType) -> Panel | None:
    """Return the chain of reports and the tasks that follow; None without any."""
    chain, tasks = chain_of(item), tasks_of(item)
    data = {"chain": chain, "tasks": tasks, "here": item.pk}
    return Panel("requests/_follows.html", data) if chain or tasks else None


def letter_act(request: HttpRequest, item: Any, kind: ItemType) -> Act | None:
    """Offer the letter of an answer."""
    return Act("下载复函", reverse("request_letter", args=[item.pk])) if has_letter(item) else None


def continue_act(request: HttpRequest, item: Any, kind: ItemType) -> Act | None:
    """Offer the next report on an emergency to who may begin one."""
    sent = item.values.get("kind") == URGENT and item.state not in UNSENT
    if not sent or not creates(request, kind):
        return None
    return Act("续报", reverse("report_continue", args=[item.pk]))


def hand_on_act(request: HttpRequest, item: Any, kind: ItemType) -> Act | None:
    """Offer to turn an answer into a task."""
    if item.state not in ANSWERED or not tasks_open(request):
        return None
    return Act("转为落实事项", reverse("answer_hand_on", args=[item.pk]))


def listing_tool(request: HttpRequest, kind: ItemType) -> Tool:
    """Lead from the list of items to the listing."""
    return Tool("台账", reverse("request_list"))


def creates(request: HttpRequest, kind: ItemType) -> bool:
    """Say whether the actor may take in items of a type."""
    return may(request.actor, kind.moves[CREATE].by, standing_of(kind, (), request.today))


def tasks_open(request: HttpRequest) -> list[ItemType]:
    """Return the other types of which the actor may take in items, for tasks."""
    return [kind for kind in types_in_force() if kind.ref != PAPER and creates(request, kind)]
