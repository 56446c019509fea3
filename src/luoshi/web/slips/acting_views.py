"""One slip with its letter, and the steps of the unit and the office on it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from luoshi.core.errors import Invalid
from luoshi.domains.slips.actions import slip_accept, slip_cancel, slip_escalate, slip_return
from luoshi.domains.slips.letters import letter_of
from luoshi.domains.slips.queries import lines_of, may_act, replies_of, slip_view, slip_visible
from luoshi.domains.slips.replying import slip_reply, slip_sign
from luoshi.domains.slips.rules import rules_by_id
from luoshi.kernel.documents.html import render_html
from luoshi.kernel.documents.pdf import can_pdf
from luoshi.kernel.evidence.actions import Proof
from luoshi.kernel.ledger.queries import events_of
from luoshi.web.ledger.words import Names
from luoshi.web.shell.errors import refusals_into
from luoshi.web.shell.posting import request_key, taken_once
from luoshi.web.slips.forms import WordsForm
from luoshi.web.slips.panels import row_of
from luoshi.web.slips.views import NOTE_HELP

REPLY_HELP = "写明已办理的情况、未按期报送的原因；不必附会议记录和照片。"
# The text that a step takes: the name of its argument, its label, what stands below it.
TEXTS: dict[str, tuple[str, str, str]] = {
    "reply": ("text", "回复", REPLY_HELP),
    "accept": ("comment", "处理意见", "可不填。"),
    "return": ("comment", "退回理由", "写明还须说明或办理什么。"),
    "escalate": ("text", "附言", NOTE_HELP),
    "cancel": ("reason", "撤销理由", "写入撤销函；原督办单和撤销函都留在列表中。"),
}
SAID = {
    "reply": "已回复。",
    "sign": "已签批，等待认可。",
    "accept": "已认可，督办办结。",
    "return": "已退回，单位可以重新回复。",
    "escalate": "已升级，发出上一级督办单。",
    "cancel": "已撤销，撤销函已发出。",
}
ACTIONS: dict[str, Callable[..., Any]] = {
    "reply": slip_reply,
    "sign": slip_sign,
    "accept": slip_accept,
    "return": slip_return,
    "escalate": slip_escalate,
    "cancel": slip_cancel,
}


@require_safe
def slip_detail(request: HttpRequest, slip_id: int) -> HttpResponse:
    """One slip: its letter, what it is about, the replies, and the own step."""
    slip = slip_visible(request.actor, slip_id)
    if request.htmx:
        return render(request, "slips/_slip.html", slip_context(request, slip))
    return acted_page(request, slip)


def acted_page(request: HttpRequest, slip: Any, **refused: WordsForm) -> HttpResponse:
    """Render the page of a slip; ``refused``: the form of a step that was not done."""
    higher = rules_by_id(slip.definition_id).next_of(slip.level)
    may = may_act(request.actor, slip, request.now)
    context = slip_context(request, slip) | {
        "may": may | {"escalate": may["escalate"] and higher is not None},
        "higher": higher.title if higher else "",
        "forms": {step: refused.get(step) or form_of(step) for step in TEXTS},
        "refused": next(iter(refused), ""),
        "key": request_key(),
        "pdf": can_pdf(),
    }
    return render(request, "slips/slip.html", context)


def slip_context(request: HttpRequest, slip: Any) -> dict[str, Any]:
    """Return a slip with everything shown of it."""
    lines, replies = lines_of(slip), replies_of(slip)
    events = events_of("slip", slip.pk)
    said = [(each.by_account, each.by_post, each.by_unit) for each in replies]
    names = Names.of([*(event.by for event in events), *said], request.today)
    return {
        "slip": slip,
        "row": row_of(slip_view(slip, request.now)),
        "paper": render_html(letter_of(slip, lines)),
        "lines": lines,
        "replies": [(each, names.who(by)) for each, by in zip(replies, said, strict=True)],
        "nexts": list(slip.nexts.order_by("id")),
        "notice": getattr(slip, "cancelled_by", None) if slip.state == "cancelled" else None,
        "events": [(event, names.who(event.by)) for event in reversed(events)],
    }


def form_of(step: str, data: Any = None) -> WordsForm:
    """Return the form of a step that takes a text."""
    _, label, help_text = TEXTS[step]
    return WordsForm(data, label=label, help_text=help_text, auto_id=f"id_{step}_%s")


def step_view(step: str) -> Callable[..., HttpResponse]:
    """Make the view of one step. Opened as a page it leads to the slip and says that nothing was done."""

    @require_http_methods(["GET", "HEAD", "POST"])
    def stepped(request: HttpRequest, slip_id: int) -> HttpResponse:
        slip_visible(request.actor, slip_id)
        if request.method != "POST":
            messages.warning(request, "刚才的办理没有生效，请核对后重新办理。")
            return redirect("slip_detail", slip_id)
        form = form_of(step, request.POST) if step in TEXTS else WordsForm(request.POST, label="")
        if form.is_valid():
            with refusals_into(request, form):
                given = {TEXTS[step][0]: form.cleaned_data["text"]} if step in TEXTS else {}
                if step == "reply":
                    given["proofs"] = proofs_of(request)
                done = taken_once(request, lambda: {"id": acted(request, step, slip_id, given)})
                messages.success(request, SAID[step])
                return redirect("slip_detail", done["id"])
        for text in form.non_field_errors() if step not in TEXTS else ():
            messages.error(request, text)
        return acted_page(
            request, slip_visible(request.actor, slip_id), **{step: form} if step in TEXTS else {}
        )

    return stepped


def proofs_of(request: HttpRequest) -> list[Proof]:
    """Return the file handed in with a reply, if any. Raises: Invalid for a date that is none."""
    upload = request.FILES.get("file")
    if upload is None:
        return []
    kind, day = request.POST.get("file_kind", ""), request.POST.get("file_on", "")
    try:
        occurred = date.fromisoformat(day) if day else None
    except ValueError:
        raise Invalid("佐证所指日期应写作 2023-07-01。") from None
    return [Proof(kind, "", occurred, upload.name, upload.read())]


def acted(request: HttpRequest, step: str, slip_id: int, given: dict[str, Any]) -> int:
    """Take a step; return the slip to go on with: a new one, else the same."""
    made = ACTIONS[step](actor=request.actor, slip_id=slip_id, now=request.now, **given)
    return made.pk if step in ("escalate", "cancel") else slip_id
