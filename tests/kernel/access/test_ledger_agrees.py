"""After changes of every kind in calendars, org and access, each row agrees with the ledger."""

from __future__ import annotations

from datetime import date

import pytest

from luoshi.core.actor import SYSTEM, Actor
from luoshi.kernel.access.actions import (
    account_password_set,
    account_resume,
    account_stop,
    password_reset,
    role_unbind,
)
from luoshi.kernel.access.models import Account, RoleBinding
from luoshi.kernel.calendars.actions import (
    calendar_day_clear,
    calendar_day_set,
    calendar_install,
    calendar_year_publish,
)
from luoshi.kernel.ledger.verify import verify_ledger
from luoshi.kernel.org.actions import alias_add, appointment_end, unit_close, unit_move, unit_rename
from luoshi.kernel.org.models import Appointment, Unit
from tests.harness.times import NOW
from tests.kernel.access.helpers import account, hold
from tests.kernel.org.helpers import district

pytestmark = pytest.mark.django_db
DAY = date(2026, 7, 1)


def change_everything():
    district()
    unit_move(by=SYSTEM, code="S1", parent_code="B", on=date(2020, 7, 1), now=NOW)
    unit_rename(by=SYSTEM, code="S1", title="新街道", now=NOW)
    alias_add(by=SYSTEM, unit_code="S1", text="一街", now=NOW)
    unit_close(by=SYSTEM, code="S1", on=date(2020, 9, 1), successor_code="S2", now=NOW)
    calendar_install(by=SYSTEM, code="cn", now=NOW)
    given = {"is_workday": False, "title": "抗洪", "source": "区政府办"}
    calendar_day_set(by=SYSTEM, code="cn", day=DAY, now=NOW, **given)
    calendar_day_clear(by=SYSTEM, code="cn", day=DAY, now=NOW)
    calendar_year_publish(by=SYSTEM, code="cn", year=2027, now=NOW)
    holder, password = account()
    hold(holder, "s2.desk", "S2", ("desk", "S2"))
    account_password_set(actor=Actor(account_id=holder.pk), old=password, new="Shunyi-Qu 2021", now=NOW)
    password_reset(by=SYSTEM, account_id=holder.pk, now=NOW)
    account_stop(by=SYSTEM, account_id=holder.pk, now=NOW)
    account_resume(by=SYSTEM, account_id=holder.pk, now=NOW)
    role_unbind(by=SYSTEM, binding_id=RoleBinding.objects.get().pk, now=NOW)
    appointment_end(by=SYSTEM, appointment_id=Appointment.objects.get().pk, to_on=NOW.date(), now=NOW)


def test_every_row_agrees_with_the_newest_event_that_names_it():
    change_everything()
    verdict = verify_ledger()
    assert verdict.ok and verdict.faults == [] and verdict.rows > 800


@pytest.mark.parametrize(
    ("spoil", "row_type"),
    [
        (lambda: Unit.objects.filter(code="S2").update(title="改了"), "unit"),
        (lambda: Account.objects.update(username="somebody"), "account"),
        (lambda: RoleBinding.objects.update(unbound_at=None), "grant"),
        (lambda: Appointment.objects.update(to_on=None), "appointment"),
    ],
)
def test_row_changed_past_the_actions_is_named(spoil, row_type):
    change_everything()
    spoil()
    assert {fault.row_type for fault in verify_ledger().faults} == {row_type}


def test_signing_in_and_a_stronger_hash_leave_the_ledger_alone():
    holder, _ = account()
    Account.objects.update(last_login=NOW, password="another hash")
    assert verify_ledger().ok
