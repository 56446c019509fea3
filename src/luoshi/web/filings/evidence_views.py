"""Evidence and table rows on the page of an answer: taken in with what was typed, removed, handed out."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.views.decorators.http import require_safe

from luoshi.kernel.evidence.queries import media_type, revision_content, revision_visible
from luoshi.kernel.filings.actions import (
    filing_evidence_add,
    filing_evidence_remove,
    filing_evidence_replace,
)
from luoshi.web.filings.many_forms import MORE_ROWS
from luoshi.web.shell.export import download
from luoshi.web.shell.paging import number_or_none

ATTACH, REMOVE, ROWS, DROP = "attach", "remove", "rows", "drop"
# A kept file is saved, never opened here; should a browser open it all the same, nothing in it runs.
SANDBOX = "sandbox; default-src 'none'"


@require_safe
def evidence_download(request: HttpRequest, revision_id: int) -> HttpResponse:
    """Hand out one revision of a piece of evidence, to be saved under its own name."""
    revision = revision_visible(request.actor, revision_id, request.today)
    response = download(revision_content(revision), revision.file_name, media_type(revision))
    response.headers["Content-Security-Policy"] = SANDBOX
    return response


def handed_in(request: HttpRequest, entry: Any, asked: Any, then: Callable[[], Any]) -> dict[str, Any]:
    """Take in the files that were chosen, or out what is to be removed, and do ``then``: all or nothing."""
    here = {"actor": request.actor, "obligation_id": entry.obligation.pk, "now": request.now}
    verb, _, number = request.POST.get("do", "").partition(":")
    if verb == REMOVE:
        filing_evidence_remove(evidence_id=number_or_none(number) or 0, **here)
    for field, proof, into in asked.handed_in():
        if into:
            filing_evidence_replace(evidence_id=number_or_none(into) or 0, proof=proof, **here)
        else:
            filing_evidence_add(field=field, proof=proof, **here)
    return {"row": then().pk}


def saved_words(do: str, request: HttpRequest) -> str:
    """Return what was done besides keeping the draft."""
    if do.startswith(f"{REMOVE}:"):
        return "佐证已移除，草稿已保存，尚未提交。"
    if request.FILES:
        return "佐证已上传，草稿已保存，尚未提交。"
    return "草稿已保存，尚未提交。"


def table_asked(request: HttpRequest) -> str | None:
    """Return the table whose rows the button adds or drops, None for any other button."""
    verb, _, rest = request.POST.get("do", "").partition(":")
    return rest.partition(".")[0] if verb in (ROWS, DROP) else None


def more_rows(request: HttpRequest) -> dict[str, int]:
    """Return how many blank rows a table gets, by field key, where more than one is asked for."""
    verb, _, key = request.POST.get("do", "").partition(":")
    return {key: MORE_ROWS} if verb == ROWS else {}


def rows_dropped(request: HttpRequest) -> QueryDict:
    """Return what was typed, without the row that the button drops."""
    verb, _, rest = request.POST.get("do", "").partition(":")
    if verb != DROP or not re.fullmatch(r"[a-z][a-z0-9_]*\.\d{1,4}", rest):
        return request.POST
    left = request.POST.copy()
    for name in [name for name in left if name.startswith(f"{rest}.")]:
        del left[name]
    return left
