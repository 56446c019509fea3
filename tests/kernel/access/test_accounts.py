"""Accounts and passwords: made, changed, reset, stopped."""

from __future__ import annotations

import re

import pytest

from luoshi.core.actor import SYSTEM, Actor, Grant
from luoshi.core.errors import Duplicate, Invalid, NotAllowed, NotFound, WrongState
from luoshi.kernel.access.actions import (
    account_create,
    account_password_set,
    account_resume,
    account_stop,
    password_reset,
)
from luoshi.kernel.access.models import Account
from luoshi.kernel.access.passwords import one_time_password
from luoshi.kernel.access.queries import accounts_visible
from luoshi.kernel.ledger.queries import events_of
from tests.harness.times import NOW
from tests.kernel.access.helpers import account
from tests.kernel.org.helpers import person

pytestmark = pytest.mark.django_db
GOOD = "Shunyi-Qu 2021"
ADMIN = Actor(account_id=99, post_code="it", unit_code="D", roles=frozenset({Grant("sysadmin")}))


def change(holder, old, new):
    return account_password_set(actor=Actor(account_id=holder.pk), old=old, new=new, now=NOW)


def kinds(holder):
    return [event.kind for event in events_of("account", holder.pk)]


def test_new_account_has_a_random_password_that_must_be_changed():
    holder, password = account(" LinXL ")
    assert holder.username == "linxl" and holder.must_change_password and holder.check_password(password)
    assert re.fullmatch(r"(\w{4}-){3}\w{4}", password)
    event = events_of("account", holder.pk)[0]
    assert event.kind == "account.created" and event.data == {"person": holder.person_id}
    assert "linxl" not in event.body and password not in event.body


def test_one_time_passwords_differ_and_have_three_classes():
    made = {one_time_password() for _ in range(200)}
    assert len(made) == 200
    assert all(re.search("[a-z]", p) and re.search("[A-Z]", p) and re.search("[0-9]", p) for p in made)
    assert not any(set("lIO01") & set(p) for p in made), "signs that look alike are left out"


@pytest.mark.parametrize("username", ["", "a", "林晓岚", "a b", "-ab", "x" * 41, "a@b"])
def test_user_names_are_short_and_plain(username):
    with pytest.raises(Invalid, match="用户名由2至40个小写字母") as refused:
        account_create(by=SYSTEM, username=username, person_id=None, now=NOW)
    assert "username" in refused.value.fields and not Account.objects.exists()


def test_name_and_person_have_one_account():
    holder, _ = account()
    with pytest.raises(Duplicate, match="“linxl”已经使用"):
        account_create(by=SYSTEM, username="LINXL", person_id=person().pk, now=NOW)
    with pytest.raises(Duplicate, match="一人只设一个账号"):
        account_create(by=SYSTEM, username="other", person_id=holder.person_id, now=NOW)
    with pytest.raises(NotFound, match="没有该人员"):
        account_create(by=SYSTEM, username="other", person_id=0, now=NOW)


def test_own_password_is_changed_with_the_old_one():
    holder, password = account()
    changed = change(holder, password, GOOD)
    assert changed.check_password(GOOD) and not changed.must_change_password
    assert kinds(holder) == ["account.created", "account.password_set"]
    assert changed.get_session_auth_hash() != holder.get_session_auth_hash(), "other sessions end"


@pytest.mark.parametrize(
    ("old", "new", "field", "match"),
    [
        ("wrong", GOOD, "old", "原密码不正确"),
        (None, "Short-1", "new", "10"),
        (None, "alllowercaseletters", "new", "3 类"),
        (None, "Password123", "new", "常见"),
        (None, "My-linxl-2021", "new", "不得包含用户名"),
        (None, "Aa1-" + "x" * 130, "new", "不得超过128个字符"),
        (None, None, "new", "不得与原密码相同"),
    ],
)
def test_bad_passwords_are_refused_beside_their_field(old, new, field, match):
    holder, password = account()
    with pytest.raises(Invalid, match=match) as refused:
        change(holder, old or password, new or password)
    assert field in refused.value.fields and kinds(holder) == ["account.created"]
    assert Account.objects.get().check_password(password)


def test_old_password_cannot_be_guessed_by_trying():
    holder, password = account()
    for _ in range(5):
        with pytest.raises(Invalid, match="原密码不正确"):
            change(holder, "wrong", GOOD)
    with pytest.raises(WrongState, match="输错次数过多"):
        change(holder, password, GOOD)
    assert kinds(holder) == ["account.created"]
    _, once = password_reset(by=ADMIN, account_id=holder.pk, now=NOW)
    assert change(holder, once, GOOD).check_password(GOOD)


def test_weak_new_passwords_are_no_guesses_at_the_old_one():
    holder, password = account()
    for _ in range(7):
        with pytest.raises(Invalid, match="10"):
            change(holder, password, "Short-1")
    assert change(holder, password, GOOD).check_password(GOOD)


def test_reset_gives_a_new_one_time_password():
    holder, password = account()
    change(holder, password, GOOD)
    again, once = password_reset(by=ADMIN, account_id=holder.pk, now=NOW)
    assert again.must_change_password and again.check_password(once) and not again.check_password(GOOD)
    assert events_of("account", holder.pk)[-1].by == (99, "it", "D")


def test_stopped_account_may_be_resumed():
    holder, _ = account()
    assert not account_stop(by=ADMIN, account_id=holder.pk, now=NOW).is_active
    with pytest.raises(WrongState, match="已停用，请先恢复"):
        password_reset(by=ADMIN, account_id=holder.pk, now=NOW)
    with pytest.raises(WrongState, match="已经停用"):
        account_stop(by=ADMIN, account_id=holder.pk, now=NOW)
    assert account_resume(by=ADMIN, account_id=holder.pk, now=NOW).is_active
    with pytest.raises(WrongState, match="无需恢复"):
        account_resume(by=ADMIN, account_id=holder.pk, now=NOW)
    assert kinds(holder) == ["account.created", "account.stopped", "account.resumed"]


def test_nobody_stops_the_own_account():
    holder, _ = account()
    me = Actor(account_id=holder.pk, roles=frozenset({Grant("sysadmin")}))
    with pytest.raises(NotAllowed, match="不能停用自己的账号"):
        account_stop(by=me, account_id=holder.pk, now=NOW)


def test_only_who_manages_accounts_may_change_them():
    holder, _ = account()
    office = Actor(account_id=5, roles=frozenset({Grant("office"), Grant("auditor")}))
    for attempt in (
        lambda: account_create(by=office, username="nn", person_id=None, now=NOW),
        lambda: password_reset(by=office, account_id=holder.pk, now=NOW),
        lambda: account_stop(by=office, account_id=holder.pk, now=NOW),
    ):
        with pytest.raises(NotAllowed, match="管理账号和角色"):
            attempt()
    with pytest.raises(NotFound, match="没有该账号"):
        password_reset(by=ADMIN, account_id=0, now=NOW)
    assert Account.objects.count() == 1 and kinds(holder) == ["account.created"]


def test_accounts_are_listed_for_who_manages_them_and_else_only_the_own():
    holder, _ = account()
    account("other", "周明远")
    assert [a.username for a in accounts_visible(ADMIN)] == ["linxl", "other"]
    assert list(accounts_visible(Actor(account_id=holder.pk))) == [holder]
    assert list(accounts_visible(None)) == []
