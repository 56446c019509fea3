"""The examples in the docstrings hold."""

from __future__ import annotations

import doctest

import pytest

from luoshi.kernel.files import csv_rows, names, tables


@pytest.mark.parametrize("module", [csv_rows, names, tables])
def test_examples(module):
    result = doctest.testmod(module)
    assert result.attempted and not result.failed
