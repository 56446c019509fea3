"""Twenty threads at once: one effect for one request key, no lost change, no gap in the positions."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

ROOT = Path(__file__).parents[3]
THREADS = 20


@pytest.fixture
def scratch_url(tmp_path: Path) -> Iterator[str]:
    """The address of an empty database of the kind under test, gone afterwards."""
    if connection.vendor == "sqlite":
        yield f"sqlite:///{tmp_path / 'hammer.sqlite3'}"
        return
    import psycopg

    told = connection.settings_dict
    server = f"{told['USER']}:{told['PASSWORD']}@{told['HOST'] or '127.0.0.1'}:{told['PORT'] or 5432}"
    name = f"luoshi_hammer_{os.getpid()}"
    with psycopg.connect(f"postgresql://{server}/postgres", autocommit=True) as admin:
        admin.execute(f'CREATE DATABASE "{name}"')
        try:
            yield f"postgres://{server}/{name}"
        finally:
            admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def hammered(url: str) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "tests.kernel.ledger.hammer"],
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": url, "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.mark.django_db
def test_twenty_threads_at_once(scratch_url: str) -> None:
    found = hammered(scratch_url)
    assert found["folders"] == 1 and found["requests"] == [found["requests"][0]] * THREADS
    changed = found["changes"].count("changed")
    assert changed >= 1 and set(found["changes"]) <= {"Stale", "changed"}
    assert found["ver"] == 1 + changed
    assert found["mixed"] == ["done"]
    assert found["position"] == found["events"] == 1 + changed + 50 and found["pending"] == 0
    assert found["faults"] == found["while_written"] == []
    assert found["written"] == found["events"] + 1
