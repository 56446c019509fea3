"""Who files in the district: a clerk and a head in every unit, each with an account of their own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime

from luoshi.core.actor import SYSTEM, Actor
from luoshi.demo.district.habits import random_of
from luoshi.demo.district.places import DISTRICT, GROUPS, Merger, Scale
from luoshi.demo.district.words import GIVEN_FIRST, GIVEN_SECOND, SURNAMES
from luoshi.kernel.access.actions import account_prepare, role_bind
from luoshi.kernel.access.models import Account
from luoshi.kernel.access.queries import actor_of
from luoshi.kernel.org.actions import (
    appoint,
    appointment_end,
    person_create,
    post_create,
    unit_close,
    unit_create,
)
from luoshi.kernel.org.models import Appointment, Post

CLERK, HEAD = "clerk", "head"
POST_TITLES = {CLERK: "填报员", HEAD: "主要负责人"}
Next = Callable[[], datetime]


@dataclass
class Staff:
    """Finds the actor of a post of a unit. Actors are read once: their posts and roles stay as they are."""

    successors: dict[str, str] = field(default_factory=dict)
    _actors: dict[str, Actor] = field(default_factory=dict)

    def actor(self, unit: str, duty: str, on: date) -> Actor:
        """Return who does ``duty`` for a unit, of its successor once it is closed."""
        return self.at(post_of(self.successors.get(unit, unit), duty), on)

    def at(self, post: str, on: date) -> Actor:
        """Return who holds a post."""
        if post not in self._actors:
            account = Account.objects.get(person__appointments__post__code=post)
            self._actors[post] = actor_of(account, None, on)
        return self._actors[post]

    def succeeded(self, post: str, account: Account, on: date) -> None:
        """Let somebody else be found for a post from now on."""
        self._actors[post] = actor_of(account, None, on)


def post_of(unit: str, duty: str) -> str:
    """Return the code of a post of a unit."""
    return f"{unit.lower()}-{duty}"


def units_made(scale: Scale, since: date, moment: Next) -> None:
    """Set up the six groups under the district, and their units."""
    for group in GROUPS:
        unit_create(
            by=SYSTEM,
            code=group.code,
            title=group.title,
            kind="group",
            parent_code=DISTRICT,
            on=since,
            now=moment(),
        )
    for group, code, title in scale.units():
        unit_create(
            by=SYSTEM, code=code, title=title, kind=group.kind, parent_code=group.code, on=since, now=moment()
        )


def people_made(scale: Scale, since: date, moment: Next) -> None:
    """Fill the posts of every unit that nobody of the cast holds yet."""
    held = set(Post.objects.order_by().values_list("code", flat=True))
    names = iter(_names())
    for _, code, _ in scale.units():
        for duty in (CLERK, HEAD):
            if post_of(code, duty) not in held:
                _person(next(names), code, duty, since, moment())


def merged(merger: Merger, staff: Staff, now: datetime) -> None:
    """End a unit: its people leave their posts, another unit goes on with what it owes."""
    leaving = Appointment.objects.filter(post__unit__code=merger.code, to_on__isnull=True).order_by("id")
    for appointment_id in list(leaving.values_list("id", flat=True)):
        appointment_end(by=SYSTEM, appointment_id=appointment_id, to_on=merger.on, now=now)
    unit_close(by=SYSTEM, code=merger.code, on=merger.on, successor_code=merger.into, now=now)
    staff.successors[merger.code] = merger.into


def _person(name: str, unit: str, duty: str, since: date, now: datetime) -> None:
    post = post_of(unit, duty)
    person = person_create(by=SYSTEM, name=name, now=now)
    post_create(by=SYSTEM, code=post, unit_code=unit, title=POST_TITLES[duty], is_head=duty == HEAD, now=now)
    appoint(by=SYSTEM, person_id=person.pk, post_code=post, from_on=since, now=now)
    role_bind(by=SYSTEM, post_code=post, role=duty, scope_unit_code=unit, now=now)
    account_prepare(by=SYSTEM, username=post, person_id=person.pk, now=now)


def _names() -> list[str]:
    """Return enough names, no two the same, in an order that the seed gives."""
    names = [f"{last}{one}{two}" for last in SURNAMES for one in GIVEN_FIRST for two in GIVEN_SECOND]
    return random_of("names").sample(names, 400)
