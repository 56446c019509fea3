"""The only writers of the ledger. ``record`` is called by every action, after it saved root and rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from luoshi.core.actor import By
from luoshi.kernel.ledger.append import append
from luoshi.kernel.ledger.models import Event
from luoshi.kernel.ledger.rows import Ledgered, Root


@dataclass(frozen=True, slots=True)
class Entry:
    """One event to be written: the root it is about, its kind, the other rows written or removed, the facts.

    ``data`` holds no personal data and no free text; Decimals, dates and datetimes in it are spelled out.
    """

    root: Root
    kind: str
    rows: Sequence[Ledgered] = ()
    removed: Sequence[tuple[str, int]] = ()
    data: Mapping[str, Any] | None = None


def record(
    root: Root,
    kind: str,
    *,
    by: By,
    at: datetime,
    rows: Iterable[Ledgered] = (),
    removed: Iterable[tuple[str, int]] = (),
    data: Mapping[str, Any] | None = None,
) -> Event:
    """Write the event of one action on one root, in the transaction of the change.

    Call it after ``root`` and ``rows`` were saved and while they hold what the database holds. The root's own
    row is always named. ``removed`` lists (ledger_type, id) of deleted rows. Raises ``root.ver`` by one.
    Raises: Stale when somebody else changed the root since it was read; LookupError for an unregistered kind;
    ValueError and TypeError for values without a canonical form; RuntimeError outside a transaction.
    Ledger: one event of ``kind`` with the digest of every row.
    """
    entry = Entry(root, kind, tuple(rows), tuple(removed), data)
    return append([entry], by=by, at=at)[0]
