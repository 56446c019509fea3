"""One monthly form, clerk → head → reviewer, behind a client for each of its people."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from django.test import Client

from luoshi.core.clock import FixedClock
from luoshi.kernel.access.models import Account
from tests.kernel.filings.loop import IN_TIME as IN_TIME
from tests.kernel.filings.loop import Cast, loop_world, opened

Browse = Callable[..., Client]


@pytest.fixture
def cast(db) -> Cast:
    """The people, with December 2020 opened."""
    found = loop_world()
    opened()
    Account.objects.update(must_change_password=False)
    return found


@pytest.fixture
def browse(cast: Cast, settings) -> Browse:
    """Return a client for one of the people, at a moment."""
    settings.ALLOWED_HOSTS = ["testserver"]

    def client(username: str, now: datetime = IN_TIME) -> Client:
        settings.LUOSHI_CLOCK = FixedClock(now)
        made = Client()
        made.force_login(Account.objects.get(username=username))
        return made

    return client
