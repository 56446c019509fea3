"""python -m bench.create.server: migrate, or serve the compared views until the parent ends this process.

``prepare`` makes the tables, an official with the right to create, and prints the cookie of the session;
``prepare_items`` makes two officials and the pack of firms' cases.
``serve`` listens on a free port of 127.0.0.1, prints it, and gives events their position every second.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from datetime import timedelta
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bench.create.settings")
THREADS = 8


def prepare() -> None:
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore
    from django.core.management import call_command

    call_command("migrate", run_syncdb=True, verbosity=0)
    account = official(settings.LUOSHI_CLOCK.now())
    session = SessionStore()
    session[SESSION_KEY] = str(account.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = account.get_session_auth_hash()
    session.save()
    print(json.dumps({settings.SESSION_COOKIE_NAME: session.session_key}))


def official(now: Any) -> Any:
    """Return the account of a system administrator in office, made by the product's own actions."""
    from luoshi.core.actor import SYSTEM, Actor
    from luoshi.kernel.access.actions import account_create, account_password_set, role_bind
    from luoshi.kernel.org.actions import appoint, person_create, post_create, tree_create, unit_create

    on = (now - timedelta(days=2)).date()
    tree_create(by=SYSTEM, now=now)
    unit_create(by=SYSTEM, code="U01", title="统计局", kind="dept", parent_code=None, on=on, now=now)
    post_create(by=SYSTEM, unit_code="U01", code="U01.admin", title="管理员", now=now)
    person = person_create(by=SYSTEM, name="测速", now=now)
    appoint(by=SYSTEM, person_id=person.pk, post_code="U01.admin", from_on=on, now=now)
    account, password = account_create(by=SYSTEM, username="bench", person_id=person.pk, now=now)
    role_bind(by=SYSTEM, post_code="U01.admin", role="sysadmin", scope_unit_code=None, now=now)
    own = Actor(account_id=account.pk, person_id=person.pk)
    return account_password_set(actor=own, old=password, new="Cesu-2021-Yuedu!", now=now)


def serve() -> None:
    from waitress.server import create_server

    from luoshi.conf.wsgi import application

    server = create_server(application, host="127.0.0.1", port=0, threads=THREADS)
    threading.Thread(target=number_events, daemon=True).start()
    print(server.effective_port, flush=True)
    server.run()


def number_events() -> None:
    from django.conf import settings

    from luoshi.kernel.ledger.ticks import sequence_due

    while True:
        sequence_due(settings.LUOSHI_CLOCK.now())
        time.sleep(1)


if __name__ == "__main__":
    import django

    django.setup()
    from bench.create.items_world import prepare_items

    {"prepare": prepare, "prepare_items": prepare_items, "serve": serve}[sys.argv[1]]()
