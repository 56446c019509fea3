"""A spreadsheet as it was typed: which column means what, and what each row says, cell by cell.

Used for units here and for people above; what a cell may say is checked by whoever owns the rows.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Protocol

from luoshi.core.errors import nearest
from luoshi.kernel.org.names import name_key

MOST_COVERED = 20_000
_RANGE = re.compile(r"([A-Z]+)([0-9]+):([A-Z]+)([0-9]+)")

CellValue = str | int | Decimal | date | None


class SheetTable(Protocol):
    """What is needed of ``kernel.files.tables.Table``; this app stands below the reader of files."""

    header_row: int
    columns: list[str]
    merged: list[str]
    formulas: list[str]
    errors: list[str]

    def numbered_rows(self) -> Iterator[tuple[int, Sequence[CellValue]]]:
        """Give every filled row with its number in the file."""


@dataclass(frozen=True, slots=True)
class CellFault:
    """One fault: where (A1 address, row from 1, column title), what stands there, the rule, the remedy."""

    address: str
    row: int
    column: str
    value: str
    rule: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Shape:
    """What a sheet must hold: ``columns`` field → title; ``things``: what one row is, in words.

    ``optional`` columns may be absent; those of ``days`` may hold dates, those of ``numbers`` fractions.
    """

    things: str
    columns: Mapping[str, str]
    optional: frozenset[str] = frozenset()
    days: frozenset[str] = frozenset()
    most: int = 20_000
    numbers: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Layout:
    """Which column of the sheet (letters) holds which field."""

    shape: Shape
    letters: Mapping[str, str]

    def fault(self, row: int, field: str, value: str, rule: str, remedy: str) -> CellFault:
        """Return a fault at the cell of a field."""
        letters = self.letters.get(field, "A")
        return CellFault(f"{letters}{row}", row, self.shape.columns[field], value, rule, remedy)


@dataclass(frozen=True, slots=True)
class GivenRow:
    """One row as text, blank where a column is absent.

    ``faults`` are those of the cells themselves: formulas, errors, dates, merging.
    """

    number: int
    texts: Mapping[str, str]
    faults: tuple[CellFault, ...]


@dataclass(frozen=True, slots=True)
class Given:
    """A whole sheet as typed. With ``head_faults`` nothing below can be trusted and ``rows`` is empty."""

    layout: Layout
    rows: tuple[GivenRow, ...]
    head_faults: tuple[CellFault, ...]
    notes: tuple[str, ...]


def given_of(table: SheetTable, shape: Shape) -> Given:
    """Read the head and every filled row."""
    places: dict[str, int] = {}
    unused: list[str] = []
    faults: list[CellFault] = []
    fields = {name_key(title): field for field, title in shape.columns.items()}
    for index, text in enumerate(table.columns):
        field = fields.get(name_key(text))
        if field is None:
            unused += [text] if text else []
        elif field in places:
            faults.append(_head_fault(table, index, text, "同一列出现两次", "请删去多余的一列"))
        else:
            places[field] = index
    faults += _missing(table, shape, places, unused)
    faults += _merged_head(table)
    layout = Layout(shape, {field: _letters(index) for field, index in places.items()})
    notes = (f"未使用的列：{'、'.join(unused)}。",) if unused else ()
    if faults:
        return Given(layout, (), tuple(faults), notes)
    rows = tuple(_rows(table, places, layout))
    if len(rows) > shape.most:
        rule = f"一次最多导入{shape.most}{shape.things}，表中有{len(rows)}行"
        return Given(
            layout, (), (_head_fault(table, 0, table.columns[0], rule, "请分成几个文件导入"),), notes
        )
    return Given(layout, rows, (), notes)


def _rows(table: SheetTable, places: Mapping[str, int], layout: Layout) -> Iterator[GivenRow]:
    spoiled = {address: ("单元格是公式", "请以“数值”粘贴后再上传") for address in table.formulas}
    spoiled |= {address: ("单元格是错误值", "请改为正确的内容") for address in table.errors}
    spoiled |= {address: ("合并了单元格", "请取消合并，每格单独填写") for address in _covered(table)}
    for number, cells in table.numbered_rows():
        faults: list[CellFault] = []
        texts: dict[str, str] = {}
        for field, index in places.items():
            value = cells[index] if index < len(cells) else None
            texts[field] = _text(value)
            shape = layout.shape
            found = spoiled.get(f"{layout.letters[field]}{number}") or _not_text(
                value, field in shape.days, field in shape.numbers
            )
            if found:
                faults.append(layout.fault(number, field, texts[field], *found))
        if any(texts.values()) or faults:
            blank = dict.fromkeys(layout.shape.columns, "")
            yield GivenRow(number, blank | texts, tuple(faults))


def _missing(
    table: SheetTable, shape: Shape, places: Mapping[str, int], unused: Sequence[str]
) -> Iterator[CellFault]:
    for field, title in shape.columns.items():
        if field in places or field in shape.optional:
            continue
        near = nearest(title, unused)
        remedy = f"请把“{near}”改为“{title}”" if near else f"请补上“{title}”一列"
        address = f"{_letters(table.columns.index(near) if near else len(table.columns))}{table.header_row}"
        yield CellFault(address, table.header_row, title, near or "", f"缺少“{title}”列", remedy)


def _merged_head(table: SheetTable) -> Iterator[CellFault]:
    for found in table.merged:
        _, top, _, bottom = _corners(found)
        if top <= table.header_row <= bottom:
            rule = f"表头有合并单元格（{found}）"
            yield CellFault(
                found.split(":")[0], table.header_row, "表头", "", rule, "请取消合并，每列一个表头"
            )


def _covered(table: SheetTable) -> Iterator[str]:
    """Give the addresses of all cells below the head that lie in a merged range."""
    for found in table.merged:
        left, top, right, bottom = _corners(found)
        if top > table.header_row:
            columns = range(left, min(right, len(table.columns) - 1) + 1)
            yield from (
                f"{_letters(c)}{r}" for r in range(top, min(bottom, top + MOST_COVERED) + 1) for c in columns
            )


def _corners(found: str) -> tuple[int, int, int, int]:
    match = _RANGE.fullmatch(found)
    if match is None:
        raise ValueError(f"{found!r} is not an A1 range")
    left, top, right, bottom = match.groups()
    return _index(left), int(top), _index(right), int(bottom)


def _head_fault(table: SheetTable, index: int, text: str, rule: str, remedy: str) -> CellFault:
    return CellFault(f"{_letters(index)}{table.header_row}", table.header_row, text, text, rule, remedy)


def _text(value: CellValue) -> str:
    if value is None:
        return ""
    if isinstance(value, date):
        return value.isoformat()
    return str(value).strip()


def _not_text(value: CellValue, day: bool, number: bool) -> tuple[str, str] | None:
    if isinstance(value, date) and not day:
        return "应为文本，不是日期", "请把单元格格式改为文本后重新填写"
    if isinstance(value, Decimal) and not number:
        return "应为文本，不是小数", "请把单元格格式改为文本后重新填写"
    return None


def _letters(index: int) -> str:
    """Return the letters of a column counted from 0.

    >>> _letters(0), _letters(27), _index("AB")
    ('A', 'AB', 27)
    """
    letters, index = "", index + 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def _index(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1
