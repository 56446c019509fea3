"""Items of a draft from a spreadsheet: what would be done, cell by cell, and the taking of it.

Columns are named as ``checking.TITLES``, ``NEEDED`` must be there. A row with the code of an item that stands
words it anew; items that the sheet leaves out stay.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from django.db import transaction

from luoshi.core.actor import Actor
from luoshi.core.beijing import local_day
from luoshi.core.errors import Invalid, nearest
from luoshi.domains.duties.actions import draft_locked, draft_touched, items_written, told
from luoshi.domains.duties.checking import TITLES, Desk, ItemRead, ItemTyped
from luoshi.domains.duties.models import DutyItem, DutyList
from luoshi.kernel.files.tables import Row, Table, column_letters
from luoshi.kernel.ledger.actions import record
from luoshi.kernel.org.sheet import CellFault

NEEDED = ("code", "aspect", "requirement", "holders", "frequency")
MOST_ROWS = 200
RowState = Literal["new", "changed", "same", "broken"]


@dataclass(frozen=True, slots=True)
class PreviewRow:
    """One row: what was typed, what becomes of it, and the item when it is sound."""

    number: int
    typed: ItemTyped
    state: RowState
    read: ItemRead | None


@dataclass(frozen=True, slots=True)
class Preview:
    """What taking a sheet would do. ``faults``: those of the head first, then in reading order."""

    rows: tuple[PreviewRow, ...]
    faults: tuple[CellFault, ...]
    notes: tuple[str, ...]

    def count(self, state: str) -> int:
        """Return how many rows are in a state."""
        return sum(row.state == state for row in self.rows)


def items_preview(draft: DutyList, table: Table, *, on: date) -> Preview:
    """Return what taking a table into a draft would do, with every fault of every cell. Few queries."""
    places = {title: index for index, title in reversed(list(enumerate(table.columns))) if title}
    columns = {field: places[title] for field, title in TITLES.items() if title in places}
    unused = [title for title in places if title not in TITLES.values()]
    head = _head_faults(table, columns, unused)
    notes = (f"未使用的列：{'、'.join(unused)}。",) if unused else ()
    if head:
        return Preview((), tuple(head), notes)
    desk = Desk(on)
    standing = {item.code: item for item in draft.items.order_by("sort")}
    first: dict[str, int] = {}
    rows: list[PreviewRow] = []
    faults: list[CellFault] = []
    for number, cells in table.numbered_rows():
        typed = ItemTyped(**{field: _text(cells, columns.get(field)) for field in TITLES})
        read, found = desk.read(draft, typed)
        here = [
            _fault(columns, fault.field, number, fault.value, fault.rule, fault.remedy) for fault in found
        ]
        here += _cell_faults(table, columns, number)
        if first.setdefault(typed.code, number) != number:
            rule = f"事项编码重复，第{first[typed.code]}行已用"
            here.append(_fault(columns, "code", number, typed.code, rule, "请改为不同的编码，或删去重复的行"))
        titles = list(TITLES.values())
        faults += sorted(here, key=lambda fault: titles.index(fault.column))
        state = "broken" if here or read is None else _state(standing.get(typed.code), read)
        rows.append(PreviewRow(number, typed, state, None if here else read))
    if len(rows) > MOST_ROWS:
        rule = f"一次最多导入{MOST_ROWS}个事项，表中有{len(rows)}行"
        place = CellFault(f"A{table.header_row}", table.header_row, "", "", rule, "请分成几个文件导入")
        return Preview((), (place,), notes)
    return Preview(tuple(rows), tuple(faults), notes)


@transaction.atomic
def list_import(
    *, actor: Actor, list_id: int, table: Table, now: datetime, only_clean: bool = False
) -> list[DutyItem]:
    """Take the items of a table into a draft; return those that were written: new ones and changed ones.

    Raises: NotFound, NotAllowed, Frozen (published), Invalid when the head is wrong, when a row is broken
    and not ``only_clean``, or when nothing would change.
    Ledger: ``list.imported`` on the list with every item written.
    """
    draft = draft_locked(actor, list_id, now)
    preview = items_preview(draft, table, on=local_day(now))
    if preview.faults and (not only_clean or not preview.rows):
        raise Invalid(f"表中有 {len(preview.faults)} 处问题，没有导入。请改正后重新上传，或只导入无误的行。")
    reads = [row.read for row in preview.rows if row.state in ("new", "changed") and row.read is not None]
    if not reads:
        raise Invalid("表中没有新增或改动的事项，没有导入。")
    written = items_written(draft, reads)
    draft_touched(draft, actor)
    data = told(draft) | {"taken": len(written), "left": preview.count("broken")}
    record(draft, "list.imported", by=actor.by, at=now, rows=written, data=data)
    return written


def _state(item: DutyItem | None, read: ItemRead) -> RowState:
    if item is None:
        return "new"
    same = all(getattr(item, name) == value for name, value in read.columns.items())
    return "same" if same else "changed"


def _head_faults(table: Table, columns: Mapping[str, int], unused: list[str]) -> list[CellFault]:
    faults = []
    for field in NEEDED:
        if field in columns:
            continue
        title = TITLES[field]
        near = nearest(title, unused)
        index = table.columns.index(near) if near else len(table.columns)
        remedy = f"请把“{near}”改为“{title}”" if near else f"请补上“{title}”一列"
        address = f"{column_letters(index)}{table.header_row}"
        faults.append(CellFault(address, table.header_row, title, near or "", f"缺少“{title}”列", remedy))
    for title in TITLES.values():
        if table.columns.count(title) > 1:
            index = len(table.columns) - 1 - table.columns[::-1].index(title)
            address = f"{column_letters(index)}{table.header_row}"
            faults.append(
                CellFault(address, table.header_row, title, title, "同一列出现两次", "请删去多余的一列")
            )
    return faults


def _cell_faults(table: Table, columns: Mapping[str, int], number: int) -> list[CellFault]:
    spoiled = {address: ("单元格是公式", "请以“数值”粘贴后再上传") for address in table.formulas}
    spoiled |= {address: ("单元格是错误值", "请改为正确的内容") for address in table.errors}
    return [
        _fault(columns, field, number, "", *spoiled[address])
        for field, index in columns.items()
        if (address := f"{column_letters(index)}{number}") in spoiled
    ]


def _fault(
    columns: Mapping[str, int], field: str, number: int, value: str, rule: str, remedy: str
) -> CellFault:
    """Return a fault at the cell of a field, at the code where the sheet has no such column."""
    address = f"{column_letters(columns.get(field, columns['code']))}{number}"
    return CellFault(address, number, TITLES[field], value, rule, remedy)


def _text(cells: Row, index: int | None) -> str:
    if index is None or index >= len(cells) or cells[index] is None:
        return ""
    return str(cells[index]).strip()
