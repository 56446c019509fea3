"""The steps of meetings and topics."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django import forms as base
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from luoshi.core.errors import Invalid
from luoshi.domains.meetings.holding import (
    attendee_mark,
    decision_hand_on,
    meeting_close,
    meeting_open,
    recuse,
    statement_add,
    topic_decide,
    topic_discuss,
    topic_withdraw,
    vote_put,
)
from luoshi.domains.meetings.planning import (
    attendee_add,
    meeting_plan,
    papers_deliver,
    rules_set,
    step_done,
    topic_add,
)
from luoshi.domains.meetings.queries import meeting_visible, seats_of, topic_visible
from luoshi.domains.meetings.sight import MANAGE
from luoshi.kernel.access.policy import require_right
from luoshi.kernel.items.policy import RIGHT, may, standing_of
from luoshi.kernel.items.schema import CREATE
from luoshi.kernel.items.types import types_in_force
from luoshi.kernel.org.posts import posts_choice
from luoshi.web.items.acting_views import choices
from luoshi.web.items.forms import TITLE, GivenForm
from luoshi.web.meetings import forms
from luoshi.web.meetings.views import meeting_page, named, topic_page, units
from luoshi.web.shell.errors import refusals_into
from luoshi.web.shell.posting import request_key, taken_once

# Step → (action, form, word when done).
Step = tuple[Callable[..., Any], type[base.Form], str]
MEETING_STEPS: Mapping[str, Step] = {
    "seat": (attendee_add, forms.SeatForm, "已列入。"),
    "mark": (attendee_mark, forms.MarkForm, "到会情况已登记。"),
    "topic": (topic_add, forms.TopicForm, "议题已列入。"),
    "open": (meeting_open, forms.EmptyForm, "会议已开始。"),
    "close": (meeting_close, forms.EmptyForm, "会议已结束，可以下载纪要。"),
}
TOPIC_STEPS: Mapping[str, Step] = {
    "step": (step_done, forms.StepForm, "会前程序已登记。"),
    "papers": (papers_deliver, forms.EmptyForm, "材料已送达。"),
    "recuse": (recuse, forms.RecuseForm, "回避已登记。"),
    "discuss": (topic_discuss, forms.EmptyForm, "开始审议。"),
    "state": (statement_add, forms.StatementForm, "发言已记录。"),
    "vote": (vote_put, forms.VoteForm, "表决已记录。"),
    "decide": (topic_decide, forms.DecisionForm, "决定已记录。"),
    "withdraw": (topic_withdraw, forms.WithdrawForm, "议题已撤下。"),
}
RENAMED = {"attendee": "attendee_id"}


@require_http_methods(["GET", "HEAD", "POST"])
def meeting_new(request: HttpRequest) -> HttpResponse:
    """Plan a meeting."""
    require_right(request.actor, MANAGE)
    data = request.POST if request.method == "POST" else None
    form = forms.MeetingForm(data, offered={"organ": units(request)})
    if data is not None and form.is_valid():
        given = form.cleaned_data
        with refusals_into(request, form):
            made = taken_once(
                request, lambda: {"id": meeting_plan(actor=request.actor, now=request.now, **given).pk}
            )
            messages.success(request, "会议已列入，请接着列参会人员和议题。")
            return redirect("meeting_detail", made["id"])
    return render(request, "meetings/new.html", {"form": form, "key": request_key()})


@require_POST
def rules_changed(request: HttpRequest) -> HttpResponse:
    """Set the rules of meetings."""
    require_right(request.actor, MANAGE)
    form = forms.RulesForm(request.POST, auto_id="id_rules_%s")
    if form.is_valid():
        with refusals_into(request, form):
            rules_set(actor=request.actor, now=request.now, **form.cleaned_data)
            messages.success(request, "议事规则参数已设定。")
            return redirect("meeting_list")
    return render(request, "meetings/rules.html", {"form": form})


def meeting_step(step: str) -> Callable[..., HttpResponse]:
    """Make the view of one step of a meeting; opened as a page it leads to the meeting."""
    action, form_class, said = MEETING_STEPS[step]

    @require_http_methods(["GET", "HEAD", "POST"])
    def stepped(request: HttpRequest, meeting_id: int) -> HttpResponse:
        meeting = meeting_visible(request.actor, meeting_id)
        if request.method != "POST":
            messages.warning(request, "刚才的办理没有生效，请核对后重新办理。")
            return redirect("meeting_detail", meeting_id)
        offered = {"post": posts_choice(), "sponsor": units(request)} if step in ("seat", "topic") else {}
        settings: dict[str, Any] = {"offered": offered} if offered else {}
        form = form_class(request.POST, auto_id=f"id_{step}_%s", **settings)
        if acted(request, form, action, {"meeting_id": meeting_id}, said):
            return redirect("meeting_detail", meeting_id)
        return refused_page(request, form, step, lambda **made: meeting_page(request, meeting, **made))

    return stepped


def topic_step(step: str) -> Callable[..., HttpResponse]:
    """Make the view of one step of a topic; opened as a page it leads to the topic."""
    action, form_class, said = TOPIC_STEPS[step]

    @require_http_methods(["GET", "HEAD", "POST"])
    def stepped(request: HttpRequest, topic_id: int) -> HttpResponse:
        topic = topic_visible(request.actor, topic_id)
        if request.method != "POST":
            messages.warning(request, "刚才的办理没有生效，请核对后重新办理。")
            return redirect("topic_detail", topic_id)
        settings: dict[str, Any] = {}
        if "attendee" in form_class.base_fields:
            settings = {"offered": {"attendee": named(seats_of(topic.meeting))}}
        form = form_class(request.POST, request.FILES, auto_id=f"id_{step}_%s", **settings)
        if acted(request, form, action, {"topic_id": topic_id}, said):
            return redirect("topic_detail", topic_id)
        return refused_page(request, form, step, lambda **made: topic_page(request, topic, **made))

    return stepped


def acted(
    request: HttpRequest, form: base.Form, action: Callable[..., Any], where: dict[str, int], said: str
) -> bool:
    """Take a step with what a form holds; return whether it was done."""
    if not form.is_valid():
        return False
    given = {RENAMED.get(key, key): value for key, value in form.cleaned_data.items()}
    file = given.pop("file", None)
    if file is not None:
        given |= {"file_name": file.name, "content": file.read()}
    with refusals_into(request, form):

        def make() -> dict[str, Any]:
            action(actor=request.actor, now=request.now, **where, **given)
            return dict(where)

        taken_once(request, make)
        messages.success(request, said)
        return True
    return False


def refused_page(
    request: HttpRequest, form: base.Form, step: str, page: Callable[..., HttpResponse]
) -> HttpResponse:
    """Show the page again with what was refused: in its form where the page shows it, else above."""
    if not form.fields or step in ("mark", "step"):
        for texts in form.errors.values():
            for text in texts:
                messages.error(request, text)
        return page()
    return page(**{step: form})


@require_http_methods(["GET", "HEAD", "POST"])
def decision_handed_on(request: HttpRequest, topic_id: int) -> HttpResponse:
    """Choose what kind of item carries a decision out, then take it in."""
    topic = topic_visible(request.actor, topic_id)
    require_right(request.actor, RIGHT)
    kinds = {
        kind.ref: kind
        for kind in types_in_force()
        if may(request.actor, kind.moves[CREATE].by, standing_of(kind, (), request.today))
    }
    ref = (request.POST or request.GET).get("type", "") or (next(iter(kinds)) if len(kinds) == 1 else "")
    if ref not in kinds:
        if ref:
            raise Invalid("不能转为这类事项，请从列出的种类中选择。")
        return render(request, "meetings/kinds.html", {"topic": topic, "kinds": list(kinds.values())})
    kind = kinds[ref]
    move = kind.moves[CREATE]
    data = request.POST if request.method == "POST" else None
    asked = GivenForm(
        data,
        kind=kind,
        need=(TITLE, *move.need),
        may=move.may,
        units=choices(request),
        standing={TITLE: topic.title},
    )
    if data is not None and asked.is_valid():
        with refusals_into(request, asked):
            made = taken_once(
                request,
                lambda: {
                    "id": decision_hand_on(
                        actor=request.actor,
                        topic_id=topic_id,
                        type_ref=ref,
                        given=asked.given(),
                        now=request.now,
                    ).pk
                },
            )
            messages.success(request, "已转为落实事项。")
            return redirect("item_detail", made["id"])
    context = {"topic": topic, "kind": kind, "asked": asked, "key": request_key()}
    return render(request, "meetings/hand_on.html", context)
