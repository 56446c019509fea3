"""Every rule of the strict harness, shown red."""

from __future__ import annotations

import socket
import warnings
from datetime import date, datetime

import pytest
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.db import IntegrityError, connection, models, transaction
from django.template import Context, Engine

from tests.harness.network import NetworkForbidden
from tests.harness.queries import DateFromDatetime, WideLock, another_order
from tests.harness.templates import UndefinedVariable
from tests.harness.times import NOW


def rendered(source: str, **values: object) -> str:
    return Engine().from_string(source).render(Context(values))


@pytest.mark.parametrize(
    "source",
    [
        "{{ missing }}",
        "{{ unit.missing }}",
        "{{ missing|default:'-' }}",
        "{% for row in missing %}{% endfor %}",
        "{% with name=unit.missing %}{% endwith %}",
        "{% if missing %}{% else %}{{ missing }}{% endif %}",
    ],
)
def test_undefined_template_variable_fails(source):
    with pytest.raises(UndefinedVariable, match="missing"):
        rendered(source, unit={"title": "南通"})


def test_condition_of_if_may_ask_for_a_missing_variable():
    assert rendered("{% if missing or unit.missing %}a{% else %}b{% endif %}", unit={}) == "b"


def test_none_and_empty_text_count_as_defined():
    assert rendered("{{ a }}{{ b }}", a=None, b="") == "None"


@pytest.mark.parametrize("count", [2, 3, 10])
def test_another_order_is_never_the_order_of_the_database(count):
    rows = list(range(count))
    assert another_order(rows) != rows
    assert another_order(rows) == another_order(rows)
    assert sorted(another_order(rows)) == rows


@pytest.mark.django_db
def test_rows_without_an_order_come_in_another_order():
    keys = [f"{number:02}" for number in range(10)]
    Session.objects.bulk_create(Session(session_key=key, session_data="", expire_date=NOW) for key in keys)
    assert [row.session_key for row in Session.objects.order_by("session_key")] == keys
    assert [row.session_key for row in Session.objects.all()] != keys
    assert list(Session.objects.values_list("session_key", flat=True)) != keys


@pytest.mark.django_db
def test_lock_over_a_join_must_name_the_table_it_locks():
    wide = Permission.objects.select_related("content_type").select_for_update()
    with transaction.atomic():
        with pytest.raises(WideLock, match="needs of="):
            list(wide)
        list(Permission.objects.order_by("pk").select_for_update())
        list(Permission.objects.select_related("content_type").select_for_update(of=("self",)))


def test_date_column_refuses_a_datetime():
    with pytest.raises(DateFromDatetime):
        models.DateField().get_prep_value(NOW)
    assert models.DateField().get_prep_value(date(2021, 1, 15)) == date(2021, 1, 15)
    assert models.DateTimeField().get_prep_value(NOW) == NOW


@pytest.mark.django_db
def test_reading_request_that_writes_fails(rf):
    from luoshi.web.shell.readonly import ReadOnlyMiddleware, WriteInReadingRequest

    def view(request):
        ContentType.objects.create(app_label="house", model=request.method.lower())

    guarded = ReadOnlyMiddleware(view)
    with pytest.raises(WriteInReadingRequest), transaction.atomic():
        guarded(rf.get("/"))
    guarded(rf.post("/"))
    assert ContentType.objects.filter(app_label="house").count() == 1


def test_the_guard_of_reading_requests_stands_innermost():
    assert settings.MIDDLEWARE[-1] == "luoshi.web.shell.readonly.ReadOnlyMiddleware"


def test_warning_fails():
    with pytest.raises(DeprecationWarning):
        warnings.warn("old", DeprecationWarning, stacklevel=1)


def test_other_machines_cannot_be_reached():
    with socket.socket() as attempt, pytest.raises(NetworkForbidden, match="192.0.2.1"):
        attempt.connect(("192.0.2.1", 80))
    with pytest.raises(NetworkForbidden, match="example.invalid"):
        socket.getaddrinfo("example.invalid", 80)


def test_loopback_can_be_reached():
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(server.getsockname()).close()


@pytest.mark.django_db
def test_foreign_key_to_nowhere_fails():
    with pytest.raises(IntegrityError), transaction.atomic():
        Permission.objects.create(name="x", codename="x", content_type_id=987654321)
        connection.check_constraints()


@pytest.mark.django_db(transaction=True)
def test_tables_guarded_against_deletion_are_emptied_after_a_test_and_stay_guarded():
    with connection.cursor() as cursor:
        for statement in GUARD[connection.vendor]:
            cursor.execute(statement)
        try:
            ContentType.objects.create(app_label="house", model="guarded")
            with pytest.raises(Exception, match="guarded"), transaction.atomic():
                cursor.execute("DELETE FROM django_content_type")
            call_command("flush", interactive=False, verbosity=0, inhibit_post_migrate=True)
            assert not ContentType.objects.exists()
            ContentType.objects.create(app_label="house", model="guarded")
            with pytest.raises(Exception, match="guarded"), transaction.atomic():
                cursor.execute("DELETE FROM django_content_type")
        finally:
            for statement in UNGUARD[connection.vendor]:
                cursor.execute(statement)


GUARD = {
    "sqlite": [
        "CREATE TRIGGER house_guard BEFORE DELETE ON django_content_type "
        "BEGIN SELECT RAISE(ABORT, 'guarded'); END"
    ],
    "postgresql": [
        "CREATE FUNCTION house_refuse() RETURNS trigger AS $$ BEGIN RAISE EXCEPTION 'guarded'; END $$ "
        "LANGUAGE plpgsql",
        "CREATE TRIGGER house_guard BEFORE DELETE ON django_content_type EXECUTE FUNCTION house_refuse()",
        "CREATE TRIGGER house_guard2 BEFORE TRUNCATE ON django_content_type EXECUTE FUNCTION house_refuse()",
    ],
}
UNGUARD = {
    "sqlite": ["DROP TRIGGER house_guard"],
    "postgresql": [
        "DROP TRIGGER house_guard ON django_content_type",
        "DROP TRIGGER house_guard2 ON django_content_type",
        "DROP FUNCTION house_refuse()",
    ],
}


def test_passwords_are_hashed_fast_in_tests_and_well_in_production():
    from luoshi.conf import settings as product

    assert make_password("x").startswith("md5$")
    assert product.PASSWORD_HASHERS[0].endswith("Argon2PasswordHasher")


def test_now_is_the_morning_on_which_the_demo_starts():
    assert settings.LUOSHI_CLOCK.now() == NOW == datetime.fromisoformat("2021-01-15T00:00:00+00:00")
