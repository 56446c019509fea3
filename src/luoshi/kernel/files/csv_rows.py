"""Rows of a CSV file: UTF-8 (with or without mark) or GB 18030, strict, comma or tab."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from decimal import Decimal

from luoshi.core.errors import Invalid
from luoshi.kernel.files.tables import Row, Value

# What a spreadsheet would store as a number; "007" and "1,234" stay text.
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]{0,14})(\.[0-9]{1,15})?\Z")
_APOSTROPHE_GUARD = re.compile("'[=+\\-@\t\r＝＋－＠]")


def csv_rows(name: str, content: bytes) -> Iterator[Row]:
    """Yield every line of the file as a row. Raises: Invalid, naming the line."""
    text = csv_text(name, content)
    first_line = text.partition("\n")[0]
    delimiter = "\t" if "\t" in first_line and "," not in first_line else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for cells in reader:
            yield [csv_value(cell) for cell in cells]
    except csv.Error as error:
        raise Invalid(
            f"文件“{name}”第{reader.line_num}行的引号不成对或单元格过长，请改正，或另存为 .xlsx 后上传。"
        ) from error


def csv_text(name: str, content: bytes) -> str:
    """Return the text of the file. Raises: Invalid when it is neither UTF-8 nor GB 18030."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Invalid(f"文件“{name}”的文字编码无法识别，请另存为 UTF-8 编码的 .csv 或 .xlsx 后上传。")


def csv_value(cell: str) -> Value:
    """Return a cell as the spreadsheet would hold it; the apostrophe our own exports put before = + - @ goes.

    >>> csv_value(" 12 "), csv_value("12.30"), csv_value("007"), csv_value("'=A1"), csv_value("")
    (12, Decimal('12.30'), '007', '=A1', None)
    """
    bare = cell.strip(" \u3000\t\r\n")
    if not bare:
        return None
    if found := _NUMBER.match(bare):
        return Decimal(bare) if found.group(1) else int(bare)
    return bare[1:] if _APOSTROPHE_GUARD.match(bare) else bare
