"""A new installation: every page stands empty and says what to do next."""

from __future__ import annotations

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from luoshi.core.actor import SYSTEM
from luoshi.core.clock import FixedClock
from luoshi.kernel.access.actions import account_create, account_password_set, role_bind
from luoshi.kernel.access.queries import actor_of
from luoshi.kernel.org.actions import appoint, person_create, post_create, tree_create, unit_create
from tests.harness.times import NOW, TODAY
from tests.web.conftest import text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(settings):
    """Somebody with every right but nothing to see yet."""
    settings.LUOSHI_CLOCK = FixedClock(NOW)
    tree_create(by=SYSTEM, now=NOW)
    unit_create(by=SYSTEM, code="Q", title="新区", kind="district", parent_code=None, on=TODAY, now=NOW)
    person = person_create(by=SYSTEM, name="陆平", now=NOW)
    account, once = account_create(by=SYSTEM, username="luping", person_id=person.pk, now=NOW)
    account_password_set(actor=actor_of(account, None, TODAY), old=once, new="Xin-mima-2023", now=NOW)
    for role in ("office", "sysadmin", "desk"):
        post_create(by=SYSTEM, code=f"q-{role}", unit_code="Q", title=role, now=NOW)
        role_bind(by=SYSTEM, post_code=f"q-{role}", role=role, scope_unit_code=None, now=NOW)
    made = Client()
    made.person = person.pk
    made.force_login(get_user_model().objects.get(username="luping"))
    return made


@pytest.mark.parametrize(
    ("role", "address", "says"),
    [
        ("office", "/", "没有待办"),
        ("sysadmin", "/", "安装业务包"),
        ("office", "/filings/", "还没有表单"),
        ("office", "/assess/", "还没有考核轮次"),
        ("office", "/reports/", "还没有定稿的通报"),
        ("office", "/packs/", "还没有安装业务包"),
        ("office", "/org/?q=没有", "没有名称或编码含"),
        ("office", "/ledger/?kind=filing.taken", "没有符合条件的留痕"),
    ],
)
def test_empty_pages_say_what_to_do(client, role, address, says):
    appoint(by=SYSTEM, person_id=client.person, post_code=f"q-{role}", from_on=TODAY, now=NOW)
    response = client.get(address)
    assert response.status_code == 200 and says in text_of(response)
