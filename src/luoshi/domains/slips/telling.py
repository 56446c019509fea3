"""Who is told of what becomes of a slip."""

from __future__ import annotations

from datetime import datetime

from luoshi.core.actor import SYSTEM_ACTOR, Actor
from luoshi.domains.slips.models import Slip, SlipCall, Tone
from luoshi.kernel.items.models import Item
from luoshi.kernel.items.schema import Holder
from luoshi.kernel.items.steps import open_duties
from luoshi.kernel.items.telling import Told
from luoshi.kernel.notify.actions import Target, notice_send
from luoshi.kernel.notify.models import Level
from luoshi.kernel.notify.recipients import To, filler, head, inside
from luoshi.kernel.org.queries import unit_get

TOPIC = "slip"
LEVELS = {Tone.BLUE: Level.BLUE, Tone.ORANGE: Level.YELLOW, Tone.RED: Level.RED}


def tell_unit(slip: Slip, step: str, text: str, actor: Actor, now: datetime) -> None:
    """Tell head and clerks of the unit."""
    _tell(slip, (head(slip.unit_id), filler(slip.unit_id)), step, text, actor, now)


def tell_head(slip: Slip, step: str, text: str, actor: Actor, now: datetime) -> None:
    """Tell the head of the unit."""
    _tell(slip, (head(slip.unit_id),), step, text, actor, now)


def tell_organ(slip: Slip, step: str, text: str, actor: Actor, now: datetime) -> None:
    """Tell the office that issued."""
    organ = unit_get(slip.organ_code).pk
    _tell(slip, (inside(organ, ("office", "reviewer"), "督办岗"),), step, text, actor, now)


def tell_called(call: SlipCall, organ: str, text: str, now: datetime) -> None:
    """Tell the office that a clock calls for a slip."""
    unit_id = unit_get(organ).pk
    notice_send(
        by=SYSTEM_ACTOR,
        to=(inside(unit_id, ("office", "reviewer"), "督办岗"),),
        topic=TOPIC,
        text=text,
        target=Target("item", call.item_id, unit_id),
        now=now,
        key=f"slip_call:{call.pk}",
        level=Level.YELLOW,
    )


def tell_copies(
    slip: Slip, item: Item, holders: tuple[Holder, ...], text: str, actor: Actor, now: datetime
) -> None:
    """Tell those who get a copy of a slip about an item."""
    to = Told(open_duties([item.pk]), now).to(item, holders)
    if to:
        _tell(slip, to, "copied", text, actor, now)


def _tell(slip: Slip, to: tuple[To, ...], step: str, text: str, actor: Actor, now: datetime) -> None:
    notice_send(
        by=actor,
        to=to,
        topic=TOPIC,
        text=text,
        target=Target(slip.ledger_type, slip.pk, slip.unit_id),
        now=now,
        key=f"slip:{slip.pk}:{step}",
        level=LEVELS[Tone(slip.tone)],
    )
