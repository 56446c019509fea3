"""Small helpers for the few places where the two databases differ."""

from __future__ import annotations

from django.db import transaction
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
