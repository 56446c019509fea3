"""Values of the core are shared freely between threads and requests, so none of them may change."""

from __future__ import annotations

import dataclasses
import importlib
import pkgutil

import pytest

import luoshi.core

MODULES = [found.name for found in pkgutil.walk_packages(luoshi.core.__path__, "luoshi.core.")]


@pytest.mark.parametrize("name", MODULES)
def test_every_dataclass_is_frozen(name: str) -> None:
    kinds = [kind for kind in vars(importlib.import_module(name)).values() if dataclasses.is_dataclass(kind)]
    assert [kind for kind in kinds if not kind.__dataclass_params__.frozen] == []  # type: ignore[attr-defined]
