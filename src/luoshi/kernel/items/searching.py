"""Finding items of every type by any words, for whoever may see them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from luoshi.core.actor import Actor
from luoshi.kernel.items.finding import FOUND
from luoshi.kernel.items.queries import ItemRow, rows_of
from luoshi.kernel.items.sight import items_visible
from luoshi.kernel.search.queries import found_ids

PER_PAGE = 20
AT_ONCE = 1000
MOST_ROUNDS = 5


@dataclass(frozen=True, slots=True)
class Found:
    """One page of finds; ``older``: the item to go on from, None at the end."""

    rows: tuple[ItemRow, ...]
    older: int | None


def items_found(actor: Actor, words: Sequence[str], now: datetime, before: int | None = None) -> Found:
    """Return 20 items that hold every word, the newest first, those older than ``before``.

    At most 5,000 finds are held against what the actor may see; a page may then be short and yet go on.
    """
    if not words:
        return Found((), None)
    visible = items_visible(actor)
    ids: list[int] = []
    older = before
    for _ in range(MOST_ROUNDS):
        finds = found_ids(FOUND, words, most=AT_ONCE, below=older)
        ids += visible.filter(pk__in=finds).values_list("pk", flat=True)[: PER_PAGE + 1 - len(ids)]
        older = finds[-1] if len(finds) == AT_ONCE else None
        if older is None or len(ids) > PER_PAGE:
            break
    if len(ids) > PER_PAGE:
        ids = ids[:PER_PAGE]
        older = ids[-1]
    return Found(tuple(rows_of(ids, now)), older)
