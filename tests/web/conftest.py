"""The built sample behind a browser-like client for each of its people."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth import get_user_model
from django.test import Client

from luoshi.core.clock import FixedClock
from luoshi.kernel.filings.queries import obligations_visible
from luoshi.kernel.org.queries import unit_get
from tests.district import LATER, District, district

__all__ = ["district"]

HTMX = {"HX-Request": "true"}
PANJIN = "bulletins.panjin"
PERIOD = "2023-01..2023-04"

Browse = Callable[[str], Client]


@pytest.fixture
def browse(district: District, db: None, settings) -> Browse:
    """Return a client for one of the sample's people ("" for nobody)."""
    settings.LUOSHI_CLOCK = FixedClock(LATER)
    settings.ALLOWED_HOSTS = ["testserver"]

    def client(username: str) -> Client:
        made = Client()
        if username:
            made.force_login(get_user_model().objects.get(username=username))
        return made

    return client


def soup(response) -> BeautifulSoup:
    """Parse an answer."""
    return BeautifulSoup(response.content, "html.parser")


def text_of(response) -> str:
    """Return the words of an answer, white space collapsed."""
    return " ".join(soup(response).get_text(" ").split())


def obligation_of(district: District, code: str, form_ref: str = PANJIN) -> int:
    """Return the id of a unit's obligation."""
    found = obligations_visible(district.actor("ducha")).filter(form_ref=form_ref, unit=unit_get(code))
    return found.first().pk
