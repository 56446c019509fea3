"""What upper apps tell this one: conditions that a pack names for a move, and what a ladder opens.

Filled in the upper app's ``ready()``. A name that is given twice fails the start; one that a pack uses and
nobody registered fails the check of the pack.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from luoshi.core.actor import Actor
from luoshi.kernel.items.given import Read
from luoshi.kernel.items.models import Item, ItemDuty


@dataclass(frozen=True, slots=True)
class Asked:
    """A move about to be taken on a locked item. ``duties``: held before it; ``read``: what was given.

    ``read`` is None where a page asks ahead: what the move itself may still bring is then not judged.
    """

    item: Item
    move: str
    duties: Sequence[ItemDuty]
    read: Read | None
    actor: Actor
    now: datetime


@dataclass(frozen=True, slots=True)
class Opened:
    """A step of a ladder that came. ``key``: the same for the same step of the same due moment.

    ``clock``, ``step``: titles, for those who read why it was opened.
    """

    item: Item
    key: str
    clock: str
    step: str
    due: datetime
    now: datetime


Guard = Callable[[Asked], None]
Opener = Callable[[Opened], None]

_guards: dict[str, tuple[str, Guard]] = {}
_openers: dict[str, Opener] = {}


def register_guard(name: str, title: str, guard: Guard) -> None:
    """Offer a condition to packs; it raises a Refusal where the move may not be taken."""
    if name in _guards:
        raise ValueError(f"guard {name} is registered twice")
    _guards[name] = (title, guard)


def register_opener(name: str, opener: Opener) -> None:
    """Offer something that a step of a ladder opens; opening the same key again changes nothing."""
    if name in _openers:
        raise ValueError(f"opener {name} is registered twice")
    _openers[name] = opener


def guard_titles() -> Mapping[str, str]:
    """Return the conditions that packs may name, with their titles."""
    return {name: title for name, (title, _) in sorted(_guards.items())}


def opener_names() -> frozenset[str]:
    """Return what a ladder may open."""
    return frozenset(_openers)


def guards_ask(names: Sequence[str], asked: Asked) -> None:
    """Ask each condition. Raises: whatever the first that is not met raises."""
    for name in names:
        _guards[name][1](asked)


def opened(name: str, step: Opened) -> None:
    """Open what a step names."""
    _openers[name](step)
