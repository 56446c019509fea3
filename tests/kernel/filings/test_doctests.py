"""The examples in the docstrings hold."""

from __future__ import annotations

import doctest

import pytest

from luoshi.kernel.filings import queries, windows


@pytest.mark.parametrize("module", [queries, windows])
def test_examples(module):
    result = doctest.testmod(module)
    assert result.attempted and not result.failed
