"""Start-up checks: a database that may forget acknowledged work is refused."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

FULL = 2  # PRAGMA synchronous: 0 OFF, 1 NORMAL, 2 FULL, 3 EXTRA


@register(Tags.database)
def durability(*, databases: Sequence[str] | None = None, **_: Any) -> list[CheckMessage]:
    """Refuse SQLite below ``synchronous=FULL`` and PostgreSQL with ``synchronous_commit=off``."""
    return [fault for alias in databases or () for fault in _faults_of(connections[alias])]


def _faults_of(connection: BaseDatabaseWrapper) -> list[CheckMessage]:
    if connection.vendor == "sqlite":
        if int(_setting(connection, "PRAGMA synchronous")) >= FULL:
            return []
        return [
            Error(
                "SQLite 的 synchronous 低于 FULL，断电时会丢失已确认的数据。",
                hint="去掉数据库选项里对 synchronous 的改动。",
                id="luoshi.E001",
            )
        ]
    if _setting(connection, "SHOW synchronous_commit") != "off":
        return []
    return [
        Error(
            "PostgreSQL 的 synchronous_commit 为 off，断电时会丢失已确认的数据。",
            hint="在 postgresql.conf 或该数据库、该用户的设置中改为 on。",
            id="luoshi.E002",
        )
    ]


def _setting(connection: BaseDatabaseWrapper, query: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return str(cursor.fetchone()[0])
