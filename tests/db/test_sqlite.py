from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import ConnectionHandler, OperationalError
from django.db.backends.base.base import BaseDatabaseWrapper

from luoshi.db.sqlite import base
from luoshi.db.sqlite.filelock import FileLock, LockTimeout

pytestmark = pytest.mark.django_db


@pytest.fixture
def database(tmp_path) -> Iterator[BaseDatabaseWrapper]:
    yield from connected(tmp_path / "new" / "luoshi.sqlite3")


def connected(path: Path) -> Iterator[BaseDatabaseWrapper]:
    connection = ConnectionHandler({"default": {"ENGINE": "luoshi.db.sqlite", "NAME": str(path)}})["default"]
    connection.ensure_connection()
    yield connection
    connection.close()


def begin(connection: BaseDatabaseWrapper) -> None:
    connection.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)


def end(connection: BaseDatabaseWrapper) -> None:
    connection.set_autocommit(True)


def is_locked(connection: BaseDatabaseWrapper) -> bool:
    lock = FileLock(Path(f"{connection.settings_dict['NAME']}.lock"))
    try:
        lock.acquire(seconds=0.02)
    except LockTimeout:
        return True
    lock.release()
    return False


@pytest.mark.parametrize(
    ("pragma", "value"),
    [("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1), ("busy_timeout", 20_000)],
)
def test_settings_that_keep_acknowledged_work(database, pragma, value):
    with database.cursor() as cursor:
        assert cursor.execute(f"PRAGMA {pragma}").fetchone()[0] == value


def test_the_lock_is_held_from_begin_to_commit(database):
    assert not is_locked(database)
    begin(database)
    assert is_locked(database)
    database.commit()
    assert not is_locked(database)
    end(database)


def test_rollback_and_close_give_the_lock_back(database):
    begin(database)
    database.rollback()
    assert not is_locked(database)
    end(database)
    begin(database)
    database.close()
    assert not is_locked(database)


def test_a_refused_commit_keeps_the_lock_until_the_rollback(database):
    with database.cursor() as cursor:
        cursor.execute("CREATE TABLE a (id INTEGER PRIMARY KEY)")
        cursor.execute("CREATE TABLE b (a INTEGER REFERENCES a (id) DEFERRABLE INITIALLY DEFERRED)")
        begin(database)
        cursor.execute("INSERT INTO b VALUES (1)")
    with pytest.raises(Exception, match="FOREIGN KEY"):
        database.commit()
    assert is_locked(database)
    database.rollback()
    assert not is_locked(database)
    end(database)


def test_waiting_too_long_says_so_and_leaves_the_connection_usable(database, monkeypatch):
    monkeypatch.setattr(base, "WAIT_SECONDS", 0.05)
    other = FileLock(Path(f"{database.settings_dict['NAME']}.lock"))
    other.acquire(seconds=1)
    with pytest.raises(OperationalError, match="locked"):
        begin(database)
    other.release()
    begin(database)
    database.commit()
    end(database)


def test_processes_that_count_together_lose_nothing(tmp_path):
    path = tmp_path / "count.sqlite3"
    for connection in connected(path):
        with connection.cursor() as cursor:
            cursor.execute("CREATE TABLE count (n INTEGER)")
            cursor.execute("INSERT INTO count VALUES (0)")
    processes = [subprocess.Popen([sys.executable, "-c", COUNTER, str(path)]) for _ in range(3)]
    assert [process.wait() for process in processes] == [0, 0, 0]
    for connection in connected(path):
        with connection.cursor() as cursor:
            assert cursor.execute("SELECT n FROM count").fetchone() == (150,)


# Reads, then writes what it read plus one: correct only while nobody else is between the two.
COUNTER = """
import sys
import django
from django.conf import settings
settings.configure(DATABASES={"default": {"ENGINE": "luoshi.db.sqlite", "NAME": sys.argv[1]}})
django.setup()
from django.db import connection, transaction
for _ in range(50):
    with transaction.atomic(), connection.cursor() as cursor:
        n = cursor.execute("SELECT n FROM count").fetchone()[0]
        cursor.execute("UPDATE count SET n = %s", [n + 1])
"""
