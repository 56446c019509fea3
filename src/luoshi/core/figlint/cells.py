"""A grid as its maker meant it: head, rows of parts, total rows, columns of counts and of rates."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import Enum

from luoshi.core.figlint.model import Grid

_NUMBER = re.compile(r"(-?\d{1,3}(?:,\d{3})+(?:\.\d+)?|-?\d+(?:\.\d+)?)(?:E(-\d{1,2}))?\s*([%％]?)\Z")
_TOTAL_ROW = re.compile(r"^.{0,8}?(?:合\s*计|总\s*计|共\s*计|总\s*和)(?:数|情况)?[:：]?$")
_SUBTOTAL_ROW = re.compile(r"^.{0,10}?小\s*计[:：]?$")
_BLANK = re.compile(r"^[-–—/*＊\\s]*$")
_RATE_HEAD = re.compile(r"率|占比|比重|比例|百分比|%|同比|环比|增幅|增长|pct|percent", re.IGNORECASE)
_NO_SUM_HEAD = re.compile(
    r"序号|名次|排名|编号|编码|年份|年度|得分|分数|总分|均|单价|标准|满分|权重|评分|工期|日期|电话号码|联系电话"
)
_HALF = 0.6
_MOST_DIGITS = 10


class Line(Enum):
    """What a row is: parts, a subtotal of the parts above, a total, or text only."""

    PART = "part"
    SUBTOTAL = "subtotal"
    TOTAL = "total"


@dataclass(frozen=True, slots=True)
class Cell:
    """A number in a grid. ``digits``: decimals as printed; ``text`` as printed."""

    value: Decimal
    digits: int
    text: str
    percent: bool

    @property
    def step(self) -> Decimal:
        """Return the worth of the last printed digit."""
        return Decimal(1).scaleb(-self.digits)


@dataclass(frozen=True, slots=True)
class Read:
    """A grid that was read. ``lines``: (index of the row in the grid, kind), without head and empty rows."""

    grid: Grid
    heads: list[str]
    lines: list[tuple[int, Line]]
    cells: dict[tuple[int, int], Cell]
    counts: list[int] = field(default_factory=list)
    rates: list[int] = field(default_factory=list)

    def cell(self, row: int, column: int) -> Cell | None:
        """Return the number in a cell, if there is one."""
        return self.cells.get((row, column))

    def name(self, row: int) -> str:
        """Return how a reader calls a row: its first text that is not a number."""
        texts = (text.strip() for text in self.grid.rows[row])
        return next((text for text in texts if text and number(text) is None), "")

    def where(self, row: int, column: int) -> str:
        """Return the place of a cell."""
        return cell_place(self.grid, row, column)

    def quote(self, row: int, column: int) -> str:
        """Return row and column in words."""
        head = self.heads[column] if column < len(self.heads) else ""
        return " / ".join(text for text in (self.name(row), head) if text)


def cell_place(grid: Grid, row: int, column: int) -> str:
    """Return how a reader finds a cell: "工作表“一月”单元格 F12", or by row and column in a document."""
    line = grid.top + row
    if not grid.lettered:
        return f"{grid.place}第 {line} 行第 {column + 1} 列"
    letters, rest = "", column + 1
    while rest:
        rest, digit = divmod(rest - 1, 26)
        letters = chr(ord("A") + digit) + letters
    return f"{grid.place}单元格 {letters}{line}"


def number(text: str) -> Cell | None:
    """Return the number a cell holds, or None.

    >>> str(number("1,234").value), number("97.65%").percent, number("三")
    ('1234', True, None)
    """
    bare = text.strip()
    found = _NUMBER.match(bare)
    if found is None or len(found.group(1)) > 20:
        return None
    value = Decimal(found.group(1).replace(",", ""))
    if found.group(2):
        value = value.scaleb(int(found.group(2)))
    digits = max(-int(value.as_tuple().exponent), 0)
    return Cell(value, min(digits, _MOST_DIGITS), bare, bool(found.group(3)))


def read(grid: Grid) -> Read | None:
    """Find head, rows and columns. None when the grid holds no table of numbers."""
    cells = {
        (row, column): cell
        for row, texts in enumerate(grid.rows)
        for column, text in enumerate(texts)
        if (cell := number(text))
    }
    first = _first_row(grid.rows, cells)
    if first is None:
        return None
    width = max(len(row) for row in grid.rows)
    heads = [_head(grid.rows[:first], column) for column in range(width)]
    lines = [
        (row, _line(grid.rows[row]))
        for row in range(first, len(grid.rows))
        if any((row, column) in cells for column in range(width))
    ]
    found = Read(grid, heads, lines, cells)
    for column in range(width):
        _sort(found, column)
    return found


def _first_row(rows: Sequence[Sequence[str]], cells: dict[tuple[int, int], Cell]) -> int | None:
    """Return the first row of numbers that has a row of heads over it."""
    for index, row in enumerate(rows):
        filled = [column for column, text in enumerate(row) if text.strip()]
        numbers = [column for column in filled if (index, column) in cells]
        if index and numbers and len(filled) > 1:
            return index
    return None


def _head(rows: Sequence[Sequence[str]], column: int) -> str:
    """Return the texts over a column, the last two rows of heads, each once."""
    texts = dict.fromkeys(row[column].strip() for row in rows[-2:] if column < len(row))
    return "".join("".join(text.split()) for text in texts if text)


def _line(row: Sequence[str]) -> Line:
    # A total row has no other words than its label; "五区小计" beside further texts is a category.
    texts = dict.fromkeys(text.strip() for text in row if number(text) is None)
    words = [text for text in texts if text and not _BLANK.match(text)]
    if len(words) != 1:
        return Line.PART
    if _SUBTOTAL_ROW.match(words[0]):
        return Line.SUBTOTAL
    return Line.TOTAL if _TOTAL_ROW.match(words[0]) else Line.PART


def _sort(found: Read, column: int) -> None:
    """Put a column among the counts or the rates; a rate kept as a fraction of one is turned into percent."""
    rows = [row for row, _ in found.lines]
    filled = [
        row for row in rows if column < len(found.grid.rows[row]) and found.grid.rows[row][column].strip()
    ]
    numbers = [cell for row in filled if (cell := found.cell(row, column))]
    if not numbers or len(numbers) < _HALF * len(filled):
        return
    head = found.heads[column]
    if any(cell.percent for cell in numbers) or _RATE_HEAD.search(head):
        found.rates.append(column)
        if not any(cell.percent for cell in numbers) and all(abs(cell.value) <= 1 for cell in numbers):
            for row in filled:
                if cell := found.cell(row, column):
                    digits = max(cell.digits - 2, 0)
                    found.cells[row, column] = Cell(cell.value * 100, digits, cell.text, percent=True)
    elif not _NO_SUM_HEAD.search(head):
        found.counts.append(column)
