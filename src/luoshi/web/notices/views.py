"""The messages to the own post: list, mark as read, go to the work."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from luoshi.kernel.documents.xlsx import Column
from luoshi.kernel.notify.queries import LEVELS, messages_visible
from luoshi.kernel.notify.reading import message_open, messages_read, unread_count
from luoshi.kernel.notify.topics import topic_title, topics_known
from luoshi.web.shell.export import xlsx_response
from luoshi.web.shell.paging import number_or_none
from luoshi.web.shell.templatetags.luoshi import moment

PER_PAGE = 50
MOST_EXPORTED = 5000


@require_safe
def message_list(request: HttpRequest) -> HttpResponse:
    """The messages to the actor's post, newest first, a page at a time."""
    asked = asked_of(request)
    before = number_or_none(request.GET.get("before"))
    rows = found_of(request, asked)
    found = list((rows.filter(pk__lt=before) if before else rows).order_by("-id")[: PER_PAGE + 1])
    shown = found[:PER_PAGE]
    context = {
        "rows": [(message, topic_title(message.notice.topic)) for message in shown],
        "levels": LEVELS,
        "asked": asked,
        "filtered": any(asked.values()),
        "older": shown[-1].pk if len(found) > PER_PAGE else None,
        "newest_page": before is None,
    }
    if request.htmx:
        return render(request, "notices/_messages.html", context)
    more = {"topics": topics_known(), "unread": unread_count(request.actor)}
    return render(request, "notices/messages.html", context | more)


def asked_of(request: HttpRequest) -> dict[str, str]:
    """Return the filters of the address."""
    return {name: request.GET.get(name, "").strip() for name in ("q", "state", "level", "topic")}


def found_of(request: HttpRequest, asked: dict[str, str]) -> QuerySet:
    """Return the messages that the filters leave."""
    found = messages_visible(request.actor)
    if asked["state"] in ("unread", "read"):
        found = found.filter(read_at__isnull=asked["state"] == "unread")
    if asked["level"] in LEVELS:
        found = found.filter(notice__level=asked["level"])
    if asked["topic"]:
        found = found.filter(notice__topic=asked["topic"])
    return found.filter(notice__text__contains=asked["q"]) if asked["q"] else found


@require_safe
def message_export(request: HttpRequest) -> HttpResponse:
    """The messages that the filters leave, as a spreadsheet."""
    columns = [
        Column("时间", 18),
        Column("级别", 8),
        Column("类别", 12),
        Column("内容", 70),
        Column("身份", 14),
    ]
    rows = [
        (
            moment(message.made_at),
            LEVELS[message.notice.level],
            topic_title(message.notice.topic),
            message.notice.text,
            message.duty,
        )
        for message in found_of(request, asked_of(request))[:MOST_EXPORTED]
    ]
    return xlsx_response(f"消息 {request.today:%Y-%m-%d}", columns, rows)


@require_POST
def message_read(request: HttpRequest) -> HttpResponse:
    """Mark every message of the own post as read."""
    count = messages_read(actor=request.actor, now=request.now)
    messages.success(request, f"已将 {count} 条消息标为已读。" if count else "没有未读消息。")
    return redirect("message_list")


@require_POST
def message_opened(request: HttpRequest, message_id: int) -> HttpResponse:
    """Mark one message as read and go to the work it is about."""
    address = message_open(actor=request.actor, message_id=message_id, now=request.now)
    return redirect(address or "message_list")
