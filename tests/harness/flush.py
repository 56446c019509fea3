"""Emptying the tables after a transactional test, although guards of the ledger refuse deleting.

The guards are lifted around Django's flush and nowhere else, so tests meet them as production does.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import transaction
from django.db.backends.base.operations import BaseDatabaseOperations

from luoshi.kernel.search.engines import grams_clear


def install(patch: pytest.MonkeyPatch) -> None:
    flush = BaseDatabaseOperations.execute_sql_flush

    def unguarded_flush(self: BaseDatabaseOperations, sql_list: list[str]) -> Any:
        with transaction.atomic(using=self.connection.alias), guards_lifted(self.connection):
            done = flush(self, sql_list)
            grams_clear()  # beside the models, so that Django does not empty it
            return done

    patch.setattr(BaseDatabaseOperations, "execute_sql_flush", unguarded_flush)


@contextmanager
def guards_lifted(connection: Any) -> Iterator[None]:
    """Switch the triggers of all tables off within the running transaction."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL session_replication_role = replica")
            yield
            cursor.execute("SET LOCAL session_replication_role = DEFAULT")
            return
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        triggers = cursor.fetchall()
        for name, _ in triggers:
            cursor.execute(f'DROP TRIGGER "{name}"')
        yield
        for _, sql in triggers:
            cursor.execute(sql)
