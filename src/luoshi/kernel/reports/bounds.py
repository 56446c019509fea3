"""What each printed figure is bound to, so that a click finds the rows and a verifier finds the figure."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, replace

from luoshi.core.canonical import canonical_bytes
from luoshi.kernel.documents.tree import Block, Cell, Document, FigureRun, Paragraph, Table


@dataclass(frozen=True)
class Bound:
    """One figure key and its source.

    ``kind``: indicator (``ref``, ``period``, ``unit_id``, None for all units); line, sheet, round (``row_id``
    of the stored row, None while the scores are not published; ``unit_id`` and ``period`` say which).
    ``part``: value, num, den or base of an indicator; points, total, rank, count or mean of scores.
    """

    key: str
    text: str
    kind: str
    part: str
    ref: str
    period: str
    unit_id: int | None = None
    row_id: int | None = None


Link = Callable[[Bound], str | None]


class Bounds:
    """Collects the bounds of a composition; the same key must always print the same text."""

    def __init__(self) -> None:
        self._by_key: dict[str, Bound] = {}

    def add(self, bound: Bound) -> Bound:
        known = self._by_key.setdefault(bound.key, bound)
        if known != bound:
            raise ValueError(f"figure key {bound.key} is bound twice, to {known} and {bound}")
        return known

    def all(self) -> tuple[Bound, ...]:
        """Return the bounds in the order in which they were first printed."""
        return tuple(self._by_key.values())


def bounds_text(bounds: Iterable[Bound]) -> str:
    """Return the canonical JSON under which bounds are stored with a frozen report."""
    return canonical_bytes([asdict(bound) for bound in bounds]).decode("utf-8")


def bounds_from(text: str) -> tuple[Bound, ...]:
    """Return the bounds of a text made by ``bounds_text``."""
    return tuple(Bound(**row) for row in json.loads(text))


def sources_of(bounds: Iterable[Bound], codes: Mapping[int, str]) -> dict[str, dict[str, str]]:
    """Return figure key → what a document says the figure is bound to. ``codes``: unit id → code."""
    found = {}
    for bound in bounds:
        source = {"kind": bound.kind, "part": bound.part, "ref": bound.ref, "period": bound.period}
        if bound.unit_id is not None and bound.unit_id in codes:
            source["unit"] = codes[bound.unit_id]
        found[bound.key] = source
    return found


def linked(document: Document, bounds: Iterable[Bound], link: Link) -> Document:
    """Return the document with an address on every figure for which ``link`` knows one."""
    hrefs = {bound.key: link(bound) for bound in bounds}

    def block(each: Block) -> Block:
        if isinstance(each, Paragraph):
            runs = (
                replace(run, href=hrefs.get(run.key)) if isinstance(run, FigureRun) else run
                for run in each.runs
            )
            return replace(each, runs=tuple(runs))
        if isinstance(each, Table):
            return replace(each, rows=tuple(tuple(cell(one) for one in row) for row in each.rows))
        return each

    def cell(each: Cell) -> Cell:
        return each if each.figure_key is None else replace(each, href=hrefs.get(each.figure_key))

    return replace(document, blocks=tuple(block(each) for each in document.blocks))
