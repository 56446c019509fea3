"""The locks pin every package by hash, and testing installs what ships."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PIN = re.compile(r"^([a-z0-9-]+)==(\S+)(.*)$", re.MULTILINE)


def pins(name: str) -> dict[str, str]:
    """Versions pinned in a lock, by package and marker."""
    return {
        f"{package}{marker.strip(' ;')}": version
        for package, version, marker in PIN.findall((ROOT / name).read_text())
    }


def test_the_development_lock_holds_the_same_versions_as_the_product():
    product, development = pins("requirements.lock"), pins("requirements-dev.lock")
    assert product
    assert product.items() <= development.items()


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock"])
def test_locks_hold_hashes_and_no_addresses(name):
    text = (ROOT / name).read_text()
    assert "://" not in text
    blocks = re.split(r"\n(?=\S)", text.strip())
    assert all("--hash=sha256:" in block for block in blocks)
