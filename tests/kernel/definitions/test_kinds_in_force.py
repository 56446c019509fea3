"""Which kinds are defined tells the menu what to show."""

from __future__ import annotations

import pytest

from luoshi.core.actor import SYSTEM
from luoshi.kernel.definitions.actions import Entry, pack_version_add
from luoshi.kernel.definitions.queries import kinds_in_force
from tests.harness.times import NOW

pytestmark = pytest.mark.django_db


def put(version: int, *kinds: str) -> None:
    pack_version_add(
        by=SYSTEM,
        pack="t",
        version=version,
        title="试",
        content_hash=f"{version:064}",
        entries=[Entry(kind, "k", {"title": "试"}) for kind in kinds],
        bindings={},
        now=NOW,
    )


def test_only_the_newest_version_of_a_pack_counts():
    assert kinds_in_force() == frozenset()
    put(1, "form", "scheme")
    assert kinds_in_force() == {"form", "scheme"}
    put(2, "form")
    assert kinds_in_force() == {"form"}
