"""Signing in: one message for all that is wrong, a lock after five failures, all in the security log."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth import hashers

from luoshi.core.actor import SYSTEM
from luoshi.core.errors import Invalid, WrongState
from luoshi.kernel.access.actions import account_stop, signin_check
from luoshi.kernel.access.guard import attempt_counted
from luoshi.kernel.access.models import SigninGuard
from luoshi.kernel.ledger.queries import events_of, security_log
from tests.harness.times import NOW
from tests.kernel.access.helpers import account

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


def sign_in(username="linxl", password="wrong", now=NOW, source="10.0.0.1"):
    return signin_check(username=username, password=password, now=now, source=source)


def fail(times, username="linxl", now=NOW, source="10.0.0.1"):
    for _ in range(times):
        with pytest.raises(Invalid, match="账号或密码不正确"):
            sign_in(username, now=now, source=source)


def log():
    return [(entry.kind, entry.detail.get("reason")) for entry in reversed(security_log())]


def test_right_password_opens_and_is_noted():
    holder, password = account()
    assert sign_in(" LINXL ", password) == holder
    entry = security_log()[0]
    assert (entry.kind, entry.account, entry.detail) == ("signin", holder.pk, {"source": "10.0.0.1"})
    assert [event.kind for event in events_of("account", holder.pk)] == ["account.created"]
    assert not SigninGuard.objects.exists()


def test_wrong_name_wrong_password_and_stopped_account_get_one_message():
    holder, password = account()
    messages = set()
    for given in ({}, {"username": "nobody"}, {"username": password}, {"password": "x" * 5000}):
        with pytest.raises(Invalid) as refused:
            sign_in(**given)
        messages.add(refused.value.message)
    account_stop(by=SYSTEM, account_id=holder.pk, now=NOW)
    with pytest.raises(Invalid) as refused:
        sign_in(password=password)
    assert messages | {refused.value.message} == {"账号或密码不正确，请重新输入；连续输错5次将锁定30分钟。"}
    assert log() == [("signin_failed", "wrong")] * 5


def test_what_was_typed_is_kept_nowhere():
    account()
    fail(1, username="my-secret-password")
    kept = [str(row) for row in SigninGuard.objects.order_by("id").values()]
    kept += [str(entry) for entry in security_log()]
    assert not any("my-secret" in text for text in kept)


@pytest.mark.parametrize("username", ["linxl", "nobody"])
def test_unknown_name_costs_one_hash_like_a_known_one(username, monkeypatch):
    account()
    worked = []
    hasher = hashers.get_hasher()
    encode = type(hasher).encode
    monkeypatch.setattr(
        type(hasher),
        "encode",
        lambda self, *given, **named: worked.append(1) or encode(self, *given, **named),
    )
    fail(1, username=username)
    assert len(worked) == 1


@pytest.mark.parametrize("username", ["linxl", "nobody"])
def test_fifth_failure_locks_the_name_for_thirty_minutes_known_or_not(username):
    account()
    fail(5, username=username)
    with pytest.raises(WrongState, match="登录失败次数过多，请于08:30后再试"):
        sign_in(username)
    with pytest.raises(WrongState):
        sign_in(username, now=NOW + 29 * MINUTE)
    assert log()[4:6] == [("signin_failed", "wrong"), ("signin_failed", "locked")]
    fail(1, username=username, now=NOW + 30 * MINUTE)


def test_lock_holds_against_the_right_password_too():
    holder, password = account()
    fail(5)
    with pytest.raises(WrongState):
        sign_in(password=password)
    assert sign_in(password=password, now=NOW + 31 * MINUTE) == holder


def test_lock_is_for_one_name_from_one_source():
    holder, password = account()
    other, other_password = account("other", "周明远")
    fail(5)
    assert sign_in(password=password, source="10.0.0.2") == holder
    assert sign_in("other", other_password) == other


def test_success_takes_the_count_away():
    _, password = account()
    fail(4)
    sign_in(password=password)
    fail(4)
    sign_in(password=password)


def test_failures_older_than_fifteen_minutes_do_not_count():
    fail(4)
    fail(4, now=NOW + 15 * MINUTE)
    fail(1, now=NOW + 16 * MINUTE)
    with pytest.raises(WrongState):
        sign_in(now=NOW + 17 * MINUTE)


def test_counts_are_forgotten_after_a_day():
    fail(1, username="one")
    fail(1, username="two", now=NOW + timedelta(hours=25))
    assert SigninGuard.objects.count() == 1


def test_attempts_made_at_once_cannot_pass_together():
    """The count is taken before the password is looked at: the sixth in flight is locked out."""
    answers = [attempt_counted("key", NOW) for _ in range(8)]
    assert answers == [None] * 5 + [NOW + 30 * MINUTE] * 3
