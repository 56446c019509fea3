"""What can be done with an item next: every move out of its state, and why the reader cannot take one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from luoshi.core.actor import Actor
from luoshi.core.beijing import local_day
from luoshi.core.errors import Refusal
from luoshi.kernel.items.guards import guards_check
from luoshi.kernel.items.hooks import Asked, guards_ask
from luoshi.kernel.items.models import Item, ItemDuty
from luoshi.kernel.items.policy import holders_words, may, standing_of
from luoshi.kernel.items.types import Move, type_by_id


@dataclass(frozen=True, slots=True)
class Ahead:
    """One move out of the state; ``why``: why the reader cannot take it, "" when he can."""

    move: Move
    why: str


def moves_ahead(actor: Actor, item: Item, duties: list[ItemDuty], now: datetime) -> list[Ahead]:
    """Return every move out of an item's state, in the order of the pack. One query a rule or condition."""
    if item.merged_into_id is not None:
        return []
    kind = type_by_id(item.definition_id)
    standing = standing_of(kind, duties, local_day(now))
    found = []
    for move in kind.moves_from(item.state):
        if not may(actor, move.by, standing):
            found.append(Ahead(move, f"由{holders_words(move.by, standing)}办理"))
            continue
        try:
            guards_check(kind, item, move, actor, now)
            guards_ask(move.guards, Asked(item, move.key, duties, None, actor, now))
        except Refusal as refusal:
            found.append(Ahead(move, refusal.message))
        else:
            found.append(Ahead(move, ""))
    return found
