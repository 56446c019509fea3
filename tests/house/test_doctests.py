"""The examples in the docstrings hold, everywhere. Those of ``core`` pytest collects by itself."""

from __future__ import annotations

import doctest
from importlib import import_module
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[2] / "src"
MODULES = [
    ".".join(path.relative_to(SOURCE).with_suffix("").parts)
    for path in sorted((SOURCE / "luoshi").rglob("*.py"))
    if path.relative_to(SOURCE).parts[1] != "core" and ">>> " in path.read_text(encoding="utf-8")
]


@pytest.mark.parametrize("name", MODULES)
def test_examples_hold(name: str):
    result = doctest.testmod(import_module(name))
    assert result.attempted and not result.failed


def test_examples_are_found_in_kernel_and_pages():
    assert {"luoshi.kernel.reports.compose", "luoshi.web.shell.paging"} <= set(MODULES)
