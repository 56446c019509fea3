"""The ladder of clocks: each step of each clock once; after an outage the newest missed step only.

What was sent is known from the notices themselves; ``next_step_at`` only says where to look. What a step
opens is opened also where a newer step is told instead: it is no message, and it waits for somebody.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from luoshi.core.actor import SYSTEM
from luoshi.core.timing import Clock, step_moment
from luoshi.kernel.items.clock_models import ItemClock
from luoshi.kernel.items.clock_rows import clock_of, next_step
from luoshi.kernel.items.clock_steps import rule_of
from luoshi.kernel.items.clock_ticks import clocks_open
from luoshi.kernel.items.hooks import Opened, opened
from luoshi.kernel.items.notices import watchers
from luoshi.kernel.items.schema_clocks import ClockRule, Rung
from luoshi.kernel.items.steps import open_duties
from luoshi.kernel.items.telling import Told
from luoshi.kernel.notify.actions import Draft, Target, notices_send
from luoshi.kernel.notify.models import Notice, Reason

TOPIC, SUBJECT = "item.clock", "item"
AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class _Due:
    """A step whose moment has come. ``unsent``: why nobody is told of it any more."""

    row: ItemClock
    clock: Clock
    rule: ClockRule
    rung: Rung
    moment: datetime
    key: str
    unsent: Reason | None


def ladder_send(now: datetime) -> int:
    """Send every step that is due, at most those of 500 clocks at once; return how many notices were made."""
    made = 0
    waiting = clocks_open().filter(next_step_at__lte=now).select_related("item")
    while rows := list(waiting.order_by("next_step_at", "id")[:AT_ONCE]):
        made += _sent(rows, now)
    return made


@transaction.atomic
def _sent(rows: list[ItemClock], now: datetime) -> int:
    used = _used(rows)
    due: list[_Due] = []
    for row in rows:
        rule, clock = rule_of(row), clock_of(row).settled(now)
        if rule is not None:
            due += _due(row, rule, clock, used[row.item_id], now)
        row.next_step_at = next_step(clock, rule, now)
    # The scan never goes back to a step, so a clock that changes meanwhile says itself where to look next.
    for row in rows:
        ItemClock.objects.filter(pk=row.pk, bound_at=row.bound_at).update(next_step_at=row.next_step_at)
    for each in due:
        if each.rung.opens:
            opened(each.rung.opens, _opened(each, now))
    told = Told(open_duties({row.item_id for row in rows}), now)
    follow = watchers({row.item_id for row in rows})
    drafts = [
        Draft(
            key=each.key,
            topic=TOPIC,
            text=_text(each, now),
            target=Target(SUBJECT, each.row.item_id, told.unit(each.row.item_id)),
            to=(*told.to(each.row.item, each.rung.tell), *follow.get(each.row.item_id, ())),
            level=each.rung.level,
            step=each.rung.step.code,
            step_at=each.moment,
            unsent=each.unsent,
        )
        for each in due
    ]
    return len(notices_send(by=SYSTEM, drafts=[draft for draft in drafts if draft.to], now=now))


def _due(row: ItemClock, rule: ClockRule, clock: Clock, used: set[str], now: datetime) -> Iterator[_Due]:
    """Yield the steps not sent whose moment has come, oldest first, all but the newest with a reason.

    A step before the clock started never was; one older than a step that was sent is passed over.
    """
    moments = [(step_moment(rung.step, clock), rung) for rung in rule.ladder]
    come = sorted(
        ((moment, rung) for moment, rung in moments if moment is not None and row.started_at < moment <= now),
        key=lambda each: each[0],
    )
    keys = [_key(row, clock, rung) for _, rung in come]
    last = max((place for place, key in enumerate(keys) if key in used), default=-1)
    for place in range(last + 1, len(come)):
        moment, rung = come[place]
        unsent = None if place == len(come) - 1 else Reason.OLDER
        yield _Due(row, clock, rule, rung, moment, keys[place], unsent)


def _opened(each: _Due, now: datetime) -> Opened:
    due = each.clock.bound
    assert due is not None
    return Opened(each.row.item, each.key, each.rule.title, each.rung.step.title, due, now)


def _key(row: ItemClock, clock: Clock, rung: Rung) -> str:
    """Return the key under which a step is sent once; another due moment makes another one."""
    due = clock.bound
    assert due is not None
    return f"{TOPIC}:{row.pk}:{rung.step.code}:{timezone.localtime(due):%Y%m%dT%H%M%S}"


def _used(rows: Iterable[ItemClock]) -> dict[int, set[str]]:
    found: dict[int, set[str]] = defaultdict(set)
    sent = Notice.objects.filter(
        subject_kind=SUBJECT, subject_id__in={row.item_id for row in rows}, topic=TOPIC
    )
    for item_id, key in sent.order_by().values_list("subject_id", "key"):
        found[item_id].add(key)
    return found


def _text(each: _Due, now: datetime) -> str:
    due = each.clock.bound
    assert due is not None
    local = timezone.localtime(due)
    when = f"{local:%Y-%m-%d}" if each.clock.scale.unit.daily else f"{local:%Y-%m-%d %H:%M}"
    named = f"{each.row.item.number} {each.row.item.title}：{each.rule.title}"
    provisional = "（暂定）" if each.row.provisional else ""
    return f"{named}{'已' if now > due else '将'}于 {when}{provisional} 到期，{each.rung.step.title}提醒。"
