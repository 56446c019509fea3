"""Tables out: XLSX and CSV. Texts stay texts, so that no reader's spreadsheet ever runs one as a formula."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from luoshi.kernel.documents.text import clean_text

Kind = Literal["text", "int", "decimal", "percent", "date"]
Plain = str | int | Decimal | date | None


@dataclass(frozen=True)
class Marked:
    """A value in a cell that stands out, with a note on what is wrong."""

    value: Plain
    note: str


Value = Plain | Marked

LONGEST_CELL = 32_767
MOST_OPTIONS = 255
_CUT = "……（超长，已截断）"
_NO_SHEET_NAME = re.compile(r"[\[\]:*?/\\]")
# A spreadsheet that opens a CSV takes these first characters, full-width ones too, for a formula.
_FORMULA_START = re.compile(r"\s*[=+\-@\t\r＝＋－＠]")
# XlsxWriter would write today; a fixed day keeps the bytes a function of the content.
_NO_DAY = datetime(1980, 1, 1)  # noqa: DTZ001


@dataclass(frozen=True)
class Column:
    """``width`` in characters, ``digits`` decimals of kinds decimal and percent.

    Percent values come in percent points (97.65 prints as 97.65%), not as fractions. In a locked sheet
    ``open`` columns may be written in; ``options`` are the values to choose from there, ``help`` is shown
    beside the cell. A ``hidden`` column is there for the machine. In a ``merged`` column equal texts below
    one another are one cell, as long as the merged columns before it are one cell too.
    """

    title: str
    width: float = 12
    kind: Kind = "text"
    digits: int = 2
    hidden: bool = False
    open: bool = False
    merged: bool = False
    options: tuple[str, ...] = ()
    help: str = ""


@dataclass(frozen=True)
class Sheet:
    """``rows``: one sequence of values per row, as many as columns; ``note`` is a line above the head.

    ``locked``: only open columns can be written in, without a password: against slips, not against anybody.
    """

    title: str
    columns: Sequence[Column]
    rows: Iterable[Sequence[Value]]
    note: str = ""
    locked: bool = False


def write_xlsx(sheets: Sequence[Sheet], *, created: datetime | None = None) -> bytes:
    """Return a workbook with one worksheet per sheet; rows are written as they come, and none is kept but
    where cells are merged.

    The head is frozen, filtered and repeated on every printed page. A value that does not fit the kind of
    its column ("—" among numbers) is written as text.
    Raises: ValueError when a row has another number of values than there are columns.
    """
    out = io.BytesIO()
    streamed = not any(column.merged for sheet in sheets for column in sheet.columns)
    with xlsxwriter.Workbook(out, {"constant_memory": streamed}) as book:
        book.set_properties({"created": created or _NO_DAY})
        taken: set[str] = set()
        for sheet in sheets:
            _write_sheet(book, book.add_worksheet(_sheet_name(sheet.title, taken)), sheet)
    return out.getvalue()


def _sheet_name(title: str, taken: set[str]) -> str:
    """Return a name a spreadsheet accepts: at most 31 characters, none of []:*?/\\, not used before."""
    bare = _NO_SHEET_NAME.sub("", clean_text(title).replace("\n", " ")).strip(" '")[:31] or "表"
    name, number = bare, 1
    while name.casefold() in taken:
        number += 1
        name = f"{bare[: 31 - len(str(number)) - 1]}_{number}"
    taken.add(name.casefold())
    return name


def _write_sheet(book: Workbook, page: Worksheet, sheet: Sheet) -> None:
    head_row = 1 if sheet.note else 0
    formats = [_format(book, column) for column in sheet.columns]
    marked = book.add_format({"bg_color": "#F8CBAD", "border": 1, "locked": False, "valign": "vcenter"})
    for place, column in enumerate(sheet.columns):
        page.set_column(place, place, column.width, None, {"hidden": column.hidden})
    if sheet.note:
        page.write_string(0, 0, _cell_text(sheet.note), book.add_format({"font_color": "#595959"}))
    bold = book.add_format(
        {
            "bold": True,
            "border": 1,
            "align": "center",
            "valign": "vcenter",
            "text_wrap": True,
            "bg_color": "#F2F2F2",
        }
    )
    for place, column in enumerate(sheet.columns):
        page.write_string(head_row, place, _cell_text(column.title), bold)
    last = head_row
    merging = _Merging(page, sheet.columns, formats)
    for last, row in enumerate(sheet.rows, start=head_row + 1):  # noqa: B007 - used after the loop
        if len(row) != len(sheet.columns):
            raise ValueError(f"row {last + 1} has {len(row)} values for {len(sheet.columns)} columns")
        for place, value in enumerate(row):
            if isinstance(value, Marked):
                page.write_comment(last, place, _cell_text(value.note), {"x_scale": 2})
                _write_cell(page, last, place, value.value, sheet.columns[place], marked)
            else:
                _write_cell(page, last, place, value, sheet.columns[place], formats[place])
        merging.take(last, row)
    merging.end(last)
    if sheet.locked:
        _lock(page, sheet, head_row + 1, max(last, head_row + 1))
    _set_up_page(page, sheet, head_row, last)


class _Merging:
    """Joins equal cells of merged columns, row by row."""

    def __init__(self, page: Worksheet, columns: Sequence[Column], formats: Sequence[Format]) -> None:
        self.page, self.formats = page, formats
        self.places = [place for place, column in enumerate(columns) if column.merged]
        self._runs: dict[int, tuple[int, tuple[Value, ...]]] = {}

    def take(self, at: int, row: Sequence[Value]) -> None:
        """Look at a row that was written: a run ends where it differs."""
        path: tuple[Value, ...] = ()
        for place in self.places:
            path = (*path, row[place])
            first, before = self._runs.get(place, (at, path))
            if before != path:
                self._join(place, first, at - 1, before)
                first = at
            self._runs[place] = (first, path)

    def end(self, last: int) -> None:
        """End the runs that are open after the last row."""
        for place, (first, path) in self._runs.items():
            self._join(place, first, last, path)

    def _join(self, place: int, first: int, last: int, path: tuple[Value, ...]) -> None:
        value = path[-1]
        if last > first and isinstance(value, str) and value:
            self.page.merge_range(first, place, last, place, "", self.formats[place])
            self.page.write_string(first, place, _cell_text(value), self.formats[place])


def _lock(page: Worksheet, sheet: Sheet, first: int, last: int) -> None:
    page.protect("", {"format_columns": True, "format_rows": True})
    for place, column in enumerate(sheet.columns):
        if not column.open or not (column.options or column.help):
            continue
        rule: dict[str, object] = {"validate": "any"}
        # a list that is too long for the file format is told in the help only
        if column.options and len(",".join(column.options)) <= MOST_OPTIONS:
            rule = {"validate": "list", "source": list(column.options), "error_title": "请从中选填"}
            rule["error_message"] = "请从下拉项中选一项"
        if column.help:
            rule |= {"input_title": column.title[:32], "input_message": column.help[:255]}
        page.data_validation(first, place, last, place, rule)


def _set_up_page(page: Worksheet, sheet: Sheet, head_row: int, last: int) -> None:
    page.freeze_panes(head_row + 1, 0)
    if not sheet.locked:
        page.autofilter(head_row, 0, max(last, head_row), len(sheet.columns) - 1)
    page.repeat_rows(head_row)
    page.set_paper(9)  # A4
    page.fit_to_pages(1, 0)
    page.set_footer("&C第 &P 页，共 &N 页")
    if sum(column.width for column in sheet.columns) > 90:
        page.set_landscape()


def _format(book: Workbook, column: Column) -> Format:
    digits = "." + "0" * column.digits if column.digits else ""
    patterns = {
        "text": "@",
        "int": "0",
        "decimal": f"0{digits}",
        "percent": f'0{digits}"%"',
        "date": "yyyy-mm-dd",
    }
    align = "left" if column.kind == "text" else "center" if column.kind == "date" else "right"
    return book.add_format(
        {
            "num_format": patterns[column.kind],
            "border": 1,
            "align": align,
            "valign": "vcenter",
            "locked": not column.open,
        }
    )


def _write_cell(page: Worksheet, row: int, place: int, value: Plain, column: Column, look: Format) -> None:
    if value is None or value == "":
        page.write_blank(row, place, None, look)
    elif column.kind == "date" and isinstance(value, date):
        page.write_datetime(row, place, _day(value), look)
    elif column.kind in ("int", "decimal", "percent") and isinstance(value, int | Decimal) and _fits(value):
        page.write_number(row, place, value, look)
    else:
        page.write_string(row, place, _cell_text(_text(value)), look)


def _day(value: date) -> date:
    return value.replace(tzinfo=None) if isinstance(value, datetime) else value


def _fits(value: int | Decimal) -> bool:
    """Tell whether a spreadsheet can hold the number without loss: it keeps 15 digits."""
    number = Decimal(value)
    return not isinstance(value, bool) and number.is_finite() and abs(number) < 10**15


def _text(value: Plain) -> str:
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="seconds")
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def _cell_text(text: str) -> str:
    shown = clean_text(text)
    return shown if len(shown) <= LONGEST_CELL else shown[: LONGEST_CELL - len(_CUT)] + _CUT


def write_csv(sheet: Sheet) -> bytes:
    """Return one sheet as CSV, UTF-8 with the mark spreadsheets look for, lines ended by CR LF.

    A text that a spreadsheet would take for a formula gets a leading apostrophe; numbers keep their sign.
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([guarded(column.title) for column in sheet.columns])
    for row in sheet.rows:
        writer.writerow([_csv_cell(value) for value in row])
    return b"\xef\xbb\xbf" + out.getvalue().encode("utf-8")


def _csv_cell(value: Value) -> str:
    if isinstance(value, Marked):
        value = value.value
    if value is None:
        return ""
    return guarded(value) if isinstance(value, str) else _text(value)


def guarded(text: str) -> str:
    """Return ``text`` so that no spreadsheet runs it.

    >>> guarded("=1+1"), guarded("＝1"), guarded("合计")
    ("'=1+1", "'＝1", '合计')
    """
    # Looked at before cleaning: a tab or CR in front is an attack of its own.
    shown = clean_text(text)
    return f"'{shown}" if _FORMULA_START.match(text) or _FORMULA_START.match(shown) else shown
