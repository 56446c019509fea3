"""What this area shows on the pages of others: comments of an obligation, questions beside a field."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from luoshi.kernel.discuss.queries import comments_of, faq_of, may_ask, may_comment
from luoshi.web.items.panels import Act
from luoshi.web.ledger.words import Names
from luoshi.web.shell.panels import Panel


def comments_panel(request: HttpRequest, obligation: Any) -> Panel | None:
    """Return the comments on an obligation; None when there is none and the actor may not write one."""
    return comments_with(request, "obligation", obligation.pk)


def item_comment_act(request: HttpRequest, item: Any, kind: Any) -> Act | None:
    """Return the button to comment on an item, whose timeline shows the comments."""
    if not may_comment(request.actor, "item", item.pk, request.now):
        return None
    return Act("写意见", reverse("comment_add", args=["item", item.pk]))


def comments_with(request: HttpRequest, kind: str, subject_id: int) -> Panel | None:
    """Return the comments on any record that can be commented on, in the sight of the actor."""
    comments = comments_of(request.actor, kind, subject_id)
    may = may_comment(request.actor, kind, subject_id, request.now)
    if not comments and not may:
        return None
    names = Names.of((each.by for each in comments), request.today)
    data = {
        "kind": kind,
        "id": subject_id,
        "rows": [(each, names.who(each.by)) for each in comments],
        "may": may,
    }
    return Panel("discuss/_comments.html", data)


def form_questions(request: HttpRequest, ref: str) -> dict[str, Any]:
    """Return the answered questions about a form by field, and where to ask; for the page of an answer."""
    may = may_ask(request.actor, "form", ref, request.now)
    return {"faq": faq_of(request.actor, "form", ref, request.now), "ask": ref if may else ""}


def question_address(question_id: int) -> str:
    """Return where a question is shown."""
    return reverse("question_detail", args=[question_id])
