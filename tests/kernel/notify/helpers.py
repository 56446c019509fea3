"""A street with clerk, head and coach, and one notice about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from luoshi.core.actor import SYSTEM, Actor
from luoshi.kernel.access.actions import role_bind
from luoshi.kernel.access.queries import actor_of
from luoshi.kernel.calendars.actions import calendar_install
from luoshi.kernel.notify import topics
from luoshi.kernel.notify.actions import Target, notice_send
from luoshi.kernel.notify.models import Message, Notice, Skip
from luoshi.kernel.notify.recipients import To, coach, filler, head
from luoshi.kernel.org.actions import appoint, post_create
from luoshi.kernel.org.models import Unit
from tests.harness.times import NOW
from tests.kernel.access.helpers import account
from tests.kernel.org.helpers import DAY, district

TOPIC, SUBJECT = "test.topic", "unit_alias"


@dataclass(frozen=True)
class Street:
    """Unit S1 under A under D, and who works there; ``office`` sits in D."""

    unit: Unit
    clerk: Actor
    head: Actor
    other: Actor
    office: Actor
    top: Actor


def seat(
    username: str, unit: str, *, is_head: bool = False, role: str = "", scope: str | None = None
) -> Actor:
    """Make somebody with one post of their own, whose code is the user name."""
    held, _ = account(username, f"人员{username}")
    post_create(by=SYSTEM, code=username, unit_code=unit, title=username, is_head=is_head, now=NOW)
    if role:
        role_bind(by=SYSTEM, post_code=username, role=role, scope_unit_code=scope, now=NOW)
    appoint(by=SYSTEM, person_id=held.person_id, post_code=username, from_on=DAY, now=NOW)
    return actor_of(held, None, NOW.date())


def street() -> Street:
    """Set up the district with its people; topics and calendar are there."""
    topics.register_topic(TOPIC, "试发")
    topics.register_subject(SUBJECT, "试件")
    calendar_install(by=SYSTEM, code="cn", now=NOW)
    district()
    return Street(
        unit=Unit.objects.get(code="S1"),
        clerk=seat("clerk", "S1", role="clerk", scope="S1"),
        head=seat("head", "S1", is_head=True, role="head", scope="S1"),
        other=seat("other", "S2", role="clerk", scope="S2"),
        office=seat("office", "D", role="office"),
        top=seat("top", "D", is_head=True),
    )


def send(key: str = "test:1", *, unit: str = "S1", now: datetime = NOW, to=None, **given) -> Notice | None:
    """Tell filler, head and coach of a unit, unless ``to`` says otherwise."""
    unit_id = Unit.objects.get(code=unit).pk
    duties: list[To] = [filler(unit_id), head(unit_id), coach(unit_id)] if to is None else to(unit_id)
    facts = {"topic": TOPIC, "text": "请按时报送。", "target": Target(SUBJECT, 1, unit_id)} | given
    return notice_send(by=SYSTEM, to=duties, now=now, key=key, **facts)


def told(key: str = "test:1") -> list[tuple[str, str]]:
    """Return (post, capacity) of the messages of a notice."""
    rows = Message.objects.filter(notice__key=key).order_by("id")
    return list(rows.values_list("post__code", "duty"))


def skipped(key: str = "test:1") -> list[tuple[str, str, str | None]]:
    """Return (capacity, reason, post told instead) of who was passed over."""
    rows = Skip.objects.filter(notice__key=key).order_by("id")
    return list(rows.values_list("duty", "reason", "instead__code"))
