"""``ENGINE = "luoshi.db.sqlite"``: Django's SQLite backend, made safe for several writers.

* ``synchronous=FULL``: with NORMAL, acknowledged work is lost at a power cut (measured).
* Every transaction is ``BEGIN IMMEDIATE`` and first waits its turn on ``<database>.lock``: two of them never
  meet inside SQLite, and a write cannot fail half-way for want of the lock.
* A statement outside ``transaction.atomic`` is its own transaction and relies on SQLite's busy timeout alone.
"""

# The stubs leave out the private methods by which every Django backend begins and ends a transaction.
# mypy: disable-error-code="misc"

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from django.db.backends.sqlite3 import base
from django.db.utils import OperationalError

from luoshi.db.sqlite.filelock import FileLock, LockTimeout

WAIT_SECONDS = 20
PRAGMAS = ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON")


class DatabaseWrapper(base.DatabaseWrapper):
    """One connection; holds the write lock from BEGIN to commit, rollback or close."""

    def __init__(self, settings_dict: dict[str, Any], *args: Any, **kwargs: Any) -> None:
        super().__init__(settings_dict, *args, **kwargs)
        self._write_lock: FileLock | None = None

    def get_connection_params(self) -> dict[str, Any]:
        params: dict[str, Any] = {"timeout": WAIT_SECONDS, **super().get_connection_params()}
        self.transaction_mode = "IMMEDIATE"
        return params

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        # A database in memory belongs to this process alone: there is no file to queue on.
        if not self.is_in_memory_db():
            path = Path(self.settings_dict["NAME"])
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            # Made here so that only the owner reads it; SQLite gives its side files the same mode.
            os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
            self._write_lock = FileLock(path.with_name(f"{path.name}.lock"))
        connection = super().get_new_connection(conn_params)
        for pragma in PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")
        return connection

    def _start_transaction_under_autocommit(self) -> None:
        self._take_turn()
        try:
            super()._start_transaction_under_autocommit()
        except BaseException:
            self._end_turn()
            raise

    def _commit(self) -> None:
        # A commit that fails leaves the transaction open; the rollback that follows ends the turn.
        super()._commit()
        self._end_turn()

    def _rollback(self) -> None:
        super()._rollback()
        self._end_turn()

    def _close(self) -> None:
        try:
            super()._close()
        finally:
            self._end_turn()

    def _take_turn(self) -> None:
        if self._write_lock is None:
            return
        try:
            self._write_lock.acquire(seconds=WAIT_SECONDS)
        except LockTimeout as error:
            raise OperationalError(f"database is locked: {error}") from error

    def _end_turn(self) -> None:
        if self._write_lock is not None:
            self._write_lock.release()
