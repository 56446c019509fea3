"""Where an upper app says that it knows the value of an element from its own records.

Registered in the app's ``ready()``: a value computed from items or registers need not be typed into a form.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from luoshi.core.periods import Period

_CODE = re.compile(r"[A-Z][A-Z0-9]{0,19}", re.ASCII)


@dataclass(frozen=True, slots=True)
class SourceValue:
    """What a source knows. ``value``: canonical text; ``words``: where it comes from, in plain Chinese.

    ``target``: ledger type and id of the row to look at, None when it stands for many rows.
    """

    value: str
    words: str
    target: tuple[str, int] | None = None


Read: TypeAlias = "Callable[[int, Period], SourceValue | None]"
"""Unit id and period → what is known; None when nothing is. It only reads, by few queries."""


@dataclass(frozen=True, slots=True)
class Source:
    """The source of one element and what it is called."""

    element: str
    title: str
    read: Read


_sources: dict[str, Source] = {}


def register_source(element: str, title: str, read: Read) -> None:
    """Say that ``element`` is computed from records. Raises: ValueError when misspelt or taken already."""
    if not _CODE.fullmatch(element):
        raise ValueError(f"{element!r} is no element code: capital letters and digits")
    if element in _sources:
        raise ValueError(f"element {element} has a source already: {_sources[element].title}")
    _sources[element] = Source(element, title, read)


def sources_of(elements: Collection[str]) -> Mapping[str, Source]:
    """Return the registered sources of the elements that have one, in order of the code."""
    return {code: _sources[code] for code in sorted(elements) if code in _sources}
