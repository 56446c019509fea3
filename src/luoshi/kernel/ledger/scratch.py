"""What the events say of the rows, sorted in a private temporary database, so that memory stays bounded.

Nothing here is trusted from the ledger's own derived tables: all of it is read from the bodies.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from types import TracebackType

from luoshi.kernel.ledger.bodies import ERASED, Body, commitment_key

CACHE_KIB = 32_768
_TABLES = """
CREATE TABLE named (row_type TEXT, row_id INTEGER, event_id INTEGER, digest TEXT, own INTEGER, ver INTEGER,
    PRIMARY KEY (row_type, row_id, event_id)) WITHOUT ROWID;
CREATE TABLE committed (event_id INTEGER, label TEXT, value TEXT,
    PRIMARY KEY (event_id, label)) WITHOUT ROWID;
CREATE TABLE salts (event_id INTEGER, label TEXT, salt BLOB, PRIMARY KEY (event_id, label)) WITHOUT ROWID;
CREATE TABLE erased (label TEXT, event_id INTEGER, PRIMARY KEY (label, event_id)) WITHOUT ROWID;
CREATE TABLE asked (key TEXT PRIMARY KEY, event_id INTEGER) WITHOUT ROWID;
CREATE TABLE answered (key TEXT PRIMARY KEY) WITHOUT ROWID;
"""

Named = tuple[int, int, str | None, int | None]


class Scratch:
    """A temporary SQLite database (it spills to disk beyond its cache), gone when closed."""

    def __init__(self) -> None:
        self._db = sqlite3.connect("", isolation_level=None)
        self._db.execute("PRAGMA journal_mode = OFF")
        self._db.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
        self._db.executescript(_TABLES)
        self._db.execute("BEGIN")

    def __enter__(self) -> Scratch:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._db.close()

    def take(self, event_id: int, body: Body) -> None:
        """Note the rows, commitments, erasures and request key of one event."""
        rows = (
            (row_type, row_id, event_id, digest, int((row_type, row_id) == body.obj), body.ver)
            for row_type, row_id, digest in body.after
        )
        self._db.executemany("INSERT INTO named VALUES (?, ?, ?, ?, ?, ?)", rows)
        if body.c:
            pairs = ((event_id, label, value) for label, value in body.c.items())
            self._db.executemany("INSERT INTO committed VALUES (?, ?, ?)", pairs)
        if body.t == ERASED:
            row_type, row_id = body.data["row"]
            labels = ((commitment_key(row_type, row_id, name), event_id) for name in body.data["names"])
            self._db.executemany("INSERT INTO erased VALUES (?, ?)", labels)
        if body.req is not None:
            self._db.execute("INSERT OR IGNORE INTO asked VALUES (?, ?)", (body.req, event_id))

    def take_salt(self, event_id: int, label: str, salt: bytes | None) -> None:
        """Note a stored salt, None when it was erased."""
        self._db.execute("INSERT OR REPLACE INTO salts VALUES (?, ?, ?)", (event_id, label, salt))

    def take_request(self, key: str) -> None:
        """Note a stored request key."""
        self._db.execute("INSERT OR IGNORE INTO answered VALUES (?)", (key,))

    def types(self) -> list[tuple[str, int]]:
        """Return every row type with its number of rows."""
        sql = "SELECT row_type, count(DISTINCT row_id) FROM named GROUP BY row_type ORDER BY row_type"
        return self._db.execute(sql).fetchall()

    def newest(self, row_type: str) -> Iterator[Named]:
        """Yield (row id, newest event id, digest or None, version of the root or None) in order of the id."""
        # With max() SQLite takes the other columns from the row that holds the maximum (documented).
        sql = (
            "SELECT row_id, max(event_id), digest, CASE WHEN own THEN ver END FROM named"
            " WHERE row_type = ? GROUP BY row_id ORDER BY row_id"
        )
        yield from self._db.execute(sql, (row_type,))

    def pairs(self) -> Iterator[tuple[str, int, int]]:
        """Yield (row type, row id, event id) of every row named by the event of another, in order."""
        sql = "SELECT row_type, row_id, event_id FROM named WHERE NOT own ORDER BY row_type, row_id, event_id"
        yield from self._db.execute(sql)

    def committed(self, event_id: int, label: str) -> tuple[str, bytes | None] | None:
        """Return (commitment, salt) that one event holds for one column, or None."""
        sql = (
            "SELECT c.value, s.salt FROM committed c LEFT JOIN salts s USING (event_id, label)"
            " WHERE c.event_id = ? AND c.label = ?"
        )
        found: tuple[str, bytes | None] | None = self._db.execute(sql, (event_id, label)).fetchone()
        return found

    def commitments_without_salt_row(self) -> Iterator[tuple[int, str]]:
        """Yield (event id, label) of commitments whose stored salt row is gone."""
        sql = (
            "SELECT c.event_id, c.label FROM committed c LEFT JOIN salts s USING (event_id, label)"
            " WHERE s.label IS NULL ORDER BY c.event_id, c.label"
        )
        yield from self._db.execute(sql)

    def salts_without_commitment(self) -> Iterator[tuple[int, str]]:
        """Yield (event id, label) of stored salts that no event knows."""
        sql = (
            "SELECT s.event_id, s.label FROM salts s LEFT JOIN committed c USING (event_id, label)"
            " WHERE c.label IS NULL ORDER BY s.event_id, s.label"
        )
        yield from self._db.execute(sql)

    def salts_erased_without_event(self) -> Iterator[tuple[int, str]]:
        """Yield (event id, label) of salts that are gone though no later event says they were erased."""
        sql = (
            "SELECT s.event_id, s.label FROM salts s WHERE s.salt IS NULL AND NOT EXISTS"
            " (SELECT 1 FROM erased e WHERE e.label = s.label AND e.event_id > s.event_id)"
            " ORDER BY s.event_id, s.label"
        )
        yield from self._db.execute(sql)

    def requests_missing(self) -> Iterator[tuple[str, int]]:
        """Yield (request key, event id) of events whose request key is not stored."""
        sql = "SELECT key, event_id FROM asked WHERE key NOT IN (SELECT key FROM answered) ORDER BY event_id"
        yield from self._db.execute(sql)
