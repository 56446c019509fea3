"""What was sent, what failed, who was not told and why: for the office and the auditor."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from luoshi.kernel.access.policy import can
from luoshi.kernel.documents.xlsx import Column
from luoshi.kernel.notify.queries import (
    CHANNELS,
    LEVELS,
    REASONS,
    STATES,
    deliveries_visible,
    notices_visible,
    skips_visible,
)
from luoshi.kernel.notify.setting import delivery_retry
from luoshi.kernel.notify.topics import topic_title
from luoshi.web.shell.export import xlsx_response
from luoshi.web.shell.paging import number_or_none
from luoshi.web.shell.templatetags.luoshi import moment

PER_PAGE = 50
MOST_EXPORTED = 5000
VIEWS = {"sent": "已告知", "skipped": "未告知", "out": "邮件和推送"}


@require_safe
def notice_log(request: HttpRequest) -> HttpResponse:
    """One of three lists, newest first, a page at a time."""
    asked = asked_of(request)
    before = number_or_none(request.GET.get("before"))
    found = found_of(request, asked)
    page = list((found.filter(pk__lt=before) if before else found).order_by("-id")[: PER_PAGE + 1])
    shown = page[:PER_PAGE]
    context = {
        "rows": [line_of(asked["view"], row) for row in shown],
        "asked": asked,
        "views": VIEWS.items(),
        "reasons": REASONS.items(),
        "states": STATES.items(),
        "older": shown[-1].pk if len(page) > PER_PAGE else None,
        "newest_page": before is None,
        "may": {"retry": can(request.actor, "notice.manage")},
    }
    return render(request, "notices/_log.html" if request.htmx else "notices/log.html", context)


def asked_of(request: HttpRequest) -> dict[str, str]:
    """Return the filters of the address; an unknown list is the first one."""
    asked = {name: request.GET.get(name, "").strip() for name in ("view", "q", "reason", "state")}
    return asked if asked["view"] in VIEWS else asked | {"view": "sent"}


def found_of(request: HttpRequest, asked: dict[str, str]) -> Any:
    """Return the rows of the list that is asked for. Raises: NotAllowed."""
    text = asked["q"]
    if asked["view"] == "out":
        out = deliveries_visible(request.actor)
        out = out.filter(digest__post__unit__title__contains=text) if text else out
        return out.filter(state=asked["state"]) if asked["state"] in STATES else out
    if asked["view"] == "skipped":
        skips = skips_visible(request.actor)
        skips = skips.filter(notice__text__contains=text) if text else skips
        return skips.filter(reason=asked["reason"]) if asked["reason"] in REASONS else skips
    sent = notices_visible(request.actor).annotate(told=Count("messages")).filter(told__gt=0)
    return sent.filter(text__contains=text) if text else sent


def line_of(view: str, row: Any) -> dict[str, Any]:
    """Return one line of a list as its template and its export show it."""
    if view == "out":
        post = row.digest.post
        return {
            "id": row.pk,
            "at": row.changed_at,
            "who": f"{post.unit.title} {post.title}",
            "channel": CHANNELS[row.channel],
            "state": row.state,
            "state_title": STATES[row.state],
            "attempts": row.attempts,
            "result": row.result or "—",
        }
    notice = row.notice if view == "skipped" else row
    line = {
        "at": notice.made_at,
        "level": notice.level,
        "level_title": LEVELS[notice.level],
        "topic": topic_title(notice.topic),
        "text": notice.text,
    }
    if view == "sent":
        return line | {"told": row.told}
    instead = f"{row.instead.unit.title} {row.instead.title}" if row.instead else "—"
    return line | {"duty": row.duty, "reason": REASONS[row.reason], "instead": instead}


HEADS: dict[str, dict[str, str]] = {
    "sent": {"at": "时间", "level_title": "级别", "topic": "类别", "text": "内容", "told": "告知岗位数"},
    "skipped": {
        "at": "时间",
        "level_title": "级别",
        "text": "内容",
        "duty": "应告知",
        "reason": "原因",
        "instead": "改告知",
    },
    "out": {
        "at": "时间",
        "who": "岗位",
        "channel": "渠道",
        "state_title": "状态",
        "attempts": "次数",
        "result": "结果",
    },
}


@require_safe
def notice_log_export(request: HttpRequest) -> HttpResponse:
    """The list that is asked for, as a spreadsheet."""
    asked = asked_of(request)
    heads = HEADS[asked["view"]]
    columns = [Column(title, 60 if key == "text" else 18) for key, title in heads.items()]
    lines = (line_of(asked["view"], row) for row in found_of(request, asked).order_by("-id")[:MOST_EXPORTED])
    rows = [tuple(str(moment(line[key]) if key == "at" else line[key]) for key in heads) for line in lines]
    return xlsx_response(f"消息发送 {VIEWS[asked['view']]} {request.today:%Y-%m-%d}", columns, rows)


@require_POST
def delivery_retried(request: HttpRequest, delivery_id: int) -> HttpResponse:
    """Send a failed delivery again."""
    delivery_retry(actor=request.actor, delivery_id=delivery_id, now=request.now)
    messages.success(request, "已重新排入发送，免打扰时段过后发出。")
    return redirect(f"{reverse('notice_log')}?view=out")
