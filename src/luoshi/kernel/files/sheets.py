"""Reading a spreadsheet into rows, whatever its maker intended.

``open_table`` streams; ``read_table`` gathers. A workbook is parsed in a child process with limits on memory
and time, its formulas are looked up in the XML meanwhile. The caller has run ``preflight.check_upload``.
"""

from __future__ import annotations

import io
import threading
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from itertools import chain, islice
from pathlib import Path
from typing import Any

from luoshi.core.errors import Invalid
from luoshi.kernel.files import sheet_xml
from luoshi.kernel.files.children import child, frames
from luoshi.kernel.files.csv_rows import csv_rows
from luoshi.kernel.files.names import kind_of_name, plain_name
from luoshi.kernel.files.tables import (
    HEAD_ROWS_LOOKED_AT,
    Row,
    Table,
    Value,
    column_letters,
    head_index,
    head_texts,
)

CHILD = Path(__file__).with_name("sheet_child.py")
_LARGEST_INT = 1e18  # a float beyond it is a measurement, not a count or a number of something


@dataclass
class OpenTable:
    """A table being read. The head is known at once; the rows come once, in order.

    Fields as in ``Table``. ``formulas`` and ``errors`` are complete after the last row.
    """

    sheet: str
    header_row: int
    columns: list[str]
    first_data_row: int
    _rows: Iterator[tuple[int, Row]]
    merged: list[str] = field(default_factory=list)
    formulas: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    other_sheets: list[str] = field(default_factory=list)
    above: list[Row] = field(default_factory=list)

    def iter_rows(self) -> Iterator[tuple[int, Row]]:
        """Yield (row number in the file, cells) of every row that is not empty. Raises: Invalid."""
        return self._rows


@contextmanager
def open_table(name: str, content: bytes) -> Iterator[OpenTable]:
    """Open a checked upload for streaming. Raises: Invalid in Chinese, on opening or while rows are read."""
    shown = plain_name(name)
    if kind_of_name(shown) == "csv":
        yield _opened(shown, "", csv_rows(shown, content))
        return
    with _workbook(shown, content) as table:
        yield table


def read_table(name: str, content: bytes) -> Table:
    """Read a checked upload whole. Numbers are int or Decimal, dates ``date``, empty cells None.

    Texts lose spaces at both ends; a date with a time of day is text ("2021-01-15 08:30:00").
    Raises: Invalid.
    """
    with open_table(name, content) as table:
        rows: list[Row] = []
        for number, row in table.iter_rows():
            while len(rows) < number - table.first_data_row:
                rows.append([None] * len(table.columns))
            rows.append(row)
        return Table(
            sheet=table.sheet,
            header_row=table.header_row,
            columns=table.columns,
            rows=rows,
            first_data_row=table.first_data_row,
            merged=table.merged,
            formulas=table.formulas,
            errors=table.errors,
            other_sheets=table.other_sheets,
            above=table.above,
        )


def _opened(shown: str, sheet: str, rows: Iterator[Row]) -> OpenTable:
    """Find the head in the first rows and leave the rest to be read."""
    first = list(islice(rows, HEAD_ROWS_LOOKED_AT))
    if not any(value is not None for row in first for value in row):
        where = f"工作表“{sheet}”" if sheet else ""
        raise Invalid(
            f"文件“{shown}”{where}前{HEAD_ROWS_LOOKED_AT}行没有内容，请把表头放在表格开头后重新上传。"
        )
    head = head_index(first)
    columns = head_texts(first[head])
    body = _numbered(chain(first[head + 1 :], rows), head + 2, len(columns))
    return OpenTable(
        sheet=sheet,
        header_row=head + 1,
        columns=columns,
        first_data_row=head + 2,
        _rows=body,
        above=first[:head],
    )


def _numbered(rows: Iterator[Row], start: int, width: int) -> Iterator[tuple[int, Row]]:
    for number, row in enumerate(rows, start=start):
        if any(value is not None for value in row):
            if len(row) < width:
                row += [None] * (width - len(row))
            yield number, row


# --- workbooks ---


@contextmanager
def _workbook(shown: str, content: bytes) -> Iterator[OpenTable]:
    with _readable(shown), zipfile.ZipFile(io.BytesIO(content)) as archive:
        sheets = sheet_xml.visible_sheets(archive)
        part = next((sheet for sheet in sheets if sheet_xml.has_cells(archive, sheet)), None)
    if part is None:
        raise Invalid(f"文件“{shown}”没有内容，请填写后重新上传。")
    look = _Look(content, part)
    with child(CHILD, content, part.name.encode("utf-8").hex()) as pipe:
        sent = frames(pipe, _unreadable(shown))
        layout = next(sent)
        if layout is None:
            raise Invalid(f"文件“{shown}”工作表“{part.name}”没有内容，请填写后重新上传。")
        table = _opened(shown, part.name, look.closing(_values(sent, pad=layout[1])))
        table.merged = [_range(corners) for corners in layout[4]]
        table.formulas, table.errors = look.marks.formulas, look.marks.errors
        table.other_sheets = [sheet.name for sheet in sheets if sheet != part]
        yield table


class _Look(threading.Thread):
    """Searches the worksheet's XML for formulas while the child parses; ``marks`` is full when it ended."""

    def __init__(self, content: bytes, part: sheet_xml.SheetPart) -> None:
        super().__init__(name="sheet-look", daemon=True)
        self.content, self.part = content, part
        self.marks = sheet_xml.Marks()
        self.start()

    def run(self) -> None:
        with zipfile.ZipFile(io.BytesIO(self.content)) as archive:
            found = sheet_xml.marks_of(archive, self.part)
        self.marks.formulas += found.formulas
        self.marks.errors += found.errors

    def closing(self, rows: Iterator[Row]) -> Iterator[Row]:
        """Pass ``rows`` through and wait for the look to end after the last one."""
        yield from rows
        self.join()


@contextmanager
def _readable(shown: str) -> Iterator[None]:
    try:
        yield
    except (zipfile.BadZipFile, zlib.error, KeyError, ValueError, EOFError, NotImplementedError) as error:
        raise Invalid(
            f"文件“{shown}”已损坏，无法打开，请用表格软件打开并另存为 .xlsx 后重新上传。"
        ) from error


@dataclass(frozen=True)
class SheetRows:
    """A visible sheet as it stands: its name, the number of its first row, all its rows from column A on."""

    name: str
    top: int
    rows: list[Row]


def read_sheets(name: str, content: bytes, *, most: int) -> list[SheetRows]:
    """Read every visible sheet of a checked workbook whole, without looking for a head.

    Raises: Invalid; also when more than ``most`` sheets are filled.
    """
    shown = plain_name(name)
    with _readable(shown), zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = [part for part in sheet_xml.visible_sheets(archive) if sheet_xml.has_cells(archive, part)]
    if len(parts) > most:
        raise Invalid(f"文件“{shown}”有{len(parts)}张工作表，超过上限{most}张，请拆分后上传。")
    found = []
    for part in parts:
        with child(CHILD, content, part.name.encode("utf-8").hex()) as pipe:
            sent = frames(pipe, _unreadable(shown))
            layout = next(sent)
            if layout is not None:
                rows = list(_values(sent, pad=layout[1]))
                found.append(SheetRows(part.name, layout[0] + 1, rows))
    return found


def _unreadable(shown: str) -> str:
    return (
        f"文件“{shown}”无法读取：文件已损坏，或数据区过大（例如在很远的单元格里留有内容）。"
        "请把数据复制到新工作簿，删除多余的行和列，另存为 .xlsx 后重新上传。"
    )


def _values(sent: Iterator[list[list[Any]]], *, pad: int) -> Iterator[Row]:
    """Yield rows from column A on; the parser leaves out ``pad`` empty columns at the left."""
    left: Row = [None] * pad
    for frame in sent:
        for row in frame:
            yield left + [_value(cell) for cell in row]


def _value(cell: Any) -> Value:
    kind = type(cell)
    if kind is str:
        return cell.strip(" \u3000\t\r\n") or None
    if kind is float:
        if cell.is_integer() and -_LARGEST_INT < cell < _LARGEST_INT:
            return int(cell)
        return Decimal(f"{cell:.15g}")  # the 15 digits a spreadsheet shows, without the noise behind them
    if kind is tuple:
        return date(*cell)
    return str(cell).upper() if kind is bool else int(cell)


def _range(corners: tuple[tuple[int, int], tuple[int, int]]) -> str:
    (top, left), (bottom, right) = corners
    return f"{column_letters(left)}{top + 1}:{column_letters(right)}{bottom + 1}"
