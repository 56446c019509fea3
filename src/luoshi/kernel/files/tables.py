"""The shape of a table that was read, and how its head is found."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

Value = str | int | Decimal | date | None
Row = list[Value]

HEAD_ROWS_LOOKED_AT = 15
_HEAD_SHARE = 0.6


@dataclass
class Table:
    """A table as it stands in the file.

    ``header_row`` and ``first_data_row`` count from 1 as the spreadsheet does, ``columns`` are the texts of
    the header row from column A on ("" for an empty head cell). ``rows`` holds every row from
    ``first_data_row`` to the last filled one, empty ones too, each as long as ``columns`` or longer; so
    ``rows[i]`` stands in line ``first_data_row + i`` of the file. ``merged`` are A1 ranges, ``formulas`` and
    ``errors`` cell addresses (an error cell reads as None), ``other_sheets`` the further visible sheets,
    which were not read. ``above`` are the rows over the head: titles and notes.
    """

    sheet: str
    header_row: int
    columns: list[str]
    rows: list[Row]
    first_data_row: int
    merged: list[str] = field(default_factory=list)
    formulas: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    other_sheets: list[str] = field(default_factory=list)
    above: list[Row] = field(default_factory=list)

    def numbered_rows(self) -> Iterator[tuple[int, Row]]:
        """Yield (row number in the file, cells) of every row that is not empty."""
        for number, row in enumerate(self.rows, start=self.first_data_row):
            if any(value is not None for value in row):
                yield number, row


def head_index(rows: list[Row]) -> int:
    """Return which of the first rows is the head: the first that is nearly as full as the fullest.

    A title or a note such as "单位：件" above the head fills one or two cells only.
    """
    filled = [sum(value is not None for value in row) for row in rows]
    most = max(filled, default=0)
    return next((index for index, count in enumerate(filled) if count and count >= most * _HEAD_SHARE), 0)


def head_texts(row: Row) -> list[str]:
    """Return the head cells as text, without trailing empty ones; line breaks inside a cell are taken out."""
    texts = ["" if value is None else "".join(str(value).split("\n")).strip() for value in row]
    while texts and not texts[-1]:
        texts.pop()
    return texts


def column_letters(index: int) -> str:
    """Return the letters of a column counted from 0.

    >>> column_letters(0), column_letters(27)
    ('A', 'AB')
    """
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
