"""The steps of a handover: notice, package, check, signatures, supplements."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from luoshi.domains.handover.lines import (
    handover_offer,
    handover_return,
    line_add,
    line_note,
    line_remove,
    lines_answer,
    package_renew,
)
from luoshi.domains.handover.noticing import handover_cancel, handover_notice, limit_set, successor_set
from luoshi.domains.handover.queries import (
    handover_visible,
    heads_now,
    leavers_due,
    persons_holding,
)
from luoshi.domains.handover.sight import MANAGE
from luoshi.domains.handover.signing import handover_sign, supplement_add, supplement_confirm
from luoshi.kernel.access.policy import require_right
from luoshi.kernel.org.posts import posts_choice
from luoshi.web.handover.forms import (
    AnswerForm,
    LimitForm,
    LineForm,
    NoteForm,
    NoticeForm,
    TakerForm,
    TextForm,
)
from luoshi.web.handover.views import HELP, handover_page
from luoshi.web.shell.errors import refusals_into
from luoshi.web.shell.paging import number_or_none
from luoshi.web.shell.posting import request_key, taken_once

# Step → its address. Each has an action of the same meaning, a form, and a word when it is done.
STEPS: Mapping[str, str] = {
    "successor": "successor",
    "cancel": "cancel",
    "renew": "renew",
    "line_add": "lines/add",
    "offer": "offer",
    "return": "return",
    "sign": "sign",
    "supplement": "supplements/add",
}
ACTIONS: Mapping[str, Callable[..., Any]] = {
    "successor": successor_set,
    "cancel": handover_cancel,
    "renew": package_renew,
    "line_add": line_add,
    "offer": handover_offer,
    "return": handover_return,
    "sign": handover_sign,
    "supplement": supplement_add,
}
SAID = {
    "successor": "接收人已确定。",
    "cancel": "已撤销。",
    "renew": "清单已按现在的记录更新。",
    "line_add": "已补列。",
    "offer": "已提交接收人核对。",
    "return": "已退回补充。",
    "sign": "已签字。",
    "supplement": "补充交接已提出，等另一方确认。",
}
REASONS = {"cancel": "reason", "return": "reason", "supplement": "text"}


class EmptyForm(forms.Form):
    """A form without fields, to carry what was refused."""


@require_http_methods(["GET", "HEAD", "POST"])
def handover_new(request: HttpRequest) -> HttpResponse:
    """Give notice of a handover."""
    require_right(request.actor, MANAGE)
    due = leavers_due(request.actor, request.now)
    leavers = {
        each.appointment_id: f"{each.unit_title} {each.post_title}　{each.name}（已离任）" for each in due
    }
    for row in heads_now(request.actor, request.today):
        leavers.setdefault(row.pk, f"{row.post.unit.title} {row.post.title}　{row.person.name}")
    chosen = number_or_none(request.GET.get("appointment"))
    left_on = {each.appointment_id: each.to_on for each in due}
    form = NoticeForm(
        request.POST if request.method == "POST" else None,
        leavers=list(leavers.items()),
        persons=persons_holding(request.today),
        posts=posts_choice(),
        initial={"appointment": chosen, "leaves_on": left_on.get(chosen)} if chosen else None,
    )
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        with refusals_into(request, form):
            made = taken_once(
                request,
                lambda: {
                    "id": handover_notice(
                        actor=request.actor,
                        appointment_id=given["appointment"],
                        ground=given["ground"],
                        leaves_on=given["leaves_on"],
                        taker_id=given["taker"],
                        to_post=given["to_post"],
                        witness_post=given["witness_post"],
                        now=request.now,
                    ).pk
                },
            )
            messages.success(request, "通知已发出，清单已按现有记录生成。")
            return redirect("handover_detail", made["id"])
    return render(request, "handover/new.html", {"form": form, "key": request_key()})


@require_POST
def limit_changed(request: HttpRequest) -> HttpResponse:
    """Set how long a handover may take."""
    require_right(request.actor, MANAGE)
    form = LimitForm(request.POST)
    if form.is_valid():
        with refusals_into(request, form):
            limit_set(actor=request.actor, workdays=form.cleaned_data["workdays"], now=request.now)
            messages.success(request, "交接期限已设定，今后的通知按新期限。")
            return redirect("handover_list")
    return render(request, "handover/limit.html", {"form": form})


def form_of(step: str, request: HttpRequest) -> forms.Form:
    """Return the form of a step as it was sent."""
    if step == "line_add":
        return LineForm(request.POST, auto_id="id_line_%s")
    if step == "successor":
        return TakerForm(request.POST, persons=persons_holding(request.today), auto_id="id_taker_%s")
    if step in HELP:
        label, help_text = HELP[step]
        return TextForm(request.POST, label=label, help_text=help_text, auto_id=f"id_{step}_%s")
    return EmptyForm(request.POST)


def given_of(step: str, form: forms.Form) -> dict[str, Any]:
    """Return the arguments of a step's action."""
    if step in REASONS:
        return {REASONS[step]: form.cleaned_data["text"]}
    if step == "successor":
        return {"taker_id": form.cleaned_data["taker"]}
    return dict(form.cleaned_data)


def step_view(step: str) -> Callable[..., HttpResponse]:
    """Make the view of one step. Opened as a page it leads to the handover and says that nothing was done."""

    @require_http_methods(["GET", "HEAD", "POST"])
    def stepped(request: HttpRequest, handover_id: int) -> HttpResponse:
        handover = handover_visible(request.actor, handover_id)
        if request.method != "POST":
            messages.warning(request, "刚才的办理没有生效，请核对后重新办理。")
            return redirect("handover_detail", handover_id)
        form = form_of(step, request)
        if form.is_valid():
            with refusals_into(request, form):
                given = given_of(step, form)
                taken_once(request, lambda: acted(request, step, handover_id, given))
                messages.success(request, SAID[step])
                return redirect("handover_detail", handover_id)
        if not form.fields:
            for text in form.non_field_errors():
                messages.error(request, text)
            return handover_page(request, handover)
        return handover_page(request, handover, **{step: form})

    return stepped


def acted(request: HttpRequest, step: str, handover_id: int, given: dict[str, Any]) -> dict[str, Any]:
    """Take a step."""
    ACTIONS[step](actor=request.actor, handover_id=handover_id, now=request.now, **given)
    return {"id": handover_id}


@require_http_methods(["GET", "HEAD", "POST"])
def lines_answered(request: HttpRequest, handover_id: int) -> HttpResponse:
    """Accept the lines ticked, or dispute them."""
    handover = handover_visible(request.actor, handover_id)
    if request.method != "POST":
        return redirect("handover_detail", handover_id)
    form = AnswerForm(request.POST, auto_id="id_answer_%s")
    chosen = [number for text in request.POST.getlist("line") if (number := number_or_none(text))]
    if form.is_valid():
        with refusals_into(request, form):
            given = form.cleaned_data
            taken_once(
                request,
                lambda: {
                    "id": lines_answer(
                        actor=request.actor,
                        handover_id=handover_id,
                        line_ids=chosen,
                        answer=given["answer"],
                        note=given["note"],
                        now=request.now,
                    ).pk
                },
            )
            messages.success(request, f"已核对 {len(chosen)} 项。")
            return redirect("handover_detail", handover_id)
    return handover_page(request, handover, answer=form)


@require_http_methods(["GET", "HEAD", "POST"])
def line_noted(request: HttpRequest, handover_id: int, line_id: int) -> HttpResponse:
    """Explain a line."""
    handover = handover_visible(request.actor, handover_id)
    form = NoteForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        with refusals_into(request, form):
            note = form.cleaned_data["note"]
            line_note(
                actor=request.actor, handover_id=handover_id, line_id=line_id, note=note, now=request.now
            )
            messages.success(request, "说明已保存。")
            return redirect("handover_detail", handover_id)
    return refused_page(request, handover, form)


@require_http_methods(["GET", "HEAD", "POST"])
def line_removed(request: HttpRequest, handover_id: int, line_id: int) -> HttpResponse:
    """Take out a line written in by hand."""
    handover = handover_visible(request.actor, handover_id)
    form = EmptyForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        with refusals_into(request, form):
            line_remove(actor=request.actor, handover_id=handover_id, line_id=line_id, now=request.now)
            messages.success(request, "已删去。")
            return redirect("handover_detail", handover_id)
    return refused_page(request, handover, form)


@require_http_methods(["GET", "HEAD", "POST"])
def supplement_confirmed(request: HttpRequest, handover_id: int, supplement_id: int) -> HttpResponse:
    """Confirm a supplement of the other side."""
    handover = handover_visible(request.actor, handover_id)
    form = EmptyForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        with refusals_into(request, form):
            supplement_confirm(
                actor=request.actor, handover_id=handover_id, supplement_id=supplement_id, now=request.now
            )
            messages.success(request, "已确认。")
            return redirect("handover_detail", handover_id)
    return refused_page(request, handover, form)


def refused_page(request: HttpRequest, handover: Any, form: forms.Form) -> HttpResponse:
    """Lead back to the handover; what was refused stands above it."""
    if request.method != "POST":
        return redirect("handover_detail", handover.pk)
    for texts in form.errors.values():
        for text in texts:
            messages.error(request, text)
    return handover_page(request, handover)
