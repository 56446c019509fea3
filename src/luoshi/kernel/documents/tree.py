"""The document tree: what a document says, without how any medium draws it.

Everything is a frozen dataclass of tuples, so that a tree can be built once (by reports), frozen, and
rendered by ``docx``, ``html`` or another medium with the same words and the same figures.

Figures are the point of the tree: a ``FigureRun`` or a ``Cell`` with a ``figure_key`` is a number that
somebody can open. ``figure_marks`` gives every such figure its bookmark name, in reading order.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Literal

Align = Literal["left", "center", "right"]
ChartKind = Literal["bar", "line"]

FIGURE_KEY = re.compile(r"[A-Za-z0-9_.-]+\Z")


def _checked_key(key: str) -> None:
    if not FIGURE_KEY.match(key):
        raise ValueError(f"figure key {key!r}: only A-Z a-z 0-9 _ . - are allowed")


@dataclass(frozen=True)
class Text:
    """Words without a figure behind them."""

    text: str


@dataclass(frozen=True)
class FigureRun:
    """One printed figure inside prose.

    ``text`` is the figure as printed ("97.65％"); ``href`` opens the rows behind it on screen.
    Raises: ValueError when ``key`` is not plain ASCII.
    """

    key: str
    text: str
    href: str | None = None

    def __post_init__(self) -> None:
        _checked_key(self.key)


Run = Text | FigureRun


@dataclass(frozen=True)
class Heading:
    """A heading of level 1 to 4; the numbering 一、（一）1.（1） is part of ``text``."""

    level: int
    text: str

    def __post_init__(self) -> None:
        if self.level not in (1, 2, 3, 4):
            raise ValueError(f"heading level {self.level}: 1 to 4")


@dataclass(frozen=True)
class Paragraph:
    runs: tuple[Run, ...]


@dataclass(frozen=True)
class Caption:
    """A line above a chart or table, kept on the same page as what follows."""

    text: str


@dataclass(frozen=True)
class Cell:
    """One table cell; a ``figure_key`` makes it a figure like a ``FigureRun``."""

    text: str
    figure_key: str | None = None
    href: str | None = None

    def __post_init__(self) -> None:
        if self.figure_key is not None:
            _checked_key(self.figure_key)


@dataclass(frozen=True)
class Column:
    """A table column; ``width_mm`` is a wish, the sum is fitted into the 156 mm of the type area."""

    title: str
    width_mm: float
    align: Align = "left"


@dataclass(frozen=True)
class Table:
    """``rows``: one tuple of cells per row, as many cells as columns.

    Raises: ValueError when a row has another number of cells.
    """

    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    caption: str | None = None

    def __post_init__(self) -> None:
        if not self.columns:
            raise ValueError("a table needs at least one column")
        for number, row in enumerate(self.rows, start=1):
            if len(row) != len(self.columns):
                raise ValueError(f"table row {number} has {len(row)} cells for {len(self.columns)} columns")


@dataclass(frozen=True)
class Chart:
    """``series``: (name, values) pairs, one value (or None, a gap) per category.

    ``alt`` says in words what the chart shows, for readers who cannot see it.
    Raises: ValueError when a series is longer or shorter than ``categories``.
    """

    kind: ChartKind
    title: str
    categories: tuple[str, ...]
    series: tuple[tuple[str, tuple[Decimal | None, ...]], ...]
    unit: str = ""
    alt: str = ""

    def __post_init__(self) -> None:
        if self.kind not in ("bar", "line"):
            raise ValueError(f"chart kind {self.kind!r}: bar or line")
        for name, values in self.series:
            if len(values) != len(self.categories):
                raise ValueError(
                    f"series {name!r} has {len(values)} values for {len(self.categories)} categories"
                )


@dataclass(frozen=True)
class Quote:
    """Words or numbers taken over from another document, whose name is ``source``."""

    text: str
    source: str


Block = Heading | Paragraph | Caption | Table | Chart | Quote


@dataclass(frozen=True)
class Head:
    """The red head. ``number`` (文号) and ``signer`` (签发人) are printed only when given."""

    org: str
    number: str | None = None
    signer: str | None = None


@dataclass(frozen=True)
class Sign:
    org: str
    date: date


@dataclass(frozen=True)
class Imprint:
    """版记: copies (``cc`` without the word 抄送 and the full stop), printing office and day."""

    printer: str
    printed_on: date
    cc: str | None = None


@dataclass(frozen=True)
class Document:
    """A whole document.

    ``meta`` keys used: ``created`` (ISO time written into the file), ``author``, ``title``, ``subject``.
    ``landscape``: the page lies on its side, for wide tables.
    """

    title_lines: tuple[str, ...]
    blocks: tuple[Block, ...]
    style: Literal["gbt9704", "letter"] = "gbt9704"
    head: Head | None = None
    addressee: str | None = None
    sign: Sign | None = None
    notes: tuple[str, ...] = ()
    imprint: Imprint | None = None
    meta: Mapping[str, str] = field(default_factory=dict)
    landscape: bool = False

    def __post_init__(self) -> None:
        if self.style not in ("gbt9704", "letter"):
            raise ValueError(f"style {self.style!r} is not known")


@dataclass(frozen=True)
class FigureMark:
    """One figure of a document with the bookmark name it gets."""

    mark: str
    key: str
    text: str


def figures_of(doc: Document) -> Iterator[tuple[str, str]]:
    """Yield (key, printed text) of every figure in reading order."""
    for block in doc.blocks:
        if isinstance(block, Paragraph):
            for run in block.runs:
                if isinstance(run, FigureRun):
                    yield run.key, run.text
        elif isinstance(block, Table):
            for row in block.rows:
                for cell in row:
                    if cell.figure_key is not None:
                        yield cell.figure_key, cell.text


class MarkNames:
    """Hands out unique bookmark names, in reading order.

    The name is ``ind_<key>``; a key met again gets ``_2``, ``_3``. Word compares bookmark names without
    case and cuts them after 40 characters, so both are minded here: a long key is shortened to its
    beginning and eight hex digits of its hash.
    """

    LONGEST = 40
    ROOM_FOR_COUNT = 5

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def next(self, key: str) -> str:
        stem = f"ind_{key}"
        if len(stem) > self.LONGEST - self.ROOM_FOR_COUNT:
            tail = hashlib.sha256(key.encode("ascii")).hexdigest()[:8]
            stem = f"{stem[: self.LONGEST - self.ROOM_FOR_COUNT - 9]}_{tail}"
        name, count = stem, 1
        while name.casefold() in self._taken:
            count += 1
            name = f"{stem}_{count}"
        self._taken.add(name.casefold())
        return name


def figure_marks(doc: Document) -> tuple[FigureMark, ...]:
    """Return every figure with its bookmark name, in reading order; the names are unique."""
    names = MarkNames()
    return tuple(FigureMark(mark=names.next(key), key=key, text=text) for key, text in figures_of(doc))
