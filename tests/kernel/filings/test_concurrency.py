"""Many at once: a period opens once, a file is taken once, corrections follow one another."""

from __future__ import annotations

import pytest

from tests.harness.hammers import hammered


@pytest.mark.django_db
def test_twelve_threads_at_once(scratch_url: str) -> None:
    found = hammered("tests.kernel.filings.hammer", scratch_url)
    assert found["obligations"] == 4 and sorted(found["opened"])[-1] == 4 and sum(found["opened"]) == 4
    # one of the two files went in whole; whoever sent it again got the same batch, the other file was refused
    (batch,) = {answer for answer in found["taken"] if isinstance(answer, int)}
    refused = [answer for answer in found["taken"] if answer != batch]
    assert len(refused) == 6 and set(refused) <= {"Invalid", "Stale"}
    assert found["filings"] == 4
    assert sorted(found["corrected"]) == list(range(2, 14))
    assert found["ledger"] == found["facts"] == []
