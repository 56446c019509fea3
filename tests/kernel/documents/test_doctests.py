"""The examples in the docstrings hold."""

from __future__ import annotations

import doctest

import pytest

from luoshi.kernel.documents import text, xlsx


@pytest.mark.parametrize("module", [text, xlsx])
def test_examples(module):
    result = doctest.testmod(module)
    assert result.attempted and not result.failed
