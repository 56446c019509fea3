"""Settings with the ledger and its sample app only: for the processes that the tests start themselves."""

from __future__ import annotations

from tests.settings import *  # noqa: F403

INSTALLED_APPS = ["luoshi.kernel.ledger", "tests.kernel.ledger.sample"]
AUTH_USER_MODEL = "auth.User"
MIDDLEWARE: list[str] = []
ROOT_URLCONF = "luoshi.conf.urls"
