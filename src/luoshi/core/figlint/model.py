"""The shapes that are passed around: paragraphs and grids in, quantities between, findings out."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

PERCENT = "%"
POINTS = "百分点"
TIMES = "倍"
_BREAKS = re.compile(r"[，,；;：:、（）()。“”\s]")
_OPENERS = re.compile(r"^(?:其中|其余|由|另有|另外|同时|并|且|共|已|仍|还|尚|有|的|和|与|及(?!时)|以及)+")


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of prose. ``place``: how a reader finds it, "第 3 段"."""

    place: str
    text: str


@dataclass(frozen=True, slots=True)
class Grid:
    """A table as rows of cell texts, row by row from its first line; ``cells`` names a cell for the reader.

    ``place`` is "工作表“一月”" or "表 2". ``top`` and ``left`` are the numbers of the first row and column,
    counted from 1 and 0.
    """

    place: str
    rows: Sequence[Sequence[str]]
    top: int = 1
    lettered: bool = True


Block = Paragraph | Grid


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with a unit, as printed.

    ``value`` is in whole units (1.2 万件 is 12000), ``step`` the worth of its last printed digit, ``before``
    the text since the quantity before it, ``depth`` how many brackets it stands in. ``vague``: 约, 余, 以上.
    """

    start: int
    end: int
    text: str
    value: Decimal
    step: Decimal
    digits: int
    unit: str
    noun: str
    before: str
    depth: int
    counted: bool
    vague: bool

    @property
    def lead(self) -> str:
        """Return the words right before the number, since the last punctuation mark."""
        return _BREAKS.split(self.before)[-1]

    @property
    def label(self) -> str:
        """Return what is counted, as far as the words before the number say it.

        >>> from luoshi.core.figlint.tokens import quantities
        >>> [each.label for each in quantities("共受理诉求120件，其中已办结110件")]
        ['受理诉求', '办结']
        """
        return _OPENERS.sub("", self.lead).removesuffix("为").removesuffix("的")

    @property
    def is_share(self) -> bool:
        """Say whether it is measured in percent, points or times, not in things."""
        return self.unit in (PERCENT, POINTS, TIMES)


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of a paragraph with its quantities in order; ``number`` counts from 1."""

    place: str
    number: int
    text: str
    quantities: tuple[Quantity, ...]

    def between(self, left: Quantity, right: Quantity) -> str:
        """Return the text between two quantities."""
        return self.text[left.end : right.start]


@dataclass(frozen=True, slots=True)
class Context:
    """What was read before a sentence.

    ``totals``: wholes named in its paragraph; ``earlier``: the counts of the sentence before; ``known``: all
    counts of the draft so far.
    """

    totals: Sequence[Quantity] = ()
    earlier: Sequence[Quantity] = ()
    known: Sequence[Quantity] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """A contradiction: where, in which sentence or row, what is printed, what it should be, how computed."""

    place: str
    kind: str
    quote: str
    said: str
    should: str
    how: str
