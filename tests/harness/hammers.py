"""Hammers: scripts that put many threads on an empty database in a process of their own, and tell as JSON."""

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

ROOT = Path(__file__).parents[2]


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


def hammered(module: str, url: str) -> dict[str, Any]:
    """Run a hammer on the database at ``url``; return what it found."""
    done = subprocess.run(
        [sys.executable, "-m", module],
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
