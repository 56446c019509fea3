"""What surrounds a page: the menu an actor gets, the own appointments, the demo clock."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from luoshi.core.actor import Actor
from luoshi.core.clock import OffsetClock
from luoshi.kernel.access.policy import can
from luoshi.kernel.access.queries import appointments_of
from luoshi.kernel.definitions.queries import kinds_in_force
from luoshi.kernel.items.types import types_in_force
from luoshi.kernel.notify.hours import quiet_now
from luoshi.kernel.notify.reading import unread_count
from luoshi.web.shell.views import LARGE_TYPE


@dataclass(frozen=True)
class Entry:
    """One line of the menu. ``kind``: the area is hidden while no pack brings such definitions."""

    title: str
    url_name: str
    icon: str
    right: str = ""
    kind: str = ""
    short: str = ""
    args: tuple[str, ...] = ()


Menu: TypeAlias = "tuple[tuple[str, tuple[Entry, ...]], ...]"

MENU: Menu = (
    (
        "总览",
        (
            Entry("工作台", "workbench", "home"),
            Entry("我的待办", "work_list", "checklist", "filing.view", "form", "待办"),
            Entry("我的事项", "item_mine", "briefcase", "item.handle", "item", "事项"),
            Entry("指标数据", "indicator_list", "chart-bar", "filing.view", "indicator"),
        ),
    ),
    (
        "责任落实",
        (
            Entry("责任清单", "duty_overview", "list-check", "list.view", "list", "清单"),
            Entry("任务分解", "plan_list", "list-tree", "plan.view", "item", "任务"),
            Entry("节点填报", "form_list", "file-text", "filing.view", "form", "填报"),
            Entry("问答", "question_list", "message-circle", "question.view", "form"),
            Entry("督查计划", "supervision_plans", "calendar-event", "supervision.view", "slip", "督查"),
            Entry("督办单", "slip_list", "alert-triangle", "slip.view", "slip", "督办"),
            Entry("会议议题", "meeting_list", "users-group", "meeting.manage", short="会议"),
            Entry("离任交接", "handover_list", "arrows-exchange", "handover.view"),
            Entry("检查考核", "round_list", "rosette", "round.view", "scheme", "考核"),
        ),
    ),
    (
        "减负",
        (
            Entry("基层减负", "burden_page", "leaf", "filing.view", "form", "减负"),
            Entry("报表目录", "registry_list", "folder", "filing.view", "form", "目录"),
            Entry("表单设计", "proposal_list", "edit", "form.view"),
        ),
    ),
    (
        "成果与核验",
        (
            Entry("通报", "report_list", "file-report", "report.view", "report"),
            Entry("数字校对", "draft_check", "search", "draft.check", "", "校对"),
            Entry("留痕核验", "event_list", "shield-check", "ledger.view", "", "留痕"),
        ),
    ),
    (
        "系统管理",
        (
            Entry("单位", "unit_tree", "sitemap", "org.view"),
            Entry("账号", "account_list", "key", "account.manage"),
            Entry("消息发送", "notice_log", "send", "notice.log", "notice"),
            Entry("消息推送", "notice_webhook", "webhook", "notice.channel", "notice"),
            Entry("业务包", "pack_list", "package", "pack.view"),
        ),
    ),
)


@dataclass(frozen=True)
class Link:
    """A menu line ready for the template."""

    title: str
    short: str
    href: str
    icon: str
    on: bool


@dataclass(frozen=True)
class Frame:
    """Everything the base template shows around a page."""

    sections: tuple[tuple[str, tuple[Link, ...]], ...]
    tabs: tuple[Link, ...]
    appointments: tuple[object, ...]
    demo_time: datetime | None
    unread: int
    large: bool


# Pages that stand before the lists of a pack's items.
AREA_PAGES: Mapping[str, tuple[Entry, ...]] = {
    "zhenggai": (
        Entry("整改台账", "rectify_lists", "list-details", "item.view", "item"),
        Entry("整改统计", "rectify_statistics", "chart-pie", "item.view", "item"),
        Entry("回头看", "rectify_rechecks", "zoom-check", "item.view", "item"),
        Entry("整改公示", "rectify_notices", "speakerphone", "item.view", "item"),
    ),
}
TABS = 4
ITEMS_AFTER = 2
"""Areas of items stand after so many sections of the menu."""


def frame_of(request: HttpRequest) -> Frame:
    """Build the frame of a page."""
    actor = request.actor
    kinds = kinds_in_force()
    menu = (*MENU[:ITEMS_AFTER], *_areas(kinds), *MENU[ITEMS_AFTER:])
    here = _place(request.path, menu)
    sections = tuple(
        (title, links) for title, entries in menu if (links := tuple(_links(actor, entries, here, kinds)))
    )
    every = [link for _, links in sections for link in links]
    return Frame(
        sections=sections,
        tabs=tuple(every[:TABS]),
        appointments=tuple(appointments_of(request.user, request.today)),
        unread=_unread(request),
        demo_time=request.now if isinstance(settings.LUOSHI_CLOCK, OffsetClock) else None,
        large=bool(request.COOKIES.get(LARGE_TYPE)),
    )


def _unread(request: HttpRequest) -> int:
    """Return the number beside the bell: none in quiet hours, when nothing should press anybody."""
    count = unread_count(request.actor)
    return 0 if count and quiet_now(request.now) else count


def _links(actor: Actor, entries: tuple[Entry, ...], here: str, kinds: frozenset[str]) -> list[Link]:
    return [_link(entry, here) for entry in entries if _open(entry, actor, kinds)]


def _link(entry: Entry, here: str) -> Link:
    href = reverse(entry.url_name, args=entry.args)
    return Link(entry.title, entry.short or entry.title, href, entry.icon, href == here)


def _areas(kinds: frozenset[str]) -> list[tuple[str, tuple[Entry, ...]]]:
    """Return a section for each pack that brings item types, with a line for each type."""
    found: dict[str, tuple[Entry, ...]] = {}
    for kind in types_in_force() if "item" in kinds else ():
        entry = Entry(kind.title, "item_list", "briefcase", "item.view", "item", args=(kind.ref,))
        found[kind.area] = (*found.get(kind.area, AREA_PAGES.get(kind.pack, ())), entry)
    return list(found.items())


def _place(path: str, menu: Menu) -> str:
    """Return the address of the menu line that a page belongs to: the longest one it lies under."""
    known = (reverse(entry.url_name, args=entry.args) for _, entries in menu for entry in entries)
    return max(
        (each for each in known if path == each or (each != "/" and path.startswith(each))),
        key=len,
        default="",
    )


def _open(entry: Entry, actor: Actor, kinds: frozenset[str]) -> bool:
    if entry.right and not can(actor, entry.right):
        return False
    return not entry.kind or entry.kind in kinds
