"""Settings of the test suite: the product's own, with a fixed key, a fixed clock and a fast hasher."""

from __future__ import annotations

import os
import tempfile

os.environ.setdefault("LUOSHI_SECRET_KEY", "tests-only")
os.environ["LUOSHI_VAR"] = tempfile.mkdtemp(prefix="luoshi-tests-")

from luoshi.conf.settings import *  # noqa: E402, F403
from luoshi.core.clock import FixedClock  # noqa: E402
from tests.harness.times import NOW  # noqa: E402

LUOSHI_CLOCK = FixedClock(NOW)
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

# Small models of their own on which the ledger is tested.
INSTALLED_APPS = [*INSTALLED_APPS, "tests.kernel.ledger.sample"]  # noqa: F405

# pytest-xdist gives each worker a database of its own; only for Django's own backend name it knows that
# SQLite's should stay in memory.
if DATABASES["default"]["ENGINE"] == "luoshi.db.sqlite":  # noqa: F405
    DATABASES["default"]["TEST"] = {"NAME": ":memory:"}  # noqa: F405
