"""A unit P1 whose head leaves, who comes after, and who watches; with a case P1 leads."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from luoshi.core.actor import SYSTEM, Actor
from luoshi.domains.handover.lines import handover_offer, lines_answer
from luoshi.domains.handover.models import Handover
from luoshi.domains.handover.noticing import handover_notice
from luoshi.domains.handover.signing import handover_sign
from luoshi.kernel.access.actions import account_prepare, role_bind
from luoshi.kernel.access.models import Account
from luoshi.kernel.access.queries import actor_of
from luoshi.kernel.items.models import Item
from luoshi.kernel.org.actions import appoint, person_create, post_create
from luoshi.kernel.org.models import Appointment
from tests.harness.times import NOW, TODAY
from tests.kernel.items.helpers import doing, world

SINCE = date(2020, 1, 1)


@dataclass
class Cast:
    giver: Actor
    taker: Actor
    witness: Actor
    office: Actor
    appointment_id: int
    item: Item


def player(username: str, unit: str, post: str, role: str, *, heads: bool = False) -> Actor:
    person = person_create(by=SYSTEM, name=f"人{username}", now=NOW)
    post_create(by=SYSTEM, code=post, title=f"{post}岗", unit_code=unit, is_head=heads, now=NOW)
    appoint(by=SYSTEM, person_id=person.pk, post_code=post, from_on=SINCE, now=NOW)
    scope = None if role == "office" else unit
    role_bind(by=SYSTEM, post_code=post, role=role, scope_unit_code=scope, now=NOW)
    account_prepare(by=SYSTEM, username=username, person_id=person.pk, now=NOW)
    return again(username)


def again(username: str, on: date = TODAY) -> Actor:
    return actor_of(Account.objects.get(username=username), None, on)


def cast() -> Cast:
    world()
    giver = player("giver", "P1", "p1-head", "head", heads=True)
    taker = player("taker", "P1", "p1-deputy", "head")
    witness = player("witness", "DC", "dc-watch", "clerk")
    office = player("office", "DC", "dc-office", "office")
    appointment = Appointment.objects.get(post__code="p1-head")
    return Cast(giver, taker, witness, office, appointment.pk, doing())


def noticed(who: Cast, now: datetime = NOW, **given: Any) -> Handover:
    settings = {
        "appointment_id": who.appointment_id,
        "ground": "moved",
        "leaves_on": date(2021, 1, 20),
        "taker_id": who.taker.person_id,
        "witness_post": "dc-watch",
    } | given
    return handover_notice(actor=who.office, now=now, **settings)


def checked(who: Cast, now: datetime = NOW, **given: Any) -> Handover:
    handover = noticed(who, now, **given)
    handover_offer(actor=who.giver, handover_id=handover.pk, now=now)
    ids = list(handover.lines.order_by("id").values_list("id", flat=True))
    return lines_answer(actor=who.taker, handover_id=handover.pk, line_ids=ids, answer="accepted", now=now)


def succeeded(who: Cast, post: str = "p1-head", acting: bool = True) -> None:
    appoint(
        by=SYSTEM, person_id=who.taker.person_id or 0, post_code=post, from_on=TODAY, now=NOW, acting=acting
    )


def signed(who: Cast, now: datetime = NOW, **given: Any) -> Handover:
    handover = checked(who, now, **given)
    succeeded(who)
    for each in (who.giver, who.taker, who.witness):
        handover = handover_sign(actor=each, handover_id=handover.pk, now=now)
    return handover
