"""The hook by which an app above says who may read the evidence that hangs on its records."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from luoshi.core.actor import Actor
from luoshi.core.errors import nearest

# Called with who asks, the id of a revision and today; says whether a record in sight is proved by it.
Sees = Callable[[Actor, int, date], bool]
OWNERS = frozenset({"filing", "item", "slip"})
_sees: dict[str, Sees] = {}


def register_owner(name: str, sees: Sees) -> None:
    """Let the evidence of ``name`` be seen as ``sees`` says; called in ``ready()``.

    Raises: LookupError for a name that is not in ``OWNERS``, ValueError when it is taken.
    """
    if name not in OWNERS:
        near = nearest(name, OWNERS)
        raise LookupError(f"no owner of evidence {name!r}" + (f", did you mean {near!r}" if near else ""))
    if name in _sees:
        raise ValueError(f"evidence of {name!r} is seen already")
    _sees[name] = sees


def owner_sees(name: str, actor: Actor, revision_id: int, today: date) -> bool:
    """Say whether an actor sees a revision of this owner. Raises: LookupError when nobody registered it."""
    return _sees[name](actor, revision_id, today)


def require_owner(name: str) -> None:
    """Raise LookupError unless evidence of ``name`` can be seen by somebody."""
    if name not in _sees:
        raise LookupError(f"nobody says who sees evidence of {name!r}")
