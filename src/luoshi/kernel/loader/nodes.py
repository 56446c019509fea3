"""A pack file as read: values that remember where they stand, and the faults found on the way."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TypeAlias

from luoshi.core.errors import Fault

Scalar: TypeAlias = "str | int | Decimal | bool | None"
Plain: TypeAlias = "dict[str, Plain] | list[Plain] | Scalar"


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands: file, line and column from 1, and the key path that leads there."""

    file: str
    line: int
    col: int
    path: str = ""


@dataclass(slots=True)
class Node:
    """One value of a pack file.

    ``place`` is where the value begins, ``head`` where its key does (the value itself in lists).
    ``quoted``: the text stands in quotes on one line, so that an offset in it can be turned into a column.
    ``lost``: keys of this mapping whose values could not be read; they exist, nothing more is known of them.
    """

    place: Place
    value: dict[str, Node] | list[Node] | Scalar
    head: Place
    style: str | None = None
    single_line: bool = True
    lost: set[str] = field(default_factory=set)

    @property
    def path(self) -> str:
        return self.place.path

    @property
    def text(self) -> str | None:
        """Return the text, None when this is no text."""
        return self.value if isinstance(self.value, str) else None

    def get(self, key: str) -> Node | None:
        """Return the value of ``key``, None when there is none or this is no mapping."""
        return self.value.get(key) if isinstance(self.value, dict) else None

    def text_at(self, key: str) -> Node | None:
        """Return the value of ``key`` when it is text."""
        found = self.get(key)
        return found if found is not None and found.text is not None else None

    def entries(self) -> Iterator[tuple[str, Node]]:
        """Yield the entries of a mapping in order; nothing when this is none."""
        if isinstance(self.value, dict):
            yield from self.value.items()

    def elements(self) -> Iterator[Node]:
        """Yield the elements of a list in order; nothing when this is none."""
        if isinstance(self.value, list):
            yield from self.value

    def names(self) -> set[str]:
        """Return every key of a mapping, those with unreadable values included."""
        return {key for key, _ in self.entries()} | self.lost

    def at_offset(self, offset: int) -> Place:
        """Return the place of one character of this text; its beginning when the text spans lines."""
        if not self.single_line:
            return self.place
        shift = 1 if self.style in ("'", '"') else 0
        return Place(self.place.file, self.place.line, self.place.col + shift + offset, self.path)

    def plain(self) -> Plain:
        """Return the value without its places."""
        if isinstance(self.value, dict):
            return {key: node.plain() for key, node in self.value.items()}
        if isinstance(self.value, list):
            return [node.plain() for node in self.value]
        return self.value


class Faults:
    """Collects faults; one place and path is reported once, by whoever saw it first."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, int, int, str], Fault] = {}

    def add(self, place: Place, message: str, hint: str = "", path: str | None = None) -> None:
        where = place.path if path is None else path
        fault = Fault(place.file, place.line, place.col, where or "（文件）", message, hint)
        self._found.setdefault((place.file, place.line, place.col, where), fault)

    def under(self, path: str) -> bool:
        """Say whether anything at ``path`` or below it is faulty."""
        return any(
            found == path or found.startswith((f"{path}.", f"{path}["))
            for found in (fault.path for fault in self._found.values())
        )

    def __bool__(self) -> bool:
        return bool(self._found)

    def listed(self) -> list[Fault]:
        """Return all faults, the pack file first, each file from top to bottom."""
        return sorted(
            self._found.values(),
            key=lambda fault: (fault.file != "pack.yaml", fault.file, fault.line, fault.col),
        )


def join(path: str, part: str | int) -> str:
    """Return the path of a part: ``forms.panjin``, ``tests[0]``."""
    if isinstance(part, int):
        return f"{path}[{part}]"
    return f"{path}.{part}" if path else part
