"""Filling in one obligation: claim, draft, submit, nil return, excuse."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from luoshi.core.beijing import local_day
from luoshi.core.errors import Frozen, WrongState
from luoshi.core.periods import Period, parse_period
from luoshi.kernel.access.policy import can
from luoshi.kernel.filings.actions import (
    draft_save,
    filing_submit,
    filing_submit_nil,
    obligation_claim,
    obligation_excuse_ask,
    obligation_excuse_decide,
    obligation_excuse_direct,
)
from luoshi.kernel.filings.at_hand import evidence_at_hand
from luoshi.kernel.filings.entries import Typed, lock_check, values_before
from luoshi.kernel.filings.excusing import RIGHT as EXCUSE
from luoshi.kernel.filings.excusing import may_excuse
from luoshi.kernel.filings.flows import Flow, Step, flow_of
from luoshi.kernel.filings.forms import Form, form_by_id
from luoshi.kernel.filings.offers import Offers, offers_of
from luoshi.kernel.filings.policy import may_step, require_step
from luoshi.kernel.filings.queries import DraftView, draft_of, filing_versions, obligation_visible
from luoshi.kernel.filings.versions import ReviewView
from luoshi.web.discuss.panels import form_questions
from luoshi.web.filings.entry_forms import OCCURRED, EntryForm, ExcuseForm, lines_of
from luoshi.web.filings.evidence_views import (
    handed_in,
    more_rows,
    rows_dropped,
    saved_words,
    table_asked,
)
from luoshi.web.filings.histories import mend_items
from luoshi.web.shell.errors import refusals_into
from luoshi.web.shell.paging import number_or_none
from luoshi.web.shell.posting import request_key, taken_once

TICKED = "filings.ticked"
SHUT = {
    "filed": "该单位本期已提交，不能再填。需要改动的，请先撤回，或等退回后修改。",
    "nil": "该单位本期已报零报告，不能再填。需要改动的，请先撤回，或等退回后修改。",
    "excused": "该单位本期已免报，无需填报。",
}


@dataclass(frozen=True)
class Entry:
    """What the page of an answer is made from. ``shut``: why nothing can be filled, "" while it can."""

    obligation: Any
    form: Form
    flow: Flow
    draft: DraftView | None
    shut: str
    offers: Offers

    @property
    def period(self) -> Period:
        """Return the period owed."""
        return parse_period(self.obligation.period_code)

    @property
    def owed_by(self) -> datetime | None:
        """Return until when an answer is on time."""
        return self.obligation.mend_by or self.obligation.due_at

    def late(self, now: datetime) -> bool:
        """Say whether an answer given now needs a reason."""
        past = self.owed_by is not None and now > self.owed_by
        return past and self.obligation.lock_mode != "none"

    def standing(self) -> Typed:
        """Return what is kept of this answer."""
        return self.draft.typed if self.draft else Typed()


def entry_of(request: HttpRequest, obligation_id: int) -> Entry:
    """Return an obligation that the actor fills. Raises: NotFound, NotAllowed."""
    obligation = obligation_visible(request.actor, obligation_id)
    flow = flow_of(obligation.definition_id)
    require_step(request.actor, flow, Step.FILL, obligation, local_day(request.now))
    form = form_by_id(obligation.definition_id)
    return Entry(
        obligation=obligation,
        form=form,
        flow=flow,
        draft=draft_of(request.actor, obligation_id),
        shut=shut_by(obligation, request.now),
        offers=offers_of(form, [obligation]).get(obligation.pk, {}),
    )


def shut_by(obligation: Any, now: datetime) -> str:
    """Return why an obligation takes no answer now, "" when it does."""
    try:
        lock_check(obligation, now)
    except Frozen as refusal:
        return SHUT.get(obligation.answer, refusal.message)
    return SHUT.get(obligation.answer, "")


@require_http_methods(["GET", "HEAD", "POST"])
def filing_fill(request: HttpRequest, obligation_id: int) -> HttpResponse:
    """Fill in an obligation: keep a draft, submit it, or submit a nil return."""
    entry = entry_of(request, obligation_id)
    posted = request.method == "POST"
    asked = EntryForm(
        rows_dropped(request) if posted else None,
        request.FILES if posted else None,
        form=entry.form,
        standing=entry.standing(),
        offers=entry.offers,
        evidence=evidence_at_hand(entry.obligation),
        ticked=request.session.get(TICKED, {}).get(str(obligation_id)),
    )
    if request.htmx and request.method == "POST":
        return autosaved(request, entry, asked)
    if posted and table_asked(request) is None and asked.is_valid():
        with refusals_into(request, asked):
            return done(request, entry, asked)
        if request.POST.get("do") == "submit" and asked.non_field_errors():
            asked.rules_beside()
    return render(request, "filings/entry/fill.html", fill_context(request, entry, asked))


def done(request: HttpRequest, entry: Entry, asked: EntryForm) -> HttpResponse:
    """Do what the button says; return where to go on. A file that was chosen is taken in with all else."""
    typed = asked.typed()
    answer = {
        "actor": request.actor,
        "obligation_id": entry.obligation.pk,
        "rev": number_or_none(request.POST.get("rev")) or 0,
        "typed": typed,
        "now": request.now,
    }
    do = request.POST.get("do", "")
    match do:
        case "submit":
            taken_once(request, lambda: handed_in(request, entry, asked, lambda: filing_submit(**answer)))
        case "nil":
            taken_once(request, lambda: {"filing": filing_submit_nil(**answer).pk})
        case _:
            taken_once(request, lambda: handed_in(request, entry, asked, lambda: draft_save(**answer)))
            # A draft says nothing yet, so a tick is no part of it; here it only outlives the saving.
            shown = typed.shown
            ticked = {key: shown[key] for key in sorted(typed.same) if key in shown}
            request.session[TICKED] = {str(entry.obligation.pk): ticked}
            messages.success(request, saved_words(do, request))
            return redirect("filing_fill", entry.obligation.pk)
    messages.success(request, f"已提交，{next_words(entry.flow)}。")
    return redirect("obligation_detail", entry.obligation.pk)


def next_words(flow: Flow) -> str:
    """Return who acts on an answer after it was submitted."""
    if flow.sign:
        return "等待审签"
    return "等待审核" if flow.review else "即时生效"


def autosaved(request: HttpRequest, entry: Entry, asked: EntryForm) -> HttpResponse:
    """Keep what was typed so far and answer with the line that says so."""
    if asked.is_valid():
        with refusals_into(request, asked):
            draft = draft_save(
                actor=request.actor,
                obligation_id=entry.obligation.pk,
                rev=number_or_none(request.POST.get("rev")) or 0,
                typed=asked.typed(),
                now=request.now,
            )
            return render(request, "filings/entry/_draft.html", {"draft": draft, "rev": draft.rev})
    faults = [text for texts in asked.errors.values() for text in texts]
    context = {"draft": entry.draft, "rev": number_or_none(request.POST.get("rev")) or 0, "faults": faults}
    return render(request, "filings/entry/_draft.html", context)


def fill_context(request: HttpRequest, entry: Entry, asked: EntryForm) -> dict[str, Any]:
    """Return the page of an answer; ``theirs`` is what somebody else saved since the page was filled from."""
    seen = number_or_none(request.POST.get("rev")) or 0
    rev = entry.draft.rev if entry.draft else 0
    theirs = differing(entry, asked) if asked.is_bound and rev != seen else {}
    mend = last_return(entry.obligation)
    items = mend_items(mend)
    return {
        "entry": entry,
        "obligation": entry.obligation,
        "asked": asked,
        "wrong": [(asked[key], asked[key].label) for key in asked.errors if key in asked.fields],
        "lines": lines_of(asked, values_before(entry.obligation), theirs, items, more_rows(request)),
        # The first button is what Enter presses: it must not drop a row or remove a file.
        "default_save": any(not field.single for field in entry.form.fields),
        "occurred": asked[OCCURRED] if entry.form.occurred else None,
        "previous": previous_title(entry.period),
        "draft": entry.draft,
        "rev": rev,
        "theirs": theirs,
        "theirs_named": [
            (asked[key].label, text) for key, text in theirs.items() if key not in entry.form.keys
        ],
        "mend": mend,
        "mend_whole": items.get("", ()),
        "late": entry.late(request.now) or "late_reason" in asked.errors,
        "nil": entry.flow.nil_needs is not None,
        "mine": entry.obligation.claimed_by_account == request.actor.account_id,
        "questions": form_questions(request, entry.form.ref),
        "key": request_key(),
    }


def differing(entry: Entry, asked: EntryForm) -> dict[str, str]:
    """Return the texts that stand and differ from what was typed, by the name of their input."""
    typed = {key: str(asked[key].value() or "").replace("\r\n", "\n") for key in asked.kept_names}
    stand = entry.standing().texts()
    return {key: stand.get(key, "") for key in typed if stand.get(key, "") != typed[key]}


def last_return(obligation: Any) -> ReviewView | None:
    """Return what was decided last when the newest version was returned."""
    newest = next(iter(filing_versions(obligation)), None)
    return newest.review if newest and newest.state == "returned" else None


def previous_title(period: Period) -> str:
    """Return the period before in words; empty where there is none."""
    return "" if period.kind == "range" else period.previous().title


@require_POST
def obligation_claimed(request: HttpRequest, obligation_id: int) -> HttpResponse:
    """Say that one sees to an obligation."""
    take_over = request.POST.get("do") == "take_over"
    obligation_claim(actor=request.actor, obligation_id=obligation_id, now=request.now, take_over=take_over)
    messages.success(request, "已认领，同事可以看到由您办理。")
    return redirect("filing_fill", obligation_id)


@require_http_methods(["GET", "HEAD", "POST"])
def obligation_excuse(request: HttpRequest, obligation_id: int) -> HttpResponse:
    """Ask to be excused, decide on what was asked, or excuse at once: by the rights of the actor."""
    obligation = obligation_visible(request.actor, obligation_id)
    asked = ExcuseForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and asked.is_valid():
        with refusals_into(request, asked):
            words = taken_once(request, lambda: {"words": excused(request, obligation_id, asked)})["words"]
            messages.success(request, words)
            return redirect("obligation_detail", obligation_id)
    may = excuse_may(request, obligation)
    if not any(may.values()) and not asked.errors:
        raise WrongState("本条目前没有可由您办理的免报事项。")
    context = {
        "obligation": obligation,
        "form": form_by_id(obligation.definition_id),
        "period": parse_period(obligation.period_code),
        "asked": asked,
        "may": may,
        "key": request_key(),
    }
    return render(request, "filings/entry/excuse.html", context)


def excused(request: HttpRequest, obligation_id: int, asked: ExcuseForm) -> str:
    """Do what the button says; return the words for it."""
    here = {"actor": request.actor, "obligation_id": obligation_id, "now": request.now}
    reason, reply = asked.cleaned_data["reason"], asked.cleaned_data["reply"]
    match request.POST.get("do"):
        case "grant":
            obligation_excuse_decide(approve=True, reply=reply, **here)
            return "已同意免报。"
        case "refuse":
            obligation_excuse_decide(approve=False, reply=reply, **here)
            return "已答复不同意免报，该单位仍须填报。"
        case "direct":
            obligation_excuse_direct(reason=reason, **here)
            return "已免报。"
    obligation_excuse_ask(reason=reason, **here)
    return "已申请免报，等待答复；答复前仍须按时填报。"


def excuse_may(request: HttpRequest, obligation: Any) -> dict[str, bool]:
    """Return which steps about being excused the page offers; the actions judge again."""
    open_now = obligation.answer == "none"
    waiting = obligation.excuse_asked_at is not None
    flow = flow_of(obligation.definition_id)
    today = local_day(request.now)
    able = open_now and may_excuse(request.actor, flow, obligation, request.now)
    own = open_now and any(
        may_step(request.actor, flow, step, obligation, today) for step in (Step.FILL, Step.SIGN)
    )
    return {
        "ask": own and not waiting,
        "decide": able and waiting and obligation.excuse_asked_by_account != request.actor.account_id,
        "direct": open_now and not waiting and not own and can(request.actor, EXCUSE, obligation.unit_id),
    }
