"""Many at once: a period opens once, a file is taken once, corrections follow one another."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.kernel.ledger.test_concurrency import scratch_url

__all__ = ["scratch_url"]
ROOT = Path(__file__).parents[3]


def hammered(url: str) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "tests.kernel.filings.hammer"],
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": url, "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}"},
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.mark.django_db
def test_twelve_threads_at_once(scratch_url: str) -> None:  # noqa: F811 - the fixture of the same name
    found = hammered(scratch_url)
    assert found["obligations"] == 4 and sorted(found["opened"])[-1] == 4 and sum(found["opened"]) == 4
    # one of the two files went in whole; whoever sent it again got the same batch, the other file was refused
    (batch,) = {answer for answer in found["taken"] if isinstance(answer, int)}
    refused = [answer for answer in found["taken"] if answer != batch]
    assert len(refused) == 6 and set(refused) <= {"Invalid", "Stale"}
    assert found["filings"] == 4
    assert sorted(found["corrected"]) == list(range(2, 14))
    assert found["ledger"] == found["facts"] == []
