"""Further parts of ``luoshi verify``. An upper app registers its own in ``apps.ready()``, e.g. ``facts``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

Progress = Callable[[str, int], None]


@dataclass(frozen=True, slots=True)
class Finding:
    """What a checker found: ``summary`` says what was compared, ``faults`` name each row; all in Chinese."""

    summary: str
    faults: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Checker:
    """One part of ``luoshi verify``: its name on the command line, its help, and the check itself."""

    name: str
    help: str
    run: Callable[[Progress], Finding]


_checkers: dict[str, Checker] = {}
RESERVED = frozenset({"ledger", "shares", "sums"})


def register_checker(name: str, help: str, run: Callable[[Progress], Finding]) -> None:
    """Add ``luoshi verify NAME``. Raises: ValueError when the name is taken."""
    if name in RESERVED or name in _checkers:
        raise ValueError(f"verify {name} exists already")
    _checkers[name] = Checker(name, help, run)


def checkers() -> list[Checker]:
    """Return the registered checkers in order of their name."""
    return [_checkers[name] for name in sorted(_checkers)]
