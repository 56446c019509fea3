"""How a pack writes what must hold of the fields of an item when a move is taken."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from luoshi.core.expr import Expr, parse


@dataclass(frozen=True, slots=True)
class ItemRule:
    """``must``: what has to be true; without it, ``field`` has none of ``without`` while ``when`` holds."""

    on: frozenset[str]
    must: Expr | None
    field: str
    without: tuple[str, ...]
    when: Expr | None
    say: str


def item_rule(body: Mapping[str, Any]) -> ItemRule:
    """Read one rule of an item type's body."""
    return ItemRule(
        on=frozenset(body["on"]),
        must=parse(body["must"]) if body["must"] else None,
        field=body["field"] or "",
        without=tuple(body["without"]),
        when=parse(body["when"]) if body["when"] else None,
        say=body["say"],
    )
