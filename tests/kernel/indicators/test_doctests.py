"""The examples in the docstrings hold."""

from __future__ import annotations

import doctest

import pytest

from luoshi.kernel.indicators import fold, measure, queries


@pytest.mark.parametrize("module", [fold, measure, queries])
def test_examples(module):
    result = doctest.testmod(module)
    assert result.attempted and not result.failed
