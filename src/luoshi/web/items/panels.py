"""What other areas show with items: panels and buttons on the page of one, links at the head of a list.

An area registers them in its ``ready()``, for the types it has to do with; a type it has nothing to do with
costs no query. Everything is built for one reader and one item: a build asks a bounded number of queries and
returns None for whoever is not to see it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from luoshi.core.errors import nearest
from luoshi.kernel.items.types import ItemType
from luoshi.web.shell.panels import Panel

# Where a panel stands on the page: below the content, below the timeline, in the narrow column.
PLACES = ("main", "after", "side")


@dataclass(frozen=True)
class Act:
    """A button at the head of an item. ``drawer``: opened beside the page where there is JavaScript."""

    label: str
    url: str
    drawer: bool = False


@dataclass(frozen=True)
class Tool:
    """A link at the head of a list, beside the export. ``icon``: a name from the sprite."""

    label: str
    url: str
    icon: str = "checklist"


Fits = Callable[[ItemType], bool]
BuildPanel = Callable[[HttpRequest, Any, ItemType], Panel | None]
BuildAct = Callable[[HttpRequest, Any, ItemType], Act | None]
BuildTool = Callable[[HttpRequest, ItemType], Tool | None]


@dataclass(frozen=True)
class _Entry:
    key: str
    fits: Fits
    build: Callable[..., Any]
    order: int
    place: str = ""


_panels: dict[str, _Entry] = {}
_acts: dict[str, _Entry] = {}
_tools: dict[str, _Entry] = {}


def register_panel(
    key: str, *, for_types: Fits, build: BuildPanel, place: str = "main", order: int = 50
) -> None:
    """Show what ``build`` returns on the page of every item whose type fits; smaller ``order`` first.

    Raises: LookupError for a place that is not in ``PLACES``, ValueError for a key taken.
    """
    if place not in PLACES:
        near = nearest(place, PLACES)
        raise LookupError(f"no place {place!r} for a panel" + (f", did you mean {near!r}" if near else ""))
    _register(_panels, _Entry(key, for_types, build, order, place))


def register_act(key: str, *, for_types: Fits, build: BuildAct, order: int = 50) -> None:
    """Show a button at the head of every item whose type fits. Raises: ValueError for a key taken."""
    _register(_acts, _Entry(key, for_types, build, order))


def register_tool(key: str, *, for_types: Fits, build: BuildTool, order: int = 50) -> None:
    """Show a link at the head of the list of every type that fits. Raises: ValueError for a key taken."""
    _register(_tools, _Entry(key, for_types, build, order))


def panels_of(request: HttpRequest, item: Any, kind: ItemType) -> dict[str, list[Panel]]:
    """Return place → panels of an item, in their order, as the actor sees them."""
    found: dict[str, list[Panel]] = {place: [] for place in PLACES}
    for entry in _fitting(_panels, kind):
        panel = entry.build(request, item, kind)
        if panel is not None:
            found[entry.place].append(panel)
    return found


def acts_of(request: HttpRequest, item: Any, kind: ItemType) -> list[Act]:
    """Return the buttons of other areas for an item, in their order, as the actor sees them."""
    built = (entry.build(request, item, kind) for entry in _fitting(_acts, kind))
    return [act for act in built if act is not None]


def tools_of(request: HttpRequest, kind: ItemType) -> list[Tool]:
    """Return the links of other areas for a list, in their order, as the actor sees them."""
    built = (entry.build(request, kind) for entry in _fitting(_tools, kind))
    return [tool for tool in built if tool is not None]


def _register(entries: dict[str, _Entry], entry: _Entry) -> None:
    if entry.key in entries:
        raise ValueError(f"{entry.key!r} is registered already")
    entries[entry.key] = entry


def _fitting(entries: dict[str, _Entry], kind: ItemType) -> list[_Entry]:
    fitting = [entry for entry in entries.values() if entry.fits(kind)]
    return sorted(fitting, key=lambda entry: (entry.order, entry.key))
