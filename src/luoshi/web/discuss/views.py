"""The list of questions, one question with its answers, asking, answering, commenting."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from luoshi.core.errors import NotAllowed, NotFound
from luoshi.kernel.access.policy import can, require_right
from luoshi.kernel.discuss.actions import (
    answer_revise,
    comment_add,
    comment_strike,
    question_answer,
    question_ask,
    question_withdraw,
)
from luoshi.kernel.discuss.hooks import subject_kind
from luoshi.kernel.discuss.queries import (
    STATES,
    QuestionView,
    comment_own,
    may_ask,
    may_comment,
    question_view,
    questions_found,
    topic_of,
    topics_known,
)
from luoshi.kernel.ledger.queries import events_of
from luoshi.kernel.org.queries import units_on
from luoshi.web.discuss.forms import AnswerForm, AskForm, CommentForm
from luoshi.web.discuss.panels import comments_with
from luoshi.web.ledger.words import Names
from luoshi.web.shell.errors import refusals_into
from luoshi.web.shell.export import Column, xlsx_response
from luoshi.web.shell.paging import number_or_none
from luoshi.web.shell.posting import request_key, taken_once
from luoshi.web.shell.templatetags.luoshi import moment

PER_PAGE = 50
COMMENTED = {"obligation": "obligation_detail", "item": "item_detail"}
CALLED = {"obligation": "应报明细", "item": "事项详情"}


@require_safe
def question_list(request: HttpRequest) -> HttpResponse:
    """Questions in sight: what waits for an answer first."""
    require_right(request.actor, "question.view")
    asked = asked_of(request)
    found = found_of(request, asked)
    pages = max(1, -(-len(found) // PER_PAGE))
    page = min(max(1, number_or_none(request.GET.get("page")) or 1), pages)
    known = topics_known()
    context = {
        "rows": found[(page - 1) * PER_PAGE : page * PER_PAGE],
        "found": len(found),
        "waiting": sum(view.state == "waiting" for view in found),
        "page": page,
        "pages": pages,
        "asked": asked,
        "filtered": any(asked.values()),
        "answers": can(request.actor, "question.answer"),
        "states": STATES.items(),
        "topics": [(f"{kind}:{ref}", topic.title) for (kind, ref), topic in known.items()],
        "askable": [
            (f"{kind}:{ref}", topic.title)
            for (kind, ref), topic in known.items()
            if may_ask(request.actor, kind, ref, request.now)
        ],
    }
    return render(request, "discuss/_rows.html" if request.htmx else "discuss/list.html", context)


def asked_of(request: HttpRequest) -> dict[str, str]:
    """Return the filters of the address."""
    return {name: request.GET.get(name, "").strip() for name in ("q", "state", "topic", "mine")}


def found_of(request: HttpRequest, asked: dict[str, str]) -> list[QuestionView]:
    """Return the questions that the filters let through."""
    return questions_found(
        request.actor,
        request.now,
        state=asked["state"],
        topic=asked["topic"],
        text=asked["q"],
        mine=bool(asked["mine"]),
    )


@require_safe
def question_export(request: HttpRequest) -> HttpResponse:
    """The questions as filtered, with the answers in force, as a spreadsheet."""
    require_right(request.actor, "question.view")
    columns = [
        Column("状态", 10),
        Column("表单", 24),
        Column("填报项", 20),
        Column("问题", 50),
        Column("提问单位", 24),
        Column("提问时间", 18),
        Column("等待天数", 10, "int"),
        Column("由谁答复", 20),
        Column("答复", 50),
        Column("答复时间", 18),
    ]
    rows = [
        (
            view.state_title,
            view.topic.title,
            view.field_title,
            view.text,
            view.unit_title,
            moment(view.asked_at),
            view.waited,
            view.topic.answered_by,
            view.answer.text if view.answer else "",
            moment(view.answer.at) if view.answer else "",
        )
        for view in found_of(request, asked_of(request))
    ]
    return xlsx_response("问答", columns, rows)


@require_http_methods(["GET", "HEAD", "POST"])
def question_ask_page(request: HttpRequest) -> HttpResponse:
    """Ask about a form, named in the address as ``kind:ref``."""
    kind, _, ref = request.GET.get("topic", "").partition(":")
    topic = topic_of(kind, ref)
    if not may_ask(request.actor, kind, ref, request.now):
        raise NotAllowed(f"“{topic.title}”不由您的单位填报，不能代为提问。")
    asked = AskForm(request.POST or None, topic=topic, initial={"field": request.GET.get("field", "")})
    if request.method == "POST" and asked.is_valid():
        with refusals_into(request, asked):
            made = taken_once(
                request,
                lambda: {
                    "question": question_ask(
                        actor=request.actor, kind=kind, ref=ref, now=request.now, **asked.cleaned_data
                    ).pk
                },
            )
            messages.success(request, f"已提出，由{topic.answered_by}答复；答复后会通知您。")
            return redirect("question_detail", made["question"])
    context = {"topic": topic, "asked": asked, "address": request.get_full_path(), "key": request_key()}
    return render(request, "discuss/ask.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def question_detail(request: HttpRequest, question_id: int) -> HttpResponse:
    """One question; who answers it does so here, or revises the answer."""
    view = question_view(request.actor, question_id, request.now)
    asked = AnswerForm(
        request.POST if request.method == "POST" else None,
        initial={"text": view.answer.text if view.answer else ""},
    )
    if request.method == "POST" and asked.is_valid():
        act = answer_revise if view.answer else question_answer
        with refusals_into(request, asked):
            text = asked.cleaned_data["text"]
            taken_once(
                request,
                lambda: {
                    "answer": act(actor=request.actor, question_id=question_id, text=text, now=request.now).pk
                },
            )
            messages.success(request, "已答复并公布。" if view.answer is None else "答复已修订并公布。")
            return redirect("question_detail", question_id)
    context = question_context(request, view, asked)
    return render(request, "discuss/_question.html" if request.htmx else "discuss/question.html", context)


def question_context(request: HttpRequest, view: QuestionView, asked: AnswerForm) -> dict[str, Any]:
    """Return one question with everything shown of it."""
    events = events_of("question", view.id) if view.unit_title else []
    names = Names.of((event.by for event in events), request.today)
    codes = {each.unit_code for each in view.answers}
    titles = dict(units_on(request.today).filter(code__in=codes).values_list("code", "title"))
    return {
        "view": view,
        "asked": asked,
        "answers": [(each, titles.get(each.unit_code, each.unit_code)) for each in view.answers],
        "events": [(event, names.who(event.by)) for event in reversed(events)],
        "may": {
            "answer": view.to_answer and view.state != "withdrawn",
            "withdraw": view.mine and view.state == "waiting",
        },
        "key": request_key(),
    }


@require_POST
def question_withdrawn(request: HttpRequest, question_id: int) -> HttpResponse:
    """Take one's own question back."""
    question_withdraw(actor=request.actor, question_id=question_id, now=request.now)
    messages.success(request, "问题已撤回。")
    return redirect("question_list")


@require_http_methods(["GET", "HEAD", "POST"])
def comment_added(request: HttpRequest, kind: str, subject_id: int) -> HttpResponse:
    """Write a comment on a record."""
    if kind not in COMMENTED:
        raise NotFound("没有这类可以写意见的记录。")
    asked = CommentForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and asked.is_valid():
        with refusals_into(request, asked):
            text = asked.cleaned_data["text"]
            taken_once(
                request,
                lambda: {
                    "comment": comment_add(
                        actor=request.actor, kind=kind, subject_id=subject_id, text=text, now=request.now
                    ).pk
                },
            )
            messages.success(request, "意见已写入。")
            return redirect(COMMENTED[kind], subject_id)
    panel = comments_with(request, kind, subject_id)
    if not may_comment(request.actor, kind, subject_id, request.now):
        raise NotAllowed(f"只有{subject_kind(kind).who}可以写意见。")
    context = {
        "panel": panel,
        "asked": asked,
        "back": reverse(COMMENTED[kind], args=[subject_id]),
        "called": CALLED[kind],
        "key": request_key(),
    }
    return render(request, "discuss/comment.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def comment_struck(request: HttpRequest, comment_id: int) -> HttpResponse:
    """Strike one's own comment, after a look at it."""
    if request.method == "POST":
        comment = comment_strike(actor=request.actor, comment_id=comment_id, now=request.now)
        messages.success(request, "意见已划去。")
        return redirect(COMMENTED[comment.subject_kind], comment.subject_id)
    comment = comment_own(request.actor, comment_id)
    back = reverse(COMMENTED[comment.subject_kind], args=[comment.subject_id])
    return render(request, "discuss/strike.html", {"comment": comment, "back": back})
