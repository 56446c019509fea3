"""Two users on one item: exactly one succeeds, the other reads what happened."""

from __future__ import annotations

import pytest

from tests.harness.hammers import hammered

SHORT, LONG = "20", "200"


def race(url: str, rounds: str, monkeypatch) -> None:
    monkeypatch.setenv("ROUNDS", rounds)
    found = hammered("tests.kernel.items.hammer", url)
    assert found["made"] == list(range(1, 13))
    assert found["won"] == [1] * int(rounds)
    assert len(found["told"]) == int(rounds)
    begins = "Stale: 本件已由岗位 P1.clerk（单位 P1）"
    assert all(each.startswith(begins) and "办理“" in each for each in found["told"])
    assert found["ledger"] == found["facts"] == []


def test_one_of_two_moves_succeeds(scratch_url, monkeypatch):
    race(scratch_url, SHORT, monkeypatch)


@pytest.mark.deep
def test_one_of_two_moves_succeeds_in_two_hundred_rounds(scratch_url, monkeypatch):
    race(scratch_url, LONG, monkeypatch)
