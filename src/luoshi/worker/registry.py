"""The periodic scans of all installed apps.

An app lists its scans in ``ticks.py``::

    TICKS = [("ledger.sequence", 2, sequence_due)]  # name, seconds between runs, function of ``now``

A scan looks at the rows and does what is due. It must be idempotent: it runs again at every start of a worker
and, after a crash, perhaps twice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from importlib import import_module

from django.apps import AppConfig, apps
from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import module_has_submodule


@dataclass(frozen=True, slots=True)
class Tick:
    """One scan: a unique ``name`` (app.verb), seconds between two runs, and the function of ``now``."""

    name: str
    every: float
    run: Callable[[datetime], object]


def installed_ticks() -> list[Tick]:
    """Return the scans of all installed apps, lowest app first (the ledger sequences before others look).

    Raises: ImproperlyConfigured for a malformed or doubly used entry; whatever a broken ``ticks.py`` raises.
    """
    lowest_first = reversed(list(apps.get_app_configs()))
    ticks = [tick for app in lowest_first for tick in _ticks_of(app)]
    _refuse_doubles(ticks)
    return ticks


def _ticks_of(app: AppConfig) -> list[Tick]:
    if not module_has_submodule(app.module, "ticks"):
        return []
    return [_parsed(app, entry) for entry in import_module(f"{app.name}.ticks").TICKS]


def _parsed(app: AppConfig, entry: object) -> Tick:
    match entry:
        case (str(name), int() | float() as every, run) if every > 0 and callable(run):
            return Tick(name, every, run)
    raise ImproperlyConfigured(f"{app.name}.ticks: expected (name, seconds, function of now), got {entry!r}")


def _refuse_doubles(ticks: Iterable[Tick]) -> None:
    seen: set[str] = set()
    for tick in ticks:
        if tick.name in seen:
            raise ImproperlyConfigured(f"two ticks are named {tick.name!r}")
        seen.add(tick.name)
