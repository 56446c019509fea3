"""What must be the same, or is refused, on both databases."""

from __future__ import annotations

import pytest
from django.db import connection, models, transaction
from django.db.migrations.writer import MigrationWriter

from luoshi.db.checks import durability
from luoshi.db.fields import CodeField
from luoshi.db.sql import advisory_lock
from luoshi.worker.models import Lease
from tests.harness.times import NOW


@pytest.mark.django_db
def test_codes_sort_by_their_bytes():
    codes = ["B1", "a-2", "a1", "a_1", "a中", "Ä"]
    Lease.objects.bulk_create(Lease(name=code, holder="x", until=NOW) for code in codes)
    by_bytes = sorted(codes, key=lambda code: code.encode())
    assert list(Lease.objects.order_by("name").values_list("name", flat=True)) == by_bytes
    assert set(Lease.objects.filter(name__lt="a1").values_list("name", flat=True)) == {"B1", "a-2"}


def test_a_migration_does_not_name_the_database_it_was_made_on():
    text, _ = MigrationWriter.serialize(CodeField(max_length=40))
    assert text == "luoshi.db.fields.CodeField(max_length=40)"


def test_a_key_to_a_code_has_the_collation_of_the_code():
    column = Lease._meta.get_field("name")
    expected = {"sqlite": None, "postgresql": "C"}[connection.vendor]
    assert column.db_parameters(connection)["collation"] == expected
    assert isinstance(column, models.CharField)


@pytest.mark.django_db(transaction=True)
def test_advisory_lock_outside_a_transaction_is_refused():
    with pytest.raises(transaction.TransactionManagementError):
        advisory_lock(connection, "sequence")


@pytest.mark.django_db
def test_advisory_lock_inside_a_transaction_may_be_taken_twice():
    with transaction.atomic():
        advisory_lock(connection, "sequence")
        advisory_lock(connection, "sequence")


@pytest.mark.django_db
def test_a_database_that_may_forget_is_refused():
    assert durability(databases=["default"]) == []
    with connection.execute_wrapper(weaker_answers):
        (fault,) = durability(databases=["default"])
    assert fault.id == {"sqlite": "luoshi.E001", "postgresql": "luoshi.E002"}[connection.vendor]
    assert "断电" in fault.msg and fault.hint


def weaker_answers(execute, sql, params, many, context):
    """Answer for a database with weaker settings: SQLite does not change its own within a transaction."""
    weaker = {"PRAGMA synchronous": "SELECT 1", "SHOW synchronous_commit": "SELECT 'off'"}
    return execute(weaker.get(sql, sql), params, many, context)
