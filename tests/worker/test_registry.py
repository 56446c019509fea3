from __future__ import annotations

import sys
from types import ModuleType, SimpleNamespace

import pytest
from django.core.exceptions import ImproperlyConfigured

from luoshi.worker import registry


def app(monkeypatch, name: str, **content: object) -> SimpleNamespace:
    """An app whose ``ticks`` module holds ``content``; without content it has no such module."""
    monkeypatch.setattr(registry, "module_has_submodule", lambda module, _: module in sys.modules)
    if content:
        module = ModuleType(f"{name}.ticks")
        module.__dict__.update(content)
        monkeypatch.setitem(sys.modules, name, ModuleType(name))
        monkeypatch.setitem(sys.modules, f"{name}.ticks", module)
    return SimpleNamespace(name=name, module=name)


def found(monkeypatch, *apps: SimpleNamespace) -> list[str]:
    monkeypatch.setattr(registry.apps, "get_app_configs", lambda: list(apps))
    return [tick.name for tick in registry.installed_ticks()]


def scan(now):
    """A scan for the tests."""


def test_lowest_app_first_and_apps_without_scans_are_passed_over(monkeypatch):
    upper = app(monkeypatch, "upper", TICKS=[("upper.look", 60, scan)])
    bare = app(monkeypatch, "bare")
    lower = app(monkeypatch, "lower", TICKS=[("lower.sequence", 0.5, scan), ("lower.seal", 5, scan)])
    assert found(monkeypatch, upper, bare, lower) == ["lower.sequence", "lower.seal", "upper.look"]


@pytest.mark.parametrize(
    "entry",
    [("x.y", 0, scan), ("x.y", "60", scan), ("x.y", 60, "scan"), ("x.y", 60), scan, (1, 60, scan)],
)
def test_a_malformed_entry_stops_the_start(monkeypatch, entry):
    with pytest.raises(ImproperlyConfigured, match="x.ticks: expected"):
        found(monkeypatch, app(monkeypatch, "x", TICKS=[entry]))


def test_two_scans_of_one_name_stop_the_start(monkeypatch):
    one = app(monkeypatch, "one", TICKS=[("same", 60, scan)])
    two = app(monkeypatch, "two", TICKS=[("same", 60, scan)])
    with pytest.raises(ImproperlyConfigured, match="same"):
        found(monkeypatch, one, two)


def test_a_module_without_a_list_of_scans_stops_the_start(monkeypatch):
    with pytest.raises(AttributeError, match="TICKS"):
        found(monkeypatch, app(monkeypatch, "x", OTHER=[]))


def test_the_installed_apps_have_well_formed_scans():
    assert len({tick.name for tick in registry.installed_ticks()}) == len(registry.installed_ticks())
