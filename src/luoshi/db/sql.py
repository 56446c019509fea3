"""Small helpers for the few places where the two databases differ."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import models, transaction
from django.db.backends.base.base import BaseDatabaseWrapper


def advisory_lock(connection: BaseDatabaseWrapper, name: str) -> None:
    """Let one transaction at a time pass here, until it ends; others with the same ``name`` wait.

    PostgreSQL: ``pg_advisory_xact_lock`` on a 64-bit hash of ``name``. SQLite: nothing to do, since every
    transaction holds the database's write lock from its first statement.

    Raises: TransactionManagementError outside a transaction, where the lock would be gone at once.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError(f"advisory lock {name!r} needs an open transaction")
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [name])


def insert_plain(connection: BaseDatabaseWrapper, rows: Sequence[models.Model]) -> None:
    """Insert many rows of one model whose ids nobody needs, several times as fast as ``bulk_create``.

    Columns that are None in every row are left to the database, so they must be nullable. Fields that compute
    their value on saving are not for it. Needs a transaction.
    """
    if not rows:
        return
    fields: list[models.Field[Any, Any]] = [
        field
        for field in rows[0]._meta.concrete_fields
        if not field.primary_key and any(getattr(row, field.attname) is not None for row in rows)
    ]
    quote = connection.ops.quote_name
    columns = ", ".join(quote(str(field.column)) for field in fields)
    marks = ", ".join(["%s"] * len(fields))

    def value(field: models.Field[Any, Any], row: models.Model) -> Any:
        found = getattr(row, field.attname)
        return found if type(found) in _AS_IT_IS else field.get_db_prep_save(found, connection)

    with connection.cursor() as cursor:
        cursor.executemany(
            f"INSERT INTO {quote(rows[0]._meta.db_table)} ({columns}) VALUES ({marks})",
            [[value(field, row) for field in fields] for row in rows],
        )


_AS_IT_IS = frozenset({int, str, type(None)})
