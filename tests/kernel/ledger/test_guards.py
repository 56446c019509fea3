"""The ledger's tables refuse to be changed, on both databases."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, connection, transaction

from luoshi.kernel.ledger.actions import once, security_note, sequence
from luoshi.kernel.ledger.guards import guards_missing, install_guards, remove_guards
from luoshi.kernel.ledger.models import Event, Leaf, Pending, PrivateField, Request, SecurityEntry
from tests.harness.times import NOW
from tests.kernel.ledger.makers import CLERK, folder_changed, folder_opened

pytestmark = pytest.mark.django_db
MODELS = {
    model._meta.db_table: model for model in (Event, Leaf, Pending, PrivateField, Request, SecurityEntry)
}


@pytest.fixture(autouse=True)
def filled() -> None:
    """One row at least in every table."""
    folder, _ = folder_opened()
    sequence()
    once(by=CLERK, key="k1", now=NOW, make=lambda: {})
    folder_changed(folder, "乙")
    SecurityEntry.objects.create(kind="signin", account=7, at_ms=1, detail=b"{}")


def refused(sql: str, *parameters: object) -> None:
    with (
        pytest.raises(IntegrityError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql, parameters)


@pytest.mark.parametrize("table", MODELS)
def test_every_column_of_every_row_refuses_to_change(table: str) -> None:
    for field in MODELS[table]._meta.concrete_fields:
        refused(f'UPDATE {table} SET "{field.column}" = "{field.column}"')


@pytest.mark.parametrize("table", MODELS)
def test_no_row_is_deleted(table: str) -> None:
    refused(f"DELETE FROM {table}")


@pytest.mark.parametrize("table", MODELS)
def test_no_row_is_replaced_or_overwritten(table: str) -> None:
    before = list(MODELS[table].objects.order_by("pk").values_list())
    if connection.vendor == "sqlite":
        refused(f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}")
        refused(f"INSERT OR IGNORE INTO {table} SELECT * FROM {table}")
        refused(f"UPDATE OR REPLACE {table} SET rowid = rowid + 1")
    else:
        key = MODELS[table]._meta.pk.column
        refused(
            f"INSERT INTO {table} SELECT * FROM {table} WHERE true"
            f' ON CONFLICT ("{key}") DO UPDATE SET "{key}" = excluded."{key}"'
        )
        refused(f"TRUNCATE {table} CASCADE")
    assert list(MODELS[table].objects.order_by("pk").values_list()) == before


@pytest.mark.parametrize(
    ("table", "columns", "values"),
    [
        ("ledger_event", "obj_type, obj_id, ver, kind, at_ms, account, unit, body",
         "obj_type, obj_id, ver, 'x.y', 1, 1, '', body"),
        ("ledger_leaf", "leaf_index, event_id, hash_sha256", "99, event_id, hash_sha256"),
        ("ledger_request", "account, key, at_ms, result", "account, key, 2, result"),
        ("ledger_private", "event_id, row_type, row_id, name", "event_id, row_type, row_id, name"),
    ],
)  # fmt: skip
def test_a_new_row_over_an_existing_key_displaces_nothing(table: str, columns: str, values: str) -> None:
    before = MODELS[table].objects.count()
    verb = "INSERT OR REPLACE" if connection.vendor == "sqlite" else "INSERT"
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"{verb} INTO {table} ({columns}) SELECT {values} FROM {table}")
    assert MODELS[table].objects.count() == before


def test_an_outbox_row_goes_only_when_its_event_has_a_position() -> None:
    assert sequence() == 1
    assert not Pending.objects.exists() and Leaf.objects.count() == 2


def test_a_salt_may_be_erased_and_nothing_else_with_it() -> None:
    refused("UPDATE ledger_private SET salt = NULL, name = 'other'")
    assert PrivateField.objects.update(salt=None) == 3
    refused("UPDATE ledger_private SET salt = %s", bytes(32))


def test_guards_are_all_there_and_come_back() -> None:
    assert guards_missing(connection) == []
    remove_guards(connection)
    assert len(guards_missing(connection)) == 18
    install_guards(connection)
    assert guards_missing(connection) == []


@pytest.mark.skipif(connection.vendor != "sqlite", reason="the statement is SQLite's")
def test_a_guard_that_refuses_nothing_counts_as_missing() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER ledger_event_no_update")
        cursor.execute(
            "CREATE TRIGGER ledger_event_no_update BEFORE UPDATE ON ledger_event WHEN 0 BEGIN SELECT 1; END"
        )
    assert guards_missing(connection) == ["ledger_event_no_update"]


@pytest.mark.django_db(transaction=True)
def test_a_note_of_the_security_log_stands_on_its_own() -> None:
    with pytest.raises(RuntimeError, match="durable"), transaction.atomic():
        security_note(kind="refused", account=7, at=NOW, detail={})
    with pytest.raises(LookupError):
        security_note(kind="other", account=7, at=NOW, detail={})
    security_note(kind="refused", account=None, at=NOW, detail={"path": "/x"})
    assert SecurityEntry.objects.count() == 2
