"""How events are written: step the version of each root, build the bodies, insert everything in bulk."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol, cast

from django.db import connection

from luoshi.core.actor import By
from luoshi.core.canonical import Canonical, commitment, new_salt
from luoshi.core.errors import LedgerFault, Stale
from luoshi.kernel.ledger.bodies import Body, body_hash, commitment_key
from luoshi.kernel.ledger.kinds import require_kind
from luoshi.kernel.ledger.models import Event, Naming, Pending, PrivateField
from luoshi.kernel.ledger.rows import (
    Ledgered,
    Root,
    column_text,
    ledgered_models,
    milliseconds,
    plain,
    private_names,
    row_digest,
)

REQUEST_KEY: ContextVar[str | None] = ContextVar("ledger_request_key", default=None)
_STALE = "该记录刚刚被他人修改，请刷新页面，核对后重新提交。"

RowKey = tuple[str, int]


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


@dataclass(slots=True)
class _Draft:
    """The rows of one event on the way into the database."""

    body: Body
    salts: list[tuple[RowKey, str, bytes]] = field(default_factory=list)


def append(entries: Sequence[Entry], *, by: By, at: datetime) -> list[Event]:
    """Write one event for each entry; every root occurs once. See ``actions.record`` for the rules."""
    if not connection.in_atomic_block:
        raise RuntimeError("the ledger is written only inside the transaction of the change")
    roots = [entry.root for entry in entries]
    for kind in {entry.kind for entry in entries}:
        require_kind(kind)
    previous = _step(roots)
    drafts = [_draft(entry, by=by, at=at, prev=previous.get(key_of(entry.root))) for entry in entries]
    return _insert(drafts)


def key_of(row: Ledgered) -> RowKey:
    """Return (ledger_type, id) of a saved row. Raises: ValueError for a row without an id."""
    if row.pk is None:
        raise ValueError(f"{type(row).__name__} must be saved before it is recorded")
    return row.ledger_type, row.pk


def _step(roots: Sequence[Root]) -> dict[RowKey, str]:
    """Raise ``ver`` of every root by compare-and-set; return the hash of each root's previous body.

    Roots are taken in order of type and id, so that two writers never wait for one another in a circle.
    """
    groups: dict[tuple[type[Root], int], list[Root]] = defaultdict(list)
    for root in sorted(roots, key=key_of):
        groups[type(root), root.ver].append(root)
    if sum(len({root.pk for root in group}) for group in groups.values()) != len(roots):
        raise ValueError("a root occurs twice: one action on one root writes one event")
    previous: dict[RowKey, str] = {}
    for (model, ver), group in groups.items():
        ids = [root.pk for root in group]
        stepped = model._base_manager.filter(pk__in=ids, ver=ver).update(ver=ver + 1)
        if stepped != len(group):
            raise Stale(_STALE)
        if ver:
            previous |= _hashes(model.ledger_type, ids, ver)
    for root in roots:
        root.ver += 1
    return previous


def _hashes(obj_type: str, ids: Sequence[int], ver: int) -> dict[RowKey, str]:
    bodies = Event.objects.filter(obj_type=obj_type, obj_id__in=ids, ver=ver).order_by("obj_id")
    found = {
        (obj_type, number): body_hash(bytes(body)) for number, body in bodies.values_list("obj_id", "body")
    }
    missing = sorted(set(ids) - {number for _, number in found})
    if missing:
        raise LedgerFault(f"{obj_type} {missing[0]} has ver {ver} but no event of that version")
    return found


def _draft(entry: Entry, *, by: By, at: datetime, prev: str | None) -> _Draft:
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
        for name in private_names(type(row)):
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
    return _Draft(body, salts)


def _removed(entry: Entry, rows: Mapping[RowKey, Ledgered]) -> Iterator[RowKey]:
    for row_type, row_id in entry.removed:
        model = ledgered_models()[row_type]
        if issubclass(model, Root):
            raise ValueError(f"{row_type} {row_id} is a root: roots are never removed")
        if (row_type, row_id) in rows:
            raise ValueError(f"{row_type} {row_id} is both written and removed")
        yield row_type, row_id


def _insert(drafts: Sequence[_Draft]) -> list[Event]:
    events = Event.objects.bulk_create([_event(draft.body) for draft in drafts])
    Pending.objects.bulk_create(
        Pending(event_id=event.pk, hash=bytes.fromhex(body_hash(bytes(event.body)))) for event in events
    )
    pairs = list(zip(events, drafts, strict=True))
    namings = [
        Naming(row_type=row_type, row_id=row_id, event_id=event.pk)
        for event, draft in pairs
        for row_type, row_id, _ in draft.body.after
        if (row_type, row_id) != draft.body.obj
    ]
    if namings:
        Naming.objects.bulk_create(namings)
    salts = [
        PrivateField(event_id=event.pk, row_type=key[0], row_id=key[1], name=name, salt=salt)
        for event, draft in pairs
        for key, name, salt in draft.salts
    ]
    if salts:
        PrivateField.objects.bulk_create(salts)
    return events


def _event(body: Body) -> Event:
    return Event(
        obj_type=body.obj[0],
        obj_id=body.obj[1],
        ver=body.ver,
        kind=body.t,
        at_ms=body.at,
        account=body.by[0],
        unit=body.by[2],
        body=body.to_bytes(),
    )
