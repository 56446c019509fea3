"""Units from a spreadsheet: what would be done, cell by cell. Nothing is saved before ``actions.units_take``.

Columns: 单位编码, 单位名称, 类别 and 上级编码 are needed, 简称 and 别名 may be absent; several aliases stand
in one cell, parted by 、 or ；. An empty 上级编码 puts the unit at the top of the tree.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from luoshi.kernel.org.checking import UNITS, SheetCheck, UnitRow
from luoshi.kernel.org.models import MAIN_TREE
from luoshi.kernel.org.sheet import CellFault, Given, SheetTable, given_of


@dataclass(frozen=True, slots=True)
class Preview:
    """What taking the sheet would do on the day ``on`` in ``tree``.

    ``rows`` in the order of the sheet; ``faults`` in reading order, those of the head first; ``notes`` say
    what is left out. ``given`` is what was typed, kept so that it can be checked again when it is taken.
    """

    on: date
    tree: str
    given: Given
    rows: tuple[UnitRow, ...]
    faults: tuple[CellFault, ...]
    notes: tuple[str, ...]

    @property
    def new(self) -> int:
        """Number of units that would be set up."""
        return self._count("new")

    @property
    def same(self) -> int:
        """Number of rows that are there already."""
        return self._count("same")

    @property
    def broken(self) -> int:
        """Number of rows with faults."""
        return self._count("broken")

    def _count(self, state: str) -> int:
        return sum(row.state == state for row in self.rows)


def units_preview(table: SheetTable, *, on: date, tree: str = MAIN_TREE) -> Preview:
    """Return what taking a table of units would do, with every fault of every cell.

    ``table``: as read by ``kernel.files.sheets.read_table``. Five queries, whatever the number of rows.
    """
    return checked(given_of(table, UNITS), on=on, tree=tree)


def checked(given: Given, *, on: date, tree: str) -> Preview:
    """Check what was typed against the tables of this moment."""
    check = SheetCheck(given, on=on, tree=tree)
    return Preview(
        on=on,
        tree=tree,
        given=given,
        rows=check.rows,
        faults=given.head_faults + check.faults,
        notes=given.notes,
    )
