"""Runs as its own process: reads one worksheet from standard input and writes its rows to standard output.

A hostile workbook can make the parser abort or ask for gigabytes; here that ends this process only. Started
by path with ``-I``, so it imports nothing of the product. Arguments: sheet name (UTF-8 as hex), memory limit
in bytes, CPU limit in seconds. Output: frames of a 4-byte length and a marshalled value; first
``(first_row, first_column, last_row, last_column, merged)`` counted from 0, or None for an empty sheet,
then lists of rows, then a frame of length 0. Dates go as tuples, because marshal does not know them.
"""

from __future__ import annotations

import marshal
import sys
from collections.abc import Iterator
from datetime import date, datetime
from itertools import islice
from typing import Any, BinaryIO

from python_calamine import CalamineSheet, CalamineWorkbook

ROWS_PER_FRAME = 500
MOST_CELLS = 10_000_000


def main(sheet_name: str, memory: int, seconds: int) -> None:
    _limit(memory, seconds)
    sheet = CalamineWorkbook.from_filelike(sys.stdin.buffer).get_sheet_by_name(sheet_name)
    out = sys.stdout.buffer
    if sheet.start is None or sheet.end is None:
        _send(out, None)
    else:
        if (sheet.end[0] + 1) * (sheet.width + 1) > MOST_CELLS:
            raise SystemExit(3)
        _send(out, (*sheet.start, *sheet.end, sheet.merged_cell_ranges or []))
        _send_rows(out, sheet)
    out.write(bytes(4))
    out.flush()


def _limit(memory: int, seconds: int) -> None:
    try:
        import resource
    except ImportError:  # Windows has no such limits; the parent's time limit still holds
        return
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _send_rows(out: BinaryIO, sheet: CalamineSheet) -> None:
    rows: Iterator[list[Any]] = sheet.iter_rows()
    while frame := list(islice(rows, ROWS_PER_FRAME)):
        try:
            _send(out, frame)
        except ValueError:  # a date or time somewhere in the frame
            _send(out, [[_plain(cell) for cell in row] for row in frame])


def _plain(cell: Any) -> Any:
    if isinstance(cell, str | float | int):
        return cell
    if isinstance(cell, datetime):
        if (cell.hour, cell.minute, cell.second, cell.microsecond) == (0, 0, 0, 0):
            return (cell.year, cell.month, cell.day)
        return cell.isoformat(sep=" ")
    if isinstance(cell, date):
        return (cell.year, cell.month, cell.day)
    return str(cell)


def _send(out: BinaryIO, value: Any) -> None:
    frame = marshal.dumps(value)
    out.write(len(frame).to_bytes(4, "big"))
    out.write(frame)


if __name__ == "__main__":
    main(bytes.fromhex(sys.argv[1]).decode("utf-8"), int(sys.argv[2]), int(sys.argv[3]))
