"""Reading the printed tables that ``luoshi verify shares|sums`` checks: CSV in UTF-8 with a head row."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TypeVar

from luoshi.core.consistency import ShareRow, SumRow
from luoshi.core.errors import Invalid

SHARE_COLUMNS = ("bulletin", "group", "item", "count", "denominator", "published_pct", "decimals")
SUM_COLUMNS = ("bulletin", "identity", "published_total", "parts")
T = TypeVar("T")


def share_rows(path: Path) -> list[ShareRow]:
    """Read percentages with their counts; columns ``SHARE_COLUMNS``.

    Raises: Invalid naming the missing column, or line and column of a value that is not a number.
    """
    return [*_read(path, SHARE_COLUMNS, _share_row)]


def sum_rows(path: Path) -> list[SumRow]:
    """Read totals and their parts (split by blanks); columns ``SUM_COLUMNS``. Raises: as ``share_rows``."""
    return [*_read(path, SUM_COLUMNS, _sum_row)]


def _share_row(cells: dict[str, str]) -> ShareRow:
    return ShareRow(
        place=f"{cells['bulletin']} {cells['group']}",
        item=cells["item"],
        count=int(cells["count"]),
        denominator=int(cells["denominator"]),
        published=_number(cells["published_pct"]),
        decimals=int(cells["decimals"]),
    )


def _sum_row(cells: dict[str, str]) -> SumRow:
    parts = tuple(_number(part) for part in cells["parts"].split())
    if not parts:
        raise ValueError("no parts")
    return SumRow(cells["bulletin"], cells["identity"], _number(cells["published_total"]), parts)


def _number(text: str) -> Decimal:
    try:
        number = Decimal(text)
    except InvalidOperation as error:
        raise ValueError(text) from error
    if not number.is_finite():
        raise ValueError(text)
    return number


def _read(path: Path, columns: tuple[str, ...], make: Callable[[dict[str, str]], T]) -> Iterator[T]:
    try:
        text = path.read_text("utf-8-sig")
    except OSError as error:
        raise Invalid(f"无法打开文件 {path}，请检查路径。") from error
    except UnicodeDecodeError as error:
        raise Invalid(f"文件 {path} 不是 UTF-8 编码，请另存为“CSV UTF-8”后重试。") from error
    reader = csv.DictReader(text.splitlines())
    missing = [name for name in columns if name not in (reader.fieldnames or ())]
    if missing:
        raise Invalid(f"文件 {path} 缺少列 {'、'.join(missing)}；首行应为 {','.join(columns)}。")
    for cells in reader:
        try:
            yield make({name: (cells[name] or "").strip() for name in columns})
        except ValueError as error:
            raise Invalid(f"文件 {path} 第 {reader.line_num} 行有一格不是数字，请核对。") from error
