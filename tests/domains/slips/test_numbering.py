"""Many at once: numbers have no gap, nothing is pressed for twice."""

from __future__ import annotations

import pytest

from tests.harness.hammers import hammered


def hammer(url: str, rounds: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ROUNDS", str(rounds))
    found = hammered("tests.domains.slips.hammer", url)
    # six at once for three units: each unit gets one slip, the other one of its two is refused
    assert (found["issued"], found["refused"]) == (3 * rounds, 3 * rounds)
    assert found["numbers"] and found["slips"] == 6 * rounds and found["standing"] == 0
    assert found["ledger"] == []


@pytest.mark.django_db
def test_six_at_once_twenty_times(scratch_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    hammer(scratch_url, 20, monkeypatch)


@pytest.mark.deep
@pytest.mark.django_db
def test_six_at_once_two_hundred_times(scratch_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    hammer(scratch_url, 200, monkeypatch)
