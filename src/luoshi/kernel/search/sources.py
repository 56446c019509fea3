"""Which kinds of records can be found. An app registers its own in ``ready()``."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from luoshi.core.errors import nearest

KINDS = 16

Texts = Callable[[], Iterator[tuple[int, str]]]


@dataclass(frozen=True, slots=True)
class Source:
    """One kind of record. ``number``: 0 to 15, its place in row ids, never given to another kind.

    ``texts``: yields (record id, text) of every record, personal fields left out.
    """

    kind: str
    number: int
    title: str
    texts: Texts


_sources: dict[str, Source] = {}


def register_source(source: Source) -> None:
    """Make a kind of record findable. Raises: ValueError when kind or number are taken or out of range."""
    taken = {each.number for each in _sources.values()}
    if source.kind in _sources or source.number in taken or not 0 <= source.number < KINDS:
        raise ValueError(f"search source {source.kind!r} ({source.number}) is taken or out of range")
    _sources[source.kind] = source


def source_of(kind: str) -> Source:
    """Return a kind. Raises: LookupError with the nearest name."""
    found = _sources.get(kind)
    if found is None:
        raise LookupError(f"no search source {kind!r}, nearest: {nearest(kind, _sources)}")
    return found


def sources() -> list[Source]:
    """Return the kinds in order of their numbers."""
    return sorted(_sources.values(), key=lambda source: source.number)
