"""Triggers that keep the ledger append-only on both databases.

They stop mistakes and attackers who reach the application's connection, not whoever may drop a trigger; that
is what ``verify`` (which also looks whether the triggers stand) and later the checkpoints are for.
SQLite's REPLACE deletes rows without firing delete triggers: an insert over an existing key is refused too.
A later migration that rebuilds one of these tables on SQLite must call ``install_guards`` again.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.backends.base.base import BaseDatabaseWrapper

REFUSAL = "ledger is append-only"


@dataclass(frozen=True, slots=True)
class Guard:
    """What a table refuses. Conditions are SQL over OLD and NEW; an empty one means always.

    ``replaces``: conditions under which an insert would displace a row. ``may_update`` and ``may_delete``:
    the only change that is let through.
    """

    table: str
    replaces: str
    may_update: str = ""
    may_delete: str = ""


GUARDS = (
    Guard(
        "ledger_event",
        "SELECT 1 FROM ledger_event WHERE id = NEW.id"
        " UNION ALL SELECT 1 FROM ledger_event"
        " WHERE obj_type = NEW.obj_type AND obj_id = NEW.obj_id AND ver = NEW.ver",
    ),
    Guard(
        "ledger_pending",
        "SELECT 1 FROM ledger_pending WHERE event_id = NEW.event_id",
        may_delete="EXISTS (SELECT 1 FROM ledger_leaf WHERE event_id = OLD.event_id)",
    ),
    Guard(
        "ledger_leaf",
        "SELECT 1 FROM ledger_leaf WHERE leaf_index = NEW.leaf_index"
        " UNION ALL SELECT 1 FROM ledger_leaf WHERE event_id = NEW.event_id",
    ),
    Guard(
        "ledger_private",
        "SELECT 1 FROM ledger_private WHERE id = NEW.id"
        " UNION ALL SELECT 1 FROM ledger_private WHERE row_type = NEW.row_type AND row_id = NEW.row_id"
        " AND name = NEW.name AND event_id = NEW.event_id",
        may_update="NEW.salt IS NULL AND NEW.id = OLD.id AND NEW.event_id = OLD.event_id"
        " AND NEW.row_type = OLD.row_type AND NEW.row_id = OLD.row_id AND NEW.name = OLD.name",
    ),
    Guard(
        "ledger_request",
        "SELECT 1 FROM ledger_request WHERE id = NEW.id"
        " UNION ALL SELECT 1 FROM ledger_request WHERE account = NEW.account AND key = NEW.key",
    ),
    Guard("ledger_security", "SELECT 1 FROM ledger_security WHERE id = NEW.id"),
)


def install_guards(connection: BaseDatabaseWrapper) -> None:
    """Create every trigger, replacing those that stand."""
    with connection.cursor() as cursor:
        for statement in (*_dropped(connection.vendor), *_created(connection.vendor)):
            cursor.execute(statement)


def remove_guards(connection: BaseDatabaseWrapper) -> None:
    """Drop every trigger: for migrations backwards only."""
    with connection.cursor() as cursor:
        for statement in _dropped(connection.vendor):
            cursor.execute(statement)


def guards_missing(connection: BaseDatabaseWrapper) -> list[str]:
    """Return the names of triggers that should stand and do not, in order.

    One that is switched off, or stands under its name but no longer refuses, counts as missing.
    """
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT t.tgname FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid"
                " WHERE NOT t.tgisinternal AND t.tgenabled IN ('O', 'A') AND position(%s IN p.prosrc) > 0",
                [REFUSAL],
            )
            standing = {row[0] for row in cursor.fetchall()}
        else:
            written = {statement for guard in GUARDS for statement in _created_sqlite(guard)}
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
            standing = {name for name, statement in cursor.fetchall() if statement in written}
    return sorted(set(_names(connection.vendor)) - standing)


def _names(vendor: str) -> Iterator[str]:
    verbs = ("update", "delete", "truncate") if vendor == "postgresql" else ("update", "delete", "replace")
    for guard in GUARDS:
        for verb in verbs:
            yield f"{guard.table}_no_{verb}"


def _dropped(vendor: str) -> Iterator[str]:
    for guard in GUARDS:
        for name in (name for name in _names(vendor) if name.startswith(f"{guard.table}_no_")):
            place = f" ON {guard.table}" if vendor == "postgresql" else ""
            yield f"DROP TRIGGER IF EXISTS {name}{place}"
    if vendor == "postgresql":
        for function in ("ledger_refuse", *(f"{guard.table}_refuse" for guard in GUARDS)):
            yield f"DROP FUNCTION IF EXISTS {function}()"


def _created(vendor: str) -> Iterator[str]:
    if vendor == "postgresql":
        yield (
            "CREATE FUNCTION ledger_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
            f" RAISE EXCEPTION '{REFUSAL}: % on %', TG_OP, TG_TABLE_NAME USING ERRCODE = '23000';"
            " END $$"
        )
    for guard in GUARDS:
        yield from _created_postgresql(guard) if vendor == "postgresql" else _created_sqlite(guard)


def _created_postgresql(guard: Guard) -> Iterator[str]:
    """PostgreSQL allows no subquery in WHEN, so the allowed delete is decided in a function of its own."""
    when = f" WHEN (NOT ({guard.may_update}))" if guard.may_update else ""
    yield (
        f"CREATE TRIGGER {guard.table}_no_update BEFORE UPDATE ON {guard.table}"
        f" FOR EACH ROW{when} EXECUTE FUNCTION ledger_refuse()"
    )
    function = "ledger_refuse"
    if guard.may_delete:
        function = f"{guard.table}_refuse"
        yield (
            f"CREATE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
            f" IF {guard.may_delete} THEN RETURN OLD; END IF;"
            f" RAISE EXCEPTION '{REFUSAL}: % on %', TG_OP, TG_TABLE_NAME USING ERRCODE = '23000';"
            " END $$"
        )
    yield (
        f"CREATE TRIGGER {guard.table}_no_delete BEFORE DELETE ON {guard.table}"
        f" FOR EACH ROW EXECUTE FUNCTION {function}()"
    )
    yield (
        f"CREATE TRIGGER {guard.table}_no_truncate BEFORE TRUNCATE ON {guard.table}"
        " FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse()"
    )


def _created_sqlite(guard: Guard) -> Iterator[str]:
    conditions = {
        "update": ("UPDATE", f"NOT ({guard.may_update})" if guard.may_update else ""),
        "delete": ("DELETE", f"NOT ({guard.may_delete})" if guard.may_delete else ""),
        "replace": ("INSERT", f"EXISTS ({guard.replaces})"),
    }
    for name, (verb, condition) in conditions.items():
        when = f" WHEN {condition}" if condition else ""
        yield (
            f"CREATE TRIGGER {guard.table}_no_{name} BEFORE {verb} ON {guard.table}"
            f" FOR EACH ROW{when} BEGIN SELECT RAISE(ABORT, '{REFUSAL}: {verb} on {guard.table}'); END"
        )
