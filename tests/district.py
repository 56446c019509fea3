"""The sample of the four bulletins as a fixture, built once a module by the same code as ``make demo``.

A module that asks for ``district`` gets its whole content inside one outer transaction; every test rolls back
to it. Modules whose tests need real transactions cannot use it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from django.db import transaction

from luoshi.core.actor import Actor
from luoshi.demo.build import Credential, build
from luoshi.demo.cast import SAMPLE_START
from luoshi.kernel.access.models import Account
from luoshi.kernel.access.queries import actor_of

LATER = SAMPLE_START + timedelta(hours=2)


@dataclass(frozen=True)
class District:
    """The built sample: who can sign in, and the actor of each user name."""

    credentials: tuple[Credential, ...]
    now: datetime = LATER

    def actor(self, username: str) -> Actor:
        account = Account.objects.get(username=username)
        return actor_of(account, None, self.now.date())


@pytest.fixture(scope="module")
def district(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> Iterator[District]:
    """Build the sample for a module and roll all of it back at the end."""
    with django_db_blocker.unblock(), transaction.atomic():  # type: ignore[attr-defined]
        credentials = build(now=SAMPLE_START, tell=lambda line: None)
        yield District(tuple(credentials))
        transaction.set_rollback(True)
