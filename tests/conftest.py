"""The strict harness. Each rule lives in ``tests/harness`` and is shown red in ``tests/house``."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import pytest

from luoshi.kernel.items.types import types_forget
from tests.district import district  # noqa: F401
from tests.harness import flush, network, queries, templates
from tests.harness.hammers import scratch_url  # noqa: F401
from tests.harness.times import NOW


def pytest_configure(config: pytest.Config) -> None:
    network.install()


@pytest.fixture(scope="session", autouse=True)
def strict_harness() -> Iterator[None]:
    """Hold every test to the rules of ``tests/harness``."""
    with pytest.MonkeyPatch.context() as patch:
        for rule in (templates, queries, flush):
            rule.install(patch)
        yield


@pytest.fixture(autouse=True)
def fresh_types() -> None:
    """Forget the item types read before: a rolled-back test gives the ids of its definitions out again."""
    types_forget()


@pytest.fixture
def now() -> datetime:
    """The fixed moment of all tests, 2021-01-15 08:00 in Shanghai."""
    return NOW
