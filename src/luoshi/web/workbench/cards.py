"""The cards at the head of the workbench: what presses, area by area, each with where it is dealt with."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import urlencode

from luoshi.core.actor import Actor
from luoshi.core.beijing import local_day
from luoshi.core.lights import Light
from luoshi.domains.slips.queries import SlipView, slips_open, slips_waiting
from luoshi.kernel.access.policy import can
from luoshi.kernel.definitions.queries import kinds_in_force
from luoshi.kernel.discuss.queries import questions_found, questions_mine
from luoshi.kernel.filings.flows import STEP_TITLES, Step
from luoshi.kernel.filings.queries import By, OpenWork, counts, my_open_work
from luoshi.kernel.items.mine import items_mine, past_count
from luoshi.kernel.items.policy import RIGHT
from luoshi.kernel.ledger.queries import pending_count, position
from luoshi.kernel.notify.hours import quiet_now
from luoshi.kernel.notify.reading import unread_count

NEAR = (Light.BLUE, Light.YELLOW)


@dataclass(frozen=True)
class Card:
    """One card: a count, its unit of measure, one line beneath, where it leads."""

    title: str
    value: str
    unit: str
    below: str
    href: str
    icon: str
    tone: str


@dataclass(frozen=True)
class Waiting:
    """What waits for the actor, read once for the cards and the list beside them."""

    work: list[OpenWork]
    slips: list[SlipView]
    questions: list[Any]

    @classmethod
    def of(cls, actor: Actor, now: datetime) -> Waiting:
        """Read it."""
        return cls(my_open_work(actor, now), slips_waiting(actor, now), list(questions_mine(actor, now)))


def cards_of(request: HttpRequest, waiting: Waiting) -> list[Card]:
    """Return the cards of the areas that the actor has a part in."""
    actor, kinds = request.actor, kinds_in_force()
    found = []
    if "form" in kinds and can(actor, "filing.view"):
        if can(actor, "item.handle"):
            found.append(_work(waiting.work))
        found.append(_own_overdue(waiting.work) if can(actor, "filing.import") else _overdue(request))
    if "item" in kinds and can(actor, RIGHT):
        found.append(_items(request))
    if "slip" in kinds and can(actor, "slip.view"):
        found.append(_slips(request, waiting))
    if "form" in kinds and can(actor, "question.view"):
        found.append(
            _to_answer(request, waiting.questions) if can(actor, "question.answer") else _questions(request)
        )
    found.append(_messages(request))
    if can(actor, "ledger.verify") and not can(actor, "item.handle"):
        pending = pending_count()
        below = f"待编号 {pending} 条" if pending else "均已依次编号"
        found.append(
            Card("留痕", str(position()), "条", below, reverse("event_list"), "shield-check", "blue")
        )
    return found


def _work(work: Sequence[OpenWork]) -> Card:
    steps = Counter(each.step for each in work)
    below = "，".join(f"{STEP_TITLES[step]} {steps[step]}" for step in Step if steps[step])
    return Card(
        "填报待办",
        str(len(work)),
        "项",
        below or "没有等您办的填报",
        reverse("work_list"),
        "checklist",
        "blue",
    )


def _own_overdue(work: Sequence[OpenWork]) -> Card:
    """What a filler has let pass, counted as the list behind the card lists it."""
    lights = Counter(each.light for each in work if each.step is Step.FILL)
    late, near = lights[Light.RED], sum(lights[light] for light in NEAR)
    asked = {"step": Step.FILL.value, "light": Light.RED.value} if late else {"step": Step.FILL.value}
    below = f"另有 {near} 份临近截止" if near else "没有临近截止的"
    return Card(
        "逾期", str(late), "份", below, f"{reverse('work_list')}?{urlencode(asked)}", "clock", _alarm(late)
    )


def _overdue(request: HttpRequest) -> Card:
    """What the units in sight have let pass."""
    found = list(counts(request.actor, by=By.ALL, at=request.now).values())
    total = sum(each.missing for each in found)
    below = f"应报 {sum(each.opened for each in found)}，待报 {sum(each.waiting for each in found)}"
    return Card(
        "逾期未报",
        str(total),
        "份",
        below,
        f"{reverse('filing_statistics')}?sort=-missing",
        "clock",
        _alarm(total),
    )


def _items(request: HttpRequest) -> Card:
    """The items of all types whose next move is the actor's."""
    mine = items_mine(request.actor, request.now)
    total, late = mine.count(), past_count(mine, request.now)
    below = f"其中逾期 {late} 件" if late else "没有逾期的" if total else "没有等您办的事项"
    href = reverse("item_mine") + ("?late=1" if late else "")
    return Card("我的事项", str(total), "件", below, href, "briefcase", "red" if late else "blue")


def _slips(request: HttpRequest, waiting: Waiting) -> Card:
    views = slips_open(request.actor, request.now)
    overdue = sum(view.timing == "overdue" for view in views)
    href = reverse("slip_list") + ("?state=overdue" if overdue else "")
    return Card(
        "督办单未办结",
        str(len(views)),
        "份",
        f"待您办 {len(waiting.slips)}，逾期未回复 {overdue}",
        href,
        "alert-triangle",
        _alarm(overdue),
    )


def _to_answer(request: HttpRequest, waiting: Sequence[Any]) -> Card:
    below = "没有等您答复的"
    if waiting:
        below = f"最久的已等 {(request.today - local_day(waiting[0].asked_at)).days} 天"
    href = f"{reverse('question_list')}?mine=1&state=waiting"
    return Card(
        "问答待您答复",
        str(len(waiting)),
        "个",
        below,
        href,
        "message-circle",
        "amber" if waiting else "green",
    )


def _questions(request: HttpRequest) -> Card:
    waiting = len(questions_found(request.actor, request.now, state="waiting"))
    below = "已提出，等答复" if waiting else "可查常见问题"
    href = reverse("question_list") + ("?state=waiting" if waiting else "")
    return Card("问答待答", str(waiting), "个", below, href, "message-circle", "green")


def _messages(request: HttpRequest) -> Card:
    count = unread_count(request.actor)
    value, below = str(count), "催报、退回、答复的告知"
    if quiet_now(request.now):
        value, below = "—", "免打扰时段，不计未读"
    elif count > 99:
        value = "99+"
    return Card("未读消息", value, "条", below, reverse("message_list"), "bell", "amber")


def _alarm(count: int) -> str:
    return "red" if count else "green"
