"""Acting on what was filed: sign, accept, return, withdraw, on the page of the obligation."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from luoshi.core.beijing import local_day
from luoshi.core.periods import parse_period
from luoshi.kernel.filings.actions import filing_accept, filing_return, filing_sign, filing_withdraw
from luoshi.kernel.filings.at_hand import entered_at_once
from luoshi.kernel.filings.flows import Flow, Step, flow_of
from luoshi.kernel.filings.forms import form_by_id
from luoshi.kernel.filings.policy import may_step, unit_of_one
from luoshi.kernel.filings.queries import filing_diff, filing_visible, version_before
from luoshi.web.filings.entry_views import excuse_may, shut_by
from luoshi.web.filings.review_forms import ReturnForm, SureForm
from luoshi.web.filings.views import obligation_context
from luoshi.web.shell.errors import refusals_into
from luoshi.web.shell.posting import request_key, taken_once

ANSWERED = ("filed", "nil")


def acting_context(
    request: HttpRequest,
    obligation: Any,
    *,
    sure: BaseForm | None = None,
    back: ReturnForm | None = None,
) -> dict[str, Any]:
    """Return what the actor may do with an obligation now, and what it would be done to."""
    flow = flow_of(obligation.definition_id)
    filing = None
    if obligation.answer in ANSWERED:
        filing = obligation.filings.get(version=obligation.current_version)
    may = {**steps_open(request, obligation, flow, filing), **excuse_words(request, obligation)}
    previous = version_before(filing) if filing else None
    return {
        "may": may,
        "filing": filing,
        "previous": previous,
        "diff": filing_diff(filing, previous) if filing else (),
        "at_once": entered_at_once(obligation, filing) if filing and may.get("review") else 0,
        "sure": sure or SureForm(),
        "back": back or ReturnForm(form=form_by_id(obligation.definition_id)),
        "talk": obligation.returns > 0,
        "last_return": obligation.returns >= flow.returns,
        "key": request_key(),
    }


def steps_open(request: HttpRequest, obligation: Any, flow: Flow, filing: Any) -> dict[str, Any]:
    """Return which steps the page offers; the actions judge again."""
    today = local_day(request.now)

    def holds(step: Step) -> bool:
        return may_step(request.actor, flow, step, obligation, today)

    if filing is None:
        owed = obligation.answer == "none"
        return {"fill": owed and holds(Step.FILL) and not shut_by(obligation, request.now)}
    own = filing.submitted_by_account == request.actor.account_id
    signs = flow.sign is not None and filing.state == "submitted" and holds(Step.SIGN)
    reviews = flow.review is not None and filing.state == flow.review_state and holds(Step.REVIEW)
    alone = own and signs and unit_of_one(request.actor.unit_id, today)
    mine = own or filing.signed_by_account == request.actor.account_id
    return {
        "withdraw": own and filing.state == "submitted" and flow.final_state != "submitted",
        "sign": signs and (not own or not flow.apart or alone),
        "alone": alone,
        "review": reviews and not mine,
        "apart": (signs and own and flow.apart and not alone) or (reviews and mine),
    }


def excuse_words(request: HttpRequest, obligation: Any) -> dict[str, str]:
    """Return the words of the button about being excused, empty when there is none for the actor."""
    may = excuse_may(request, obligation)
    words = {"ask": "申请免报", "decide": "答复免报申请", "direct": "准予免报"}
    return {"excuse": next((words[step] for step, able in may.items() if able), "")}


@require_safe
def obligation_detail(request: HttpRequest, obligation_id: int) -> HttpResponse:
    """One obligation: what is to be done, what was filed, in which versions, and the events."""
    if request.htmx:
        return render(request, "filings/_obligation.html", obligation_context(request, obligation_id))
    return acted_page(request, obligation_id)


def acted_page(request: HttpRequest, obligation_id: int, **forms: Any) -> HttpResponse:
    """Render the page of an obligation; ``forms`` carry what was refused."""
    context = obligation_context(request, obligation_id)
    context |= {"acting": acting_context(request, context["obligation"], **forms)}
    return render(request, "filings/obligation.html", context)


def step(view: Callable[[HttpRequest, Any], HttpResponse]) -> Callable[..., HttpResponse]:
    """Make a view of a step on one version.

    Opened as a page, as after a sign-in that had expired when the step was sent, it leads to the obligation
    and says that nothing was done.
    """

    @require_http_methods(["GET", "HEAD", "POST"])
    def stepped(request: HttpRequest, filing_id: int) -> HttpResponse:
        filing = filing_visible(request.actor, filing_id)
        if request.method != "POST":
            messages.warning(request, "刚才的办理没有生效，请核对后重新办理。")
            return redirect("obligation_detail", filing.obligation_id)
        return view(request, filing)

    return stepped


@step
def filing_signed(request: HttpRequest, filing: Any) -> HttpResponse:
    """Sign for the unit."""
    asked = SureForm(request.POST)
    if asked.is_valid():
        with refusals_into(request, asked):
            taken_once(
                request,
                lambda: {"filing": filing_sign(actor=request.actor, filing_id=filing.pk, now=request.now).pk},
            )
            flow = flow_of(filing.obligation.definition_id)
            messages.success(request, f"已审签，{'等待审核' if flow.review else '即时生效'}。")
            return redirect("obligation_detail", filing.obligation_id)
    return acted_page(request, filing.obligation_id, sure=asked)


@step
def filing_accepted(request: HttpRequest, filing: Any) -> HttpResponse:
    """Accept what was filed."""
    asked = SureForm(request.POST)
    if asked.is_valid():
        with refusals_into(request, asked):
            taken_once(
                request,
                lambda: {
                    "review": filing_accept(
                        actor=request.actor,
                        filing_id=filing.pk,
                        now=request.now,
                        comment=asked.cleaned_data["comment"],
                    ).pk
                },
            )
            messages.success(request, f"{named(filing)}已通过。")
            return redirect("review_desk")
    return acted_page(request, filing.obligation_id, sure=asked)


@step
def filing_returned(request: HttpRequest, filing: Any) -> HttpResponse:
    """Send what was filed back, item by item."""
    asked = ReturnForm(request.POST, form=form_by_id(filing.obligation.definition_id))
    if asked.is_valid():
        with refusals_into(request, asked), asked.items_named():
            taken_once(request, lambda: {"review": sent_back(request, filing, asked)})
            messages.success(request, f"{named(filing)}已退回，填报单位可以修改后重新提交。")
            return redirect("review_desk")
    return acted_page(request, filing.obligation_id, back=asked)


def named(filing: Any) -> str:
    """Return whose answer a version is, for which period."""
    obligation = filing.obligation
    return f"{obligation.unit.title} {parse_period(obligation.period_code).title}"


def sent_back(request: HttpRequest, filing: Any, asked: ReturnForm) -> int:
    """Return the version and give the id of the review."""
    review = filing_return(
        actor=request.actor,
        filing_id=filing.pk,
        items=asked.items(),
        talk_note=asked.cleaned_data["talk_note"],
        mend_by=asked.cleaned_data["mend_by"],
        now=request.now,
    )
    return review.pk


@step
def filing_withdrawn(request: HttpRequest, filing: Any) -> HttpResponse:
    """Take one's own version back."""
    taken_once(
        request,
        lambda: {"filing": filing_withdraw(actor=request.actor, filing_id=filing.pk, now=request.now).pk},
    )
    messages.success(request, "已撤回，可以修改后重新提交。")
    return redirect("filing_fill", filing.obligation_id)
