"""The examples in the docstrings of the plain modules hold."""

from __future__ import annotations

import doctest

import pytest

from luoshi.kernel.org import kinds, names, sheet


@pytest.mark.parametrize("module", [kinds, names, sheet], ids=lambda module: module.__name__)
def test_examples_hold(module):
    result = doctest.testmod(module)
    assert result.attempted and not result.failed
