"""What happened, in the order of the ledger; and the verification that rows and events agree."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from luoshi.kernel.access.policy import can, require_right
from luoshi.kernel.ledger.actions import SECURITY_KINDS
from luoshi.kernel.ledger.kinds import kinds_known
from luoshi.kernel.ledger.queries import (
    events_page,
    pending_count,
    position,
    security_log,
    type_title,
)
from luoshi.kernel.ledger.verify import verify_ledger
from luoshi.web.ledger.sight import event_visible
from luoshi.web.ledger.words import Names, detail_in_words, facts_in_words
from luoshi.web.shell.paging import number_or_none

PAGE = 50
MAY = (("ledger", "verify"), ("security", "view"))


@require_safe
def event_list(request: HttpRequest) -> HttpResponse:
    """The newest events, by kind and unit, a page at a time."""
    require_right(request.actor, "ledger.view")
    chosen = {"kind": request.GET.get("kind", ""), "unit": request.GET.get("unit", "").strip()}
    before = number_or_none(request.GET.get("before"))
    found = events_page(**chosen, before=before, limit=PAGE + 1)
    rows = found[:PAGE]
    names = Names.of((event.by for event in rows), request.today)
    context = {
        **chosen,
        "rows": [(event, names.who(event.by)) for event in rows],
        "older": rows[-1].id if len(found) > PAGE else None,
        "newest_page": before is None,
    }
    if request.htmx:
        return render(request, "ledger/_events.html", context)
    may = {right: can(request.actor, f"{area}.{right}") for area, right in MAY}
    counts = {"position": position(), "pending": pending_count()}
    return render(request, "ledger/events.html", {**context, **counts, "may": may, "kinds": kinds_known()})


@require_safe
def event_detail(request: HttpRequest, event_id: int) -> HttpResponse:
    """One event in words, with its body, hash and position."""
    event = event_visible(request.actor, event_id)
    names = Names.of([event.by], request.today)
    context = {
        "event": event,
        "who": names.who(event.by),
        "facts": facts_in_words(event, request.today),
        "written": [(type_title(row_type), row_id, digest) for row_type, row_id, digest in event.after],
    }
    template = "ledger/_event.html" if request.htmx else "ledger/event.html"
    return render(request, template, context)


@require_POST
def ledger_verify(request: HttpRequest) -> HttpResponse:
    """Compare every row with the newest event that names it, and every event with itself."""
    require_right(request.actor, "ledger.verify")
    verdict = verify_ledger()
    template = "ledger/_verdict.html" if request.htmx else "ledger/verdict.html"
    return render(request, template, {"verdict": verdict, "at": request.now})


@require_safe
def security_list(request: HttpRequest) -> HttpResponse:
    """Sign-ins, refusals and denied accesses, for the auditor."""
    require_right(request.actor, "security.view")
    kind = request.GET.get("kind", "")
    before = number_or_none(request.GET.get("before"))
    found = security_log(kind=kind, before=before, limit=PAGE + 1)
    rows = found[:PAGE]
    context = {
        "kind": kind,
        "rows": [(entry, detail_in_words(entry.detail)) for entry in rows],
        "older": rows[-1].id if len(found) > PAGE else None,
        "newest_page": before is None,
        "kinds": SECURITY_KINDS,
    }
    template = "ledger/_security.html" if request.htmx else "ledger/security.html"
    return render(request, template, context)
