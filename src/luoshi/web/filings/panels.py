"""What other areas show with an obligation. An area registers a panel in ``ready()``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest

from luoshi.web.shell.panels import Panel

Build = Callable[[HttpRequest, Any], Panel | None]
_builders: dict[str, Build] = {}


def register_panel(name: str, build: Build) -> None:
    """Show what ``build`` returns with every obligation in sight. Raises: ValueError for a name taken."""
    if name in _builders:
        raise ValueError(f"panel {name!r} is registered already")
    _builders[name] = build


def panels_of(request: HttpRequest, obligation: Any) -> list[Panel]:
    """Return the panels of an obligation that the actor sees."""
    built = (build(request, obligation) for build in _builders.values())
    return [panel for panel in built if panel is not None]
