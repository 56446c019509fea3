"""The people of the admission world behind browser-like clients."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from luoshi.core.clock import FixedClock
from tests.domains.admission.world import Cast, world
from tests.harness.times import NOW


@pytest.fixture
def cast(db: None) -> Cast:
    return world()


@pytest.fixture
def sit(cast: Cast, settings) -> Callable[[str], Client]:
    """Return a client for one of the people by user name."""
    settings.LUOSHI_CLOCK = FixedClock(NOW)
    settings.ALLOWED_HOSTS = ["testserver"]

    def client(username: str) -> Client:
        get_user_model().objects.filter(username=username).update(must_change_password=False)
        made = Client()
        made.force_login(get_user_model().objects.get(username=username))
        return made

    return client
