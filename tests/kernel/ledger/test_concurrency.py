"""Twenty threads at once: one effect for one request key, no lost change, no gap in the positions."""

from __future__ import annotations

import pytest

from tests.harness.hammers import hammered

THREADS = 20


@pytest.mark.django_db
def test_twenty_threads_at_once(scratch_url: str) -> None:
    found = hammered("tests.kernel.ledger.hammer", scratch_url)
    assert found["folders"] == 1 and found["requests"] == [found["requests"][0]] * THREADS
    changed = found["changes"].count("changed")
    assert changed >= 1 and set(found["changes"]) <= {"Stale", "changed"}
    assert found["ver"] == 1 + changed
    assert found["mixed"] == ["done"]
    assert found["position"] == found["events"] == 1 + changed + 50 and found["pending"] == 0
    assert found["faults"] == found["while_written"] == []
    assert found["written"] == found["events"] + 1
