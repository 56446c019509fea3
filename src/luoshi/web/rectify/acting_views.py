"""Acting: measures listed, likes asked and taken back, objections registered and answered."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from luoshi.core.errors import NotFound
from luoshi.domains.rectify.listing import notices_made, objections_of
from luoshi.domains.rectify.measures import MeasureGiven, measures_add
from luoshi.domains.rectify.objections import objection_answer, objection_record
from luoshi.domains.rectify.siblings import (
    coverage_of,
    sibling_ask,
    sibling_found,
    sibling_withdraw,
    siblings_of,
)
from luoshi.domains.rectify.types import PROBLEM, PUBLIC, SIBLING, require_type
from luoshi.kernel.items.actions import creating_check
from luoshi.kernel.items.queries import item_visible, items_visible, type_def
from luoshi.kernel.items.schema import CREATE
from luoshi.web.items.forms import TITLE, GivenForm
from luoshi.web.items.moving_views import choices
from luoshi.web.rectify.forms import AnswerForm, MeasureForm, NoteForm, ObjectionForm, SiblingForm
from luoshi.web.rectify.panels import creates, measures_act
from luoshi.web.shell.errors import refusals_into
from luoshi.web.shell.posting import request_key, taken_once


def problem_of(request: HttpRequest, item_id: int, ref: str = PROBLEM) -> Any:
    """Return a problem in sight. Raises: NotFound."""
    item = item_visible(request.actor, item_id)
    require_type(item, ref)
    return item


@require_http_methods(["GET", "HEAD", "POST"])
def rectify_measures(request: HttpRequest, item_id: int) -> HttpResponse:
    """List one measure under a problem; the page comes again for the next."""
    item = problem_of(request, item_id)
    if measures_act(request, item, type_def(PROBLEM)) is None:
        raise NotFound("本问题现在不能列出措施，或不由您的岗位办理。")
    form = MeasureForm(request.POST or None, units=choices(request))
    if request.method == "POST" and form.is_valid():
        with refusals_into(request, form):
            given = MeasureGiven(**form.cleaned_data)
            made = taken_once(
                request,
                lambda: {
                    "measure": measures_add(
                        actor=request.actor, problem_id=item.pk, measures=[given], now=request.now
                    )[0].number
                },
            )
            messages.success(request, f"措施 {made['measure']} 已登记，可继续登记下一条。")
            return redirect("rectify_measures", item.pk)
    return render(request, "rectify/measures.html", {"item": item, "form": form, "key": request_key()})


@require_http_methods(["GET", "HEAD", "POST"])
def rectify_siblings(request: HttpRequest, item_id: int) -> HttpResponse:
    """How far a sibling check has come; the desk asks further units."""
    item = problem_of(request, item_id)
    coverage = coverage_of(item, request.today)
    form = None
    if creates(request, SIBLING):
        asked = {row.unit for row in coverage.rows}
        units = [(u.code, u.title) for u in siblings_of(item, request.today) if u.code not in asked]
        form = SiblingForm(request.POST or None, units=units)
    elif request.method == "POST":
        creating_check(request.actor, type_def(SIBLING), request.now)
    if form is not None and request.method == "POST" and form.is_valid():
        with refusals_into(request, form):
            given = form.cleaned_data
            made = taken_once(
                request,
                lambda: {
                    "asked": len(
                        sibling_ask(actor=request.actor, problem_id=item.pk, now=request.now, **given)
                    )
                },
            )
            messages.success(request, f"已向 {made['asked']} 个单位布置排查。")
            return redirect("rectify_siblings", item.pk)
    own = set(
        items_visible(request.actor)
        .filter(pk__in=[row.item.pk for row in coverage.rows])
        .values_list("pk", flat=True)
    )
    context = {
        "item": item,
        "coverage": coverage,
        "rows": [(row, row.item.pk in own) for row in coverage.rows],
        "form": form,
        "withdraw": NoteForm() if form and coverage.rows and not coverage.answered else None,
        "key": request_key(),
    }
    return render(request, "rectify/siblings.html", context)


@require_POST
def rectify_siblings_withdraw(request: HttpRequest, item_id: int) -> HttpResponse:
    """Take a whole sibling check back while nobody has answered."""
    item = problem_of(request, item_id)
    note = request.POST.get("note", "")

    def withdraw() -> dict[str, int]:
        rows = sibling_withdraw(actor=request.actor, problem_id=item.pk, note=note, now=request.now)
        return {"count": len(rows)}

    done = taken_once(request, withdraw)
    messages.success(request, f"已撤回 {done['count']} 个单位的排查任务。")
    return redirect("rectify_siblings", item.pk)


@require_http_methods(["GET", "HEAD", "POST"])
def rectify_found(request: HttpRequest, item_id: int) -> HttpResponse:
    """Register what a like found as a problem of its own."""
    task = problem_of(request, item_id, SIBLING)
    kind = type_def(PROBLEM)
    creating_check(request.actor, kind, request.now)
    move = kind.moves[CREATE]
    data = request.POST if request.method == "POST" else None
    form = GivenForm(data, kind=kind, need=(TITLE, *move.need), may=move.may, units=choices(request))
    if data is not None and form.is_valid():
        with refusals_into(request, form):
            made = taken_once(
                request,
                lambda: {
                    "item": sibling_found(
                        actor=request.actor, task_id=task.pk, given=form.given(), now=request.now
                    ).pk
                },
            )
            messages.success(request, "已登记，并关联到举一反三任务。")
            return redirect("item_detail", made["item"])
    return render(request, "rectify/found.html", {"task": task, "form": form, "key": request_key()})


def notice_context(request: HttpRequest, item: Any, **forms: Any) -> dict[str, Any]:
    """Return what the page of a notice shows."""
    on = item.state == PUBLIC
    own = items_visible(request.actor).filter(pk=item.pk)
    return {
        "item": item,
        "notice": notices_made(own, request.today)[0] if on else None,
        "objections": objections_of(item),
        "on": on,
        "form": forms.get("form") or ObjectionForm(initial={"received_on": request.today}),
        "answer": forms.get("answer") or AnswerForm(),
        "answering": forms.get("answering"),
        "key": request_key(),
    }


@require_http_methods(["GET", "HEAD", "POST"])
def rectify_notice(request: HttpRequest, item_id: int) -> HttpResponse:
    """One notice with its objections; another is registered here."""
    item = problem_of(request, item_id)
    form = ObjectionForm(request.POST) if request.method == "POST" else None
    if form is not None and form.is_valid():
        with refusals_into(request, form):
            given = form.cleaned_data
            taken_once(
                request,
                lambda: {
                    "row": objection_record(
                        actor=request.actor, problem_id=item.pk, now=request.now, **given
                    ).pk
                },
            )
            messages.success(request, "公示意见已登记，答复前不能销号。")
            return redirect("rectify_notice", item.pk)
    return render(request, "rectify/notice.html", notice_context(request, item, form=form))


@require_POST
def rectify_answer(request: HttpRequest, item_id: int, objection_id: int) -> HttpResponse:
    """Answer an objection."""
    item = problem_of(request, item_id)
    form = AnswerForm(request.POST)
    if form.is_valid():
        with refusals_into(request, form):
            upheld, text = form.cleaned_data["upheld"] == "yes", form.cleaned_data["answer"]
            taken_once(
                request,
                lambda: {
                    "row": objection_answer(
                        actor=request.actor,
                        objection_id=objection_id,
                        upheld=upheld,
                        answer=text,
                        now=request.now,
                    ).pk
                },
            )
            messages.success(request, "公示意见已答复。")
            return redirect("rectify_notice", item.pk)
    context = notice_context(request, item, answer=form, answering=objection_id)
    return render(request, "rectify/notice.html", context)
