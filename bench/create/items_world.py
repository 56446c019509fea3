"""``bench/items_http.py``: a desk and a unit that handles, with the pack of firms' cases and two sessions."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

PACK = "zhengqi"


def prepare_items() -> None:
    """Make the tables, two officials with their posts and the pack; print the cookies of both sessions."""
    from django.conf import settings
    from django.core.management import call_command

    from luoshi.core.actor import SYSTEM, SYSTEM_ACTOR
    from luoshi.kernel.calendars.actions import calendar_install
    from luoshi.kernel.loader.actions import pack_install
    from luoshi.kernel.org.actions import tree_create, unit_create

    call_command("migrate", run_syncdb=True, verbosity=0)
    now = settings.LUOSHI_CLOCK.now()
    on = (now - timedelta(days=2)).date()
    tree_create(by=SYSTEM, now=now)
    for code, parent in (("U00", None), ("U01", "U00"), ("U02", "U00"), ("U03", "U00")):
        unit_create(
            by=SYSTEM, code=code, title=f"单位{code}", kind="dept", parent_code=parent, on=on, now=now
        )
    desk, lead = _official("U01", "desk", now, on), _official("U02", "clerk", now, on)
    calendar_install(by=SYSTEM, code="cn", now=now)
    bindings = {"desk": "U01.desk", "supervisor": "U03"}
    pack_install(actor=SYSTEM_ACTOR, path=PACK, bindings=bindings, now=now)
    name = settings.SESSION_COOKIE_NAME
    print(json.dumps({"desk": {name: _session(desk)}, "lead": {name: _session(lead)}}))


def _official(unit: str, role: str, now: Any, on: Any) -> Any:
    """Return the account of somebody in office, made by the product's own actions."""
    from luoshi.core.actor import SYSTEM, Actor
    from luoshi.kernel.access.actions import account_create, account_password_set, role_bind
    from luoshi.kernel.org.actions import appoint, person_create, post_create

    post = f"{unit}.{role}"
    post_create(by=SYSTEM, unit_code=unit, code=post, title="测速岗", now=now)
    person = person_create(by=SYSTEM, name=f"测速{unit}", now=now)
    appoint(by=SYSTEM, person_id=person.pk, post_code=post, from_on=on, now=now)
    account, password = account_create(by=SYSTEM, username=f"bench-{role}", person_id=person.pk, now=now)
    role_bind(by=SYSTEM, post_code=post, role=role, scope_unit_code=unit, now=now)
    own = Actor(account_id=account.pk, person_id=person.pk)
    return account_password_set(actor=own, old=password, new="Cesu-2021-Yuedu!", now=now)


def _session(account: Any) -> str:
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    session = SessionStore()
    session[SESSION_KEY] = str(account.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = account.get_session_auth_hash()
    session.save()
    return str(session.session_key)
