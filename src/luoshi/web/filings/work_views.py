"""What waits for the actor: the own list of open work, and the desk of those who review."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_safe

from luoshi.core.beijing import local_day
from luoshi.core.lights import LOOKS, Light
from luoshi.core.periods import Period
from luoshi.domains.slips.queries import slips_waiting
from luoshi.kernel.access.policy import require_right
from luoshi.kernel.discuss.queries import questions_mine
from luoshi.kernel.filings.actions import filings_accept_batch
from luoshi.kernel.filings.flows import STEP_TITLES, Step
from luoshi.kernel.filings.queries import (
    OpenWork,
    filing_diff,
    filing_visible,
    my_open_work,
    obligation_visible,
    review_queue,
    version_before,
)
from luoshi.web.filings.lights import look_of
from luoshi.web.shell.errors import refusals_into
from luoshi.web.shell.paging import number_or_none
from luoshi.web.shell.posting import request_key, taken_once

PER_PAGE = 50
STAGES = {
    "opened": "未开始",
    "claimed": "已认领",
    "drafted": "填报中",
    "returned": "退回待补正",
    "withdrawn": "已撤回",
    "submitted": "已提交",
    "signed": "已审签",
}
FILTERS = ("form", "period", "step", "light")


@dataclass(frozen=True)
class Row:
    """One piece of open work as a line. ``waited``: days since it waits for this step, None before it did."""

    work: OpenWork
    tone: str
    word: str
    step: str
    stage: str
    waited: int | None
    href: str


@dataclass(frozen=True)
class Group:
    """Open work of one step on one form and period; ``href`` leads to it, in a list when there is more."""

    works: tuple[OpenWork, ...]
    href: str

    @property
    def first(self) -> OpenWork:
        """Return the one due first."""
        return self.works[0]


def row_of(work: OpenWork, now: datetime) -> Row:
    """Return a piece of open work with its words."""
    waited = None if work.since is None else (local_day(now) - local_day(work.since)).days
    return Row(
        work, *look_of(work.light), STEP_TITLES[work.step], STAGES[work.stage], waited, address_of(work)
    )


def address_of(work: OpenWork) -> str:
    """Return where a piece of open work is done."""
    name = "filing_fill" if work.step is Step.FILL else "obligation_detail"
    return reverse(name, args=[work.obligation_id])


def groups_of(works: Iterable[OpenWork]) -> list[Group]:
    """Return open work by step, form and period, in the order of what is due first."""
    found: dict[tuple[Step, str, str], list[OpenWork]] = {}
    for work in works:
        found.setdefault((work.step, work.form_ref, work.period.code), []).append(work)
    return [Group(tuple(some), _group_address(some)) for some in found.values()]


def _group_address(works: Sequence[OpenWork]) -> str:
    first = works[0]
    if len(works) == 1:
        return address_of(first)
    asked = {"form": first.form_ref, "period": first.period.code}
    if first.step is Step.REVIEW:
        return f"{reverse('review_desk')}?{urlencode(asked)}"
    return f"{reverse('work_list')}?{urlencode({**asked, 'step': first.step.value})}"


@require_safe
def work_list(request: HttpRequest) -> HttpResponse:
    """Everything that waits for the actor, the first due first."""
    require_right(request.actor, "filing.view")
    context = {
        **listed(request, my_open_work(request.actor, request.now)),
        "others": others_of(request),
        "steps": [(step.value, title) for step, title in STEP_TITLES.items()],
        "lights": [(light.value, LOOKS[light].word) for light in Light if light is not Light.EXCUSED],
    }
    template = "filings/entry/_mine.html" if request.htmx else "filings/entry/mine.html"
    return render(request, template, context)


def others_of(request: HttpRequest) -> list[tuple[str, str]]:
    """Return what else waits for the actor, in words, with where it is done."""
    found = []
    if slips := slips_waiting(request.actor, request.now):
        one = reverse("slip_detail", args=[slips[0].slip.pk])
        found.append((f"督办单 {len(slips)} 份", one if len(slips) == 1 else reverse("slip_list")))
    if asked := questions_mine(request.actor, request.now).count():
        found.append((f"待答复的问题 {asked} 个", f"{reverse('question_list')}?mine=1&state=waiting"))
    return found


def listed(request: HttpRequest, works: Sequence[OpenWork]) -> dict[str, Any]:
    """Return one page of open work as the address asks for it, and what there is to choose from."""
    asked = {name: request.GET.get(name, "").strip() for name in (*FILTERS, "q")}
    shown = [work for work in works if _matches(work, asked)]
    pages = max(1, -(-len(shown) // PER_PAGE))
    page = min(max(1, number_or_none(request.GET.get("page")) or 1), pages)
    rows = [row_of(work, request.now) for work in shown[(page - 1) * PER_PAGE : page * PER_PAGE]]
    periods: dict[str, Period] = {work.period.code: work.period for work in works}
    return {
        "rows": rows,
        "asked": asked,
        "total": len(works),
        "found": len(shown),
        "page": page,
        "pages": pages,
        "forms": sorted({(work.form_ref, work.form_title) for work in works}),
        "periods": [(code, periods[code].title) for code in sorted(periods, reverse=True)],
    }


def _matches(work: OpenWork, asked: dict[str, str]) -> bool:
    standing = {
        "form": work.form_ref,
        "period": work.period.code,
        "step": work.step.value,
        "light": work.light.value,
    }
    text = asked["q"]
    named = (work.form_title, work.unit.title, work.unit.short, work.unit.code)
    return all(not asked[name] or asked[name] == standing[name] for name in FILTERS) and (
        not text or any(text in name for name in named)
    )


class BatchForm(forms.Form):
    """The confirmation of several at once."""

    sure = forms.BooleanField(error_messages={"required": "请先核对并勾选确认。"})


@require_http_methods(["GET", "HEAD", "POST"])
def review_desk(request: HttpRequest) -> HttpResponse:
    """What waits for the actor's review, the longest waiting first; several can be accepted at once."""
    require_right(request.actor, "filing.view")
    asked = BatchForm(request.POST if request.method == "POST" else None)
    chosen = [number for text in request.POST.getlist("filing") if (number := number_or_none(text))]
    if request.method == "POST" and asked.is_valid():
        with refusals_into(request, asked):
            result = taken_once(
                request,
                lambda: {
                    "accepted": filings_accept_batch(actor=request.actor, filing_ids=chosen, now=request.now)
                },
            )
            messages.success(request, f"已通过 {result['accepted']} 份，每一份都已留痕。")
            return redirect("review_desk")
    context = listed(request, review_queue(request.actor, request.now))
    waited = [row.waited for row in context["rows"] if row.waited is not None]
    context |= {
        "batch": asked,
        "chosen": chosen,
        "longest": max(waited, default=0),
        "key": request_key(),
    }
    template = "filings/review/_queue.html" if request.htmx else "filings/review/desk.html"
    return render(request, template, context)


@require_safe
def filing_changes(request: HttpRequest, filing_id: int) -> HttpResponse:
    """One version beside the one before it, field by field."""
    filing = filing_visible(request.actor, filing_id)
    previous = version_before(filing)
    context = {
        "filing": filing,
        "previous": previous,
        "diff": filing_diff(filing, previous),
        "obligation": obligation_visible(request.actor, filing.obligation_id),
    }
    template = "filings/review/_changes.html" if request.htmx else "filings/review/changes.html"
    return render(request, template, context)
