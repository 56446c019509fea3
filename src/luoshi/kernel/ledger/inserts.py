"""The statements of the ledger that run in every action of every user, written by hand.

An event costs one statement on PostgreSQL, where every statement is a journey to the server, and one for each
table on SQLite, where it is not.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from luoshi.kernel.ledger.bodies import Body, body_hash
from luoshi.kernel.ledger.models import Event

RowKey = tuple[str, int]
ROWS_AT_ONCE = 500
_EVENT = "obj_type, obj_id, ver, kind, at_ms, account, unit, body"
_PENDING = "event_id, hash"
_NAMING = "event_id, row_type, row_id"
_PRIVATE = "event_id, row_type, row_id, name, salt"


@dataclass(frozen=True, slots=True)
class Draft:
    """One event on the way into the database; ``salts`` lists (row, column, salt) of its commitments."""

    body: Body
    salts: Sequence[tuple[RowKey, str, bytes]]


def insert_events(drafts: Sequence[Draft]) -> list[Event]:
    """Insert events with their outbox rows, index rows and salts; return them with their ids, in order."""
    events = [_event(draft.body) for draft in drafts]
    if len(events) == 1 and connection.vendor == "postgresql":
        events[0].pk = _insert_in_one_statement(events[0], drafts[0])
        return events
    with connection.cursor() as cursor:
        ids = _insert(cursor, "ledger_event", _EVENT, [_columns(event) for event in events], returning="id")
        for event, number in zip(events, ids, strict=True):
            event.pk = number
        _insert(cursor, "ledger_pending", _PENDING, [(event.pk, _hash(event)) for event in events])
        pairs = list(zip(ids, drafts, strict=True))
        _insert(cursor, "ledger_naming", _NAMING, [(n, *row) for n, draft in pairs for row in _named(draft)])
        _insert(
            cursor, "ledger_private", _PRIVATE, [(n, *row) for n, draft in pairs for row in _salted(draft)]
        )
    return events


def request_result(account: int, key: str) -> bytes | None:
    """Return the stored result of a request key, None when it has not taken effect."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT result FROM ledger_request WHERE account = %s AND key = %s", [account, key])
        found = cursor.fetchone()
    return None if found is None else bytes(found[0])


def insert_request(account: int, key: str, at_ms: int, result: bytes) -> None:
    """Insert a request key with the result of its request. Raises: IntegrityError when it stands already."""
    with connection.cursor() as cursor:
        _insert(cursor, "ledger_request", "account, key, at_ms, result", [(account, key, at_ms, result)])


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


def _columns(event: Event) -> tuple[Any, ...]:
    return tuple(getattr(event, name) for name in _EVENT.split(", "))


def _hash(event: Event) -> bytes:
    return bytes.fromhex(body_hash(bytes(event.body)))


def _named(draft: Draft) -> Iterator[tuple[str, int]]:
    """Yield the rows that are not the root itself."""
    return (
        (row_type, row_id) for row_type, row_id, _ in draft.body.after if (row_type, row_id) != draft.body.obj
    )


def _salted(draft: Draft) -> Iterator[tuple[str, int, str, bytes]]:
    return ((*row, name, salt) for row, name, salt in draft.salts)


def _insert(
    cursor: Any, table: str, columns: str, rows: Sequence[tuple[Any, ...]], returning: str = ""
) -> list[int]:
    """Insert rows, ``ROWS_AT_ONCE`` a statement; return the column ``returning`` of each, in order."""
    found: list[int] = []
    for start in range(0, len(rows), ROWS_AT_ONCE):
        chunk = rows[start : start + ROWS_AT_ONCE]
        ending = f" RETURNING {returning}" if returning else ""
        cursor.execute(f"INSERT INTO {table} ({columns}) VALUES {_places(chunk)}{ending}", _flat(chunk))
        if returning:
            found += [row[0] for row in cursor.fetchall()]
    return found


def _insert_in_one_statement(event: Event, draft: Draft) -> int:
    """PostgreSQL: insert one event and all that belongs to it in one statement; return its id."""
    parts = [
        f"event AS (INSERT INTO ledger_event ({_EVENT}) VALUES ({_marks(8)}) RETURNING id)",
        f"pending AS (INSERT INTO ledger_pending ({_PENDING}) SELECT id, %s::bytea FROM event)",
    ]
    values: list[Any] = [*_columns(event), _hash(event)]
    for table, columns, types, rows in (
        ("ledger_naming", _NAMING, ("text", "bigint"), [*_named(draft)]),
        ("ledger_private", _PRIVATE, ("text", "bigint", "text", "bytea"), [*_salted(draft)]),
    ):
        if rows:
            typed = ", ".join(f"({', '.join(f'%s::{name}' for name in types)})" for _ in rows)
            chosen = f"SELECT event.id, given.* FROM event, (VALUES {typed}) AS given"
            parts.append(f"{table} AS (INSERT INTO {table} ({columns}) {chosen})")
            values += _flat(rows)
    with connection.cursor() as cursor:
        cursor.execute(f"WITH {', '.join(parts)} SELECT id FROM event", values)
        number: int = cursor.fetchone()[0]
    return number


def _marks(count: int) -> str:
    return ", ".join(["%s"] * count)


def _places(rows: Sequence[tuple[Any, ...]]) -> str:
    return ", ".join([f"({_marks(len(rows[0]))})"] * len(rows))


def _flat(rows: Sequence[tuple[Any, ...]]) -> list[Any]:
    return [value for row in rows for value in row]
