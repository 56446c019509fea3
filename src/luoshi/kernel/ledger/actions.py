"""The only writers of the ledger. ``record`` is called by every action, after it saved root and rows."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from luoshi.core.actor import By
from luoshi.core.canonical import canonical_bytes, parse_canonical
from luoshi.core.errors import Invalid, LedgerFault
from luoshi.db.sql import advisory_lock
from luoshi.kernel.ledger.append import REQUEST_KEY, append, key_of
from luoshi.kernel.ledger.bodies import ERASED, body_hash, leaf_hash
from luoshi.kernel.ledger.inserts import insert_request, request_result
from luoshi.kernel.ledger.kinds import SECURITY_KINDS
from luoshi.kernel.ledger.models import (
    LONGEST_KEY,
    Event,
    Leaf,
    Naming,
    Pending,
    PrivateField,
    SecurityEntry,
)
from luoshi.kernel.ledger.rows import Ledgered, Root, ledgered_models, milliseconds, plain, private_names

BATCH = 500
_KEY = re.compile(rf"[A-Za-z0-9._:-]{{1,{LONGEST_KEY}}}")


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


def record_many(entries: Sequence[Entry], *, by: By, at: datetime) -> int:
    """Write one event for each entry, many roots in one transaction (imports). Returns the number of events.

    Same rules as ``record``; a root occurs once. Events are written in the order of ``entries``.
    Raises: what ``record`` raises; ValueError when a root occurs twice.
    Ledger: one event per entry.
    """
    if len({key_of(entry.root) for entry in entries}) != len(entries):
        raise ValueError("a root occurs twice: one action on one root writes one event")
    for start in range(0, len(entries), BATCH):
        append(entries[start : start + BATCH], by=by, at=at)
    return len(entries)


@transaction.atomic
def once(*, by: By, key: str, now: datetime, make: Callable[[], Mapping[str, Any]]) -> dict[str, Any]:
    """Do ``make`` once for a request key of an account; the same key again returns the first result.

    ``make`` does the work and returns a small result (ids, counts) with a canonical form. When it refuses,
    nothing is kept and the key may be used again. Events written inside carry the key as ``req``.
    Raises: Invalid for a malformed key; RuntimeError when called inside another ``once``.
    """
    if not _KEY.fullmatch(key):
        raise Invalid("请求编号无效，请刷新页面后重新提交。")
    if REQUEST_KEY.get() is not None:
        raise RuntimeError("a request key is in use already: one request is one action")
    advisory_lock(connection, f"ledger.request:{by.account}:{key}")
    first = request_result(by.account, key)
    if first is not None:
        return _result(first)
    token = REQUEST_KEY.set(key)
    try:
        result = canonical_bytes(plain(make()))
    finally:
        REQUEST_KEY.reset(token)
    insert_request(by.account, key, milliseconds(now), result)
    return _result(result)


def _result(stored: bytes) -> dict[str, Any]:
    found = parse_canonical(stored)
    if not isinstance(found, dict):
        raise LedgerFault("the stored result of a request is not an object")
    return found


def sequence(*, limit: int = 1000) -> int:
    """Give up to ``limit`` waiting events their position. Returns how many; 0 when none waits.

    Positions are contiguous from 0, whatever the database ids do. One sequencer works at a time.
    Raises: LedgerFault when a body no longer has the hash taken when it was written; nothing moves then.
    """
    if not Pending.objects.exists():
        return 0
    with transaction.atomic():
        advisory_lock(connection, "ledger.sequence")
        pending = dict(Pending.objects.order_by("event_id").values_list("event_id", "hash")[:limit])
        bodies = dict(Event.objects.filter(pk__in=list(pending)).order_by("id").values_list("id", "body"))
        newest = Leaf.objects.order_by("-leaf_index").values_list("leaf_index", flat=True).first()
        start = 0 if newest is None else newest + 1
        leaves = [
            Leaf(
                leaf_index=start + offset,
                event_id=event_id,
                hash_sha256=leaf_hash(_unchanged(event_id, digest, bodies)),
            )
            for offset, (event_id, digest) in enumerate(pending.items())
        ]
        Leaf.objects.bulk_create(leaves)
        Pending.objects.filter(pk__in=list(pending)).delete()
    return len(leaves)


def sequence_all() -> int:
    """Give every waiting event its position; called before figures are read that name the position.

    Raises: LedgerFault, as ``sequence``.
    """
    total = 0
    while count := sequence():
        total += count
    return total


def _unchanged(event_id: int, digest: bytes | memoryview, bodies: Mapping[int, bytes | memoryview]) -> bytes:
    if event_id not in bodies:
        raise LedgerFault(f"event {event_id} waits for a position but is gone")
    body = bytes(bodies[event_id])
    if body_hash(body) != bytes(digest).hex():
        raise LedgerFault(f"the body of event {event_id} was changed after it was written")
    return body


@transaction.atomic(durable=True)
def security_note(*, kind: str, account: int | None, at: datetime, detail: Mapping[str, Any]) -> None:
    """Write a refusal, a denied access or a sign-in to the security log, in a transaction of its own.

    Call it after the refused transaction was rolled back. ``detail`` holds codes, addresses and paths, never
    contents or passwords. Kinds: ``SECURITY_KINDS``.
    Raises: LookupError for another kind; RuntimeError inside a transaction, which could take the note back.
    """
    if kind not in SECURITY_KINDS:
        raise LookupError(f"{kind!r} is not a kind of the security log")
    SecurityEntry.objects.create(
        kind=kind, account=account, at_ms=milliseconds(at), detail=canonical_bytes(plain(detail))
    )


@transaction.atomic
def private_erase(*, row: Ledgered, names: Iterable[str], by: By, at: datetime, ground: str) -> Event:
    """Erase the salts of private columns of ``row``, so that nobody can prove or guess the old texts.

    The caller blanks the columns and saves ``row`` first. ``ground`` is the legal ground, not personal.
    Older events keep their commitments and stay verifiable; the new one names row, columns and ground.
    Raises: ValueError for a column that is not private or not blank; Stale; LedgerFault for an unknown row.
    Ledger: ``privacy.erased`` on the root that owns the row.
    """
    erased = sorted(set(names))
    for name in erased:
        if name not in private_names(type(row)) or getattr(row, name) not in ("", None):
            raise ValueError(f"{row.ledger_type}.{name} must be a private column that is blank already")
    root = _root_of(row)
    row_type, row_id = key_of(row)
    PrivateField.objects.filter(row_type=row_type, row_id=row_id, name__in=erased, salt__isnull=False).update(
        salt=None
    )
    data = {"row": [row_type, row_id], "names": erased, "ground": ground}
    return record(root, ERASED, by=by, at=at, rows=[row], data=data)


def _root_of(row: Ledgered) -> Root:
    """Return the root that owns ``row``, locked: the one whose event named it last."""
    if isinstance(row, Root):
        return row
    row_type, row_id = key_of(row)
    naming = Naming.objects.filter(row_type=row_type, row_id=row_id).order_by("-event_id").first()
    if naming is None:
        raise LedgerFault(f"no event names {row_type} {row_id}")
    event = Event.objects.get(pk=naming.event_id)
    model = ledgered_models()[event.obj_type]
    root = model._base_manager.select_for_update().get(pk=event.obj_id)
    assert isinstance(root, Root)
    return root
