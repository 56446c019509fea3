"""How events are written: step the version of each root, build the bodies, insert everything in bulk."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextvars import ContextVar
from datetime import datetime
from typing import Any, Protocol, cast

from django.db import connection

from luoshi.core.actor import By
from luoshi.core.canonical import Canonical, commitment, new_salt
from luoshi.core.errors import LedgerFault, Stale
from luoshi.kernel.ledger.bodies import Body, body_hash, commitment_key
from luoshi.kernel.ledger.inserts import Draft, RowKey, insert_events
from luoshi.kernel.ledger.kinds import require_kind
from luoshi.kernel.ledger.models import Event
from luoshi.kernel.ledger.rows import (
    Ledgered,
    Root,
    column_text,
    ledgered_models,
    milliseconds,
    plain,
    private_told,
    row_digest,
)

REQUEST_KEY: ContextVar[str | None] = ContextVar("ledger_request_key", default=None)
_STALE = "该记录刚刚被他人修改，请刷新页面，核对后重新提交。"


class Entry(Protocol):
    """The shape of ``actions.Entry``."""

    @property
    def root(self) -> Root: ...
    @property
    def kind(self) -> str: ...
    @property
    def rows(self) -> Sequence[Ledgered]: ...
    @property
    def removed(self) -> Sequence[RowKey]: ...
    @property
    def data(self) -> Mapping[str, Any] | None: ...


def append(entries: Sequence[Entry], *, by: By, at: datetime) -> list[Event]:
    """Write one event for each entry; every root occurs once. See ``actions.record`` for the rules."""
    if not connection.in_atomic_block:
        raise RuntimeError("the ledger is written only inside the transaction of the change")
    roots = [entry.root for entry in entries]
    for kind in {entry.kind for entry in entries}:
        require_kind(kind)
    previous = _step(roots)
    drafts = [_draft(entry, by=by, at=at, prev=previous.get(key_of(entry.root))) for entry in entries]
    return insert_events(drafts)


def key_of(row: Ledgered) -> RowKey:
    """Return (ledger_type, id) of a saved row. Raises: ValueError for a row without an id."""
    if row.pk is None:
        raise ValueError(f"{type(row).__name__} must be saved before it is recorded")
    return row.ledger_type, row.pk


def _step(roots: Sequence[Root]) -> dict[RowKey, str]:
    """Raise ``ver`` of every root by compare-and-set; return the hash of each root's previous body.

    Roots are taken in order of type and id, so that two writers never wait for one another in a circle.
    A root inserted in this transaction has its version already.
    """
    if len({key_of(root) for root in roots}) != len(roots):
        raise ValueError("a root occurs twice: one action on one root writes one event")
    groups: dict[tuple[type[Root], int], list[Root]] = defaultdict(list)
    for root in sorted(roots, key=key_of):
        if root.first_event_due:
            root.first_event_due = False
        else:
            groups[type(root), root.ver].append(root)
    previous: dict[RowKey, str] = {}
    for (model, ver), group in groups.items():
        hashes = _hashes(model.ledger_type, [root.pk for root in group], ver)
        previous |= hashes
        # Version 1 without an event: inserted but never recorded. The unique key lets one first event in.
        _raise(model, ver, [root for root in group if key_of(root) in hashes or ver == 0])
    return previous


def _hashes(obj_type: str, ids: Sequence[int], ver: int) -> dict[RowKey, str]:
    if ver == 0:
        return {}
    bodies = Event.objects.filter(obj_type=obj_type, obj_id__in=ids, ver=ver).order_by("obj_id")
    found = {
        (obj_type, number): body_hash(bytes(body)) for number, body in bodies.values_list("obj_id", "body")
    }
    missing = sorted(set(ids) - {number for _, number in found})
    if missing and ver > 1:
        raise LedgerFault(f"{obj_type} {missing[0]} has ver {ver} but no event of that version")
    return found


def _raise(model: type[Root], ver: int, roots: Sequence[Root]) -> None:
    ids = [root.pk for root in roots]
    if ids and model._base_manager.filter(pk__in=ids, ver=ver).update(ver=ver + 1) != len(ids):
        raise Stale(_STALE)
    for root in roots:
        root.ver += 1


def _draft(entry: Entry, *, by: By, at: datetime, prev: str | None) -> Draft:
    rows: dict[RowKey, Ledgered] = {key_of(entry.root): entry.root}
    for row in entry.rows:
        if isinstance(row, Root) and row is not entry.root:
            raise ValueError(f"{row.ledger_type} {row.pk} is a root: it needs an event of its own")
        if rows.setdefault(key_of(row), row) is not row:
            raise ValueError(f"{row.ledger_type} {row.pk} is given twice in different copies")
    salts: list[tuple[RowKey, str, bytes]] = []
    commitments: dict[str, str] = {}
    after: dict[RowKey, str | None] = {key: None for key in _removed(entry, rows)}
    for key, row in rows.items():
        own: dict[str, str] = {}
        for name in private_told(row):
            salt = new_salt()
            label = commitment_key(*key, name)
            own[name] = commitments[label] = commitment(salt, label, column_text(row, name))
            salts.append((key, name, salt))
        after[key] = row_digest(row, own)
    body = Body(
        t=entry.kind,
        obj=key_of(entry.root),
        ver=entry.root.ver,
        at=milliseconds(at),
        by=tuple(by.as_list()),
        req=REQUEST_KEY.get(),
        prev=prev,
        after=tuple((*key, after[key]) for key in sorted(after)),
        data=cast("Mapping[str, Canonical]", plain(entry.data or {})),
        c=commitments,
    )
    return Draft(body, salts)


def _removed(entry: Entry, rows: Mapping[RowKey, Ledgered]) -> Iterator[RowKey]:
    for row_type, row_id in entry.removed:
        model = ledgered_models()[row_type]
        if issubclass(model, Root):
            raise ValueError(f"{row_type} {row_id} is a root: roots are never removed")
        if (row_type, row_id) in rows:
            raise ValueError(f"{row_type} {row_id} is both written and removed")
        yield row_type, row_id
