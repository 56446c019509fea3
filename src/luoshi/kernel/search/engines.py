"""Where grams are kept: FTS5 on SQLite, an inverted index (GIN) on PostgreSQL; row ids and grams alone.

The table ``search_gram`` is no model, since neither database's kind of it is known to Django. Every function
reads and writes within the transaction of its caller. See ADR 0010.
"""

from __future__ import annotations

import zlib
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper

TABLE = "search_gram"
CREATE = {
    "sqlite": (
        f"CREATE VIRTUAL TABLE {TABLE} USING fts5(grams, content='', columnsize=0, detail='none', "
        "tokenize='ascii')",
    ),
    "postgresql": (
        f"CREATE TABLE {TABLE} (rowid bigint PRIMARY KEY, grams tsvector NOT NULL)",
        # Postings are merged at once: a pending list would make the next search pay for many writes.
        f"CREATE INDEX {TABLE}_held ON {TABLE} USING gin (grams) WITH (fastupdate = off)",
        f"ALTER TABLE {TABLE} ALTER COLUMN grams SET STATISTICS 1000",
    ),
}
PUT = {
    "sqlite": f"INSERT INTO {TABLE} (rowid, grams) VALUES (%s, %s)",
    "postgresql": f"INSERT INTO {TABLE} (rowid, grams) VALUES (%s, array_to_tsvector(%s))",
}
MATCH = {"sqlite": f"{TABLE} MATCH %s", "postgresql": "grams @@ CAST(%s AS tsquery)"}


def table_create(made: BaseDatabaseWrapper) -> None:
    """Make the table; called by the migration."""
    with made.cursor() as cursor:
        for statement in CREATE[made.vendor]:
            cursor.execute(statement)


def table_drop(made: BaseDatabaseWrapper) -> None:
    """Drop the table."""
    with made.cursor() as cursor:
        cursor.execute(f"DROP TABLE {TABLE}")


def grams_put(rows: Iterable[tuple[int, Collection[str]]]) -> None:
    """Write the grams of rows that have none yet."""
    listed = [(row_id, _stored(grams)) for row_id, grams in rows]
    with connection.cursor() as cursor:
        cursor.executemany(PUT[connection.vendor], listed)


def grams_drop(rows: Iterable[tuple[int, Collection[str]]]) -> None:
    """Take rows out; the grams must be those they were put in with."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            statement = f"INSERT INTO {TABLE} ({TABLE}, rowid, grams) VALUES ('delete', %s, %s)"
            cursor.executemany(statement, [(row_id, _stored(grams)) for row_id, grams in rows])
        else:
            listed = [(row_id,) for row_id, _ in rows]
            cursor.executemany(f"DELETE FROM {TABLE} WHERE rowid = %s", listed)


def grams_clear() -> None:
    """Take everything out."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(f"INSERT INTO {TABLE} ({TABLE}) VALUES ('delete-all')")
        else:
            cursor.execute(f"DELETE FROM {TABLE}")


def match_condition(grams: Sequence[str]) -> tuple[str, str]:
    """Return the condition on ``search_gram`` of holding all of these grams, and its one parameter."""
    if connection.vendor == "sqlite":
        return MATCH["sqlite"], " ".join(grams)
    return MATCH["postgresql"], " & ".join(f"'{gram}'" for gram in grams)


def gram_sums() -> dict[int, int]:
    """Return row id → the sum of the checksums of its grams, as they are held. Reads the whole index."""
    found: dict[int, int] = {}
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            vocabulary = f"fts5vocab(main, {TABLE}, instance)"
            cursor.execute(f"CREATE VIRTUAL TABLE IF NOT EXISTS temp.search_held USING {vocabulary}")
            cursor.execute("SELECT doc, term FROM temp.search_held")
        else:
            cursor.execute(f"SELECT rowid, unnest(tsvector_to_array(grams)) FROM {TABLE}")
        while chunk := cursor.fetchmany(10_000):
            for row_id, gram in chunk:
                found[row_id] = found.get(row_id, 0) + zlib.crc32(gram.encode())
    return found


def gram_sum(grams: Iterable[str]) -> int:
    """Return the sum that ``gram_sums`` must show for these grams."""
    return sum(zlib.crc32(gram.encode()) for gram in grams)


def _stored(grams: Collection[str]) -> Any:
    return " ".join(sorted(grams)) if connection.vendor == "sqlite" else sorted(grams)
