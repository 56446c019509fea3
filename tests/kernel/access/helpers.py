"""Accounts and posts for tests of rights, made through the actions."""

from __future__ import annotations

from luoshi.core.actor import SYSTEM, Actor
from luoshi.kernel.access.actions import account_create, role_bind
from luoshi.kernel.access.models import Account
from luoshi.kernel.access.queries import actor_of
from luoshi.kernel.org.actions import appoint, post_create
from tests.harness.times import NOW
from tests.kernel.org.helpers import DAY, person


def account(username: str = "linxl", name: str = "林晓岚") -> tuple[Account, str]:
    """Make a person with an account; return it with its one-time password."""
    return account_create(by=SYSTEM, username=username, person_id=person(name).pk, now=NOW)


def hold(holder: Account, post_code: str, unit: str, *roles: tuple[str, str | None], **given) -> None:
    """Set up a post with (role, scope code) pairs and let the account's person hold it."""
    post_create(by=SYSTEM, code=post_code, unit_code=unit, title=post_code, now=NOW)
    for role, scope in roles:
        role_bind(by=SYSTEM, post_code=post_code, role=role, scope_unit_code=scope, now=NOW)
    appoint(by=SYSTEM, person_id=holder.person_id, post_code=post_code, from_on=DAY, now=NOW, **given)


def actor_with(role: str, unit: str, scope: str | None) -> Actor:
    """Return the actor of a new account that holds one role over ``scope`` in a post of ``unit``."""
    number = Account.objects.count()
    holder, _ = account(f"user{number}", f"人员{number}")
    hold(holder, f"post{number}", unit, (role, scope))
    return actor_of(holder, None, NOW.date())
