"""Table rows as one value of a form: read cell by cell, spelled as one canonical text, summed, compared.

The canonical text is a JSON list of objects, one a row, every column by its key with its canonical text or
null. Rows without any text are left out.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, TypeAlias

from luoshi.core.canonical import canonical_bytes, decimal_text
from luoshi.kernel.definitions.reading import MISSING, Problem, Unfit

if TYPE_CHECKING:
    from luoshi.kernel.definitions.fields import Field

LONGEST_ROWS = 100_000
LONGEST_CELL = 200
FAULTS_NAMED = 3

TextRow: TypeAlias = "dict[str, str | None]"


class RowsUnfit(Unfit):
    """Cells of a table do not fit. ``cells``: (row from 1, column key) → what is wrong there."""

    def __init__(self, field: Field, cells: Mapping[tuple[int, str], Problem]) -> None:
        titles = {column.key: column.title for column in field.columns}
        named = [f"第 {row} 行“{titles[key]}”{problem.rule}" for (row, key), problem in cells.items()]
        more = f"等 {len(named)} 处" if len(named) > FAULTS_NAMED else ""
        super().__init__("；".join(named[:FAULTS_NAMED]) + more, "请逐格改正")
        self.cells = dict(cells)


@dataclass(frozen=True, slots=True)
class RowChange:
    """One row beside another version: ``sign`` is "" (in both), "added" or "removed"; ``cells`` as shown."""

    sign: str
    cells: tuple[str, ...]


def rows_read(field: Field, raw: object) -> str | None:
    """Return the canonical text of a table, given as JSON text; None for one without rows.

    Raises: Unfit; RowsUnfit when cells do not fit.
    """
    rows = [row for row in rows_typed(field, raw) if any(text.strip() for text in row.values())]
    if not rows:
        if field.blank:
            return None
        raise Unfit(MISSING, f"请在{field.title}中至少填写一行")
    if len(rows) > field.most_many:
        raise Unfit(f"最多 {field.most_many} 行", f"现有 {len(rows)} 行，请删减或合并")
    faults: dict[tuple[int, str], Problem] = {}
    read: list[TextRow] = []
    for number, row in enumerate(rows, start=1):
        cells: TextRow = {}
        for column in field.columns:
            try:
                cells[column.key] = _cell(column, row.get(column.key, ""))
            except Unfit as unfit:
                faults[number, column.key] = unfit.problem
        read.append(cells)
    if faults:
        raise RowsUnfit(field, faults)
    return canonical_bytes(read).decode()


def rows_typed(field: Field, raw: object) -> list[dict[str, str]]:
    """Return the rows of a table as typed, blank ones too. Raises: Unfit for anything else."""
    if raw is None or (isinstance(raw, str) and not raw.strip()):
        return []
    known = {column.key for column in field.columns}
    try:
        rows = json.loads(raw) if isinstance(raw, str) and len(raw) <= LONGEST_ROWS else None
    except (ValueError, RecursionError):
        rows = None
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise Unfit("表格内容无法识别或过长", "请刷新页面后重新填写")
    typed = []
    for row in rows:
        if not known >= row.keys() or not all(text is None or isinstance(text, str) for text in row.values()):
            raise Unfit("表格内容无法识别或过长", "请刷新页面后重新填写")
        typed.append({key: text or "" for key, text in row.items()})
    return typed


def rows_of(text: str | None) -> list[TextRow]:
    """Return the rows of a canonical text."""
    rows: list[TextRow] = json.loads(text) if text else []
    return rows


def rows_shown(field: Field, text: str | None) -> list[tuple[str, ...]]:
    """Return the rows of a canonical text as a reader sees them, in the order of the columns."""
    return [
        tuple(
            "" if row.get(column.key) is None else column.display(row[column.key]) for column in field.columns
        )
        for row in rows_of(text)
    ]


def rows_totals(field: Field, text: str | None) -> dict[str, str]:
    """Return the sum of every column that is summed, by key; blanks add nothing."""
    rows = rows_of(text)
    return {
        key: decimal_text(sum((Decimal(cell) for row in rows if (cell := row.get(key))), Decimal(0)))
        for key in field.totals
    }


def rows_words(field: Field, text: str) -> str:
    """Return a table in a few words: how many rows, and what they sum up to."""
    titles = {column.key: column for column in field.columns}
    sums = [
        f"{titles[key].title}合计 {total}{titles[key].unit}"
        for key, total in rows_totals(field, text).items()
    ]
    return "，".join([f"{len(rows_of(text))} 行", *sums])


def rows_changed(field: Field, before: str | None, now: str | None) -> list[RowChange]:
    """Return the rows of ``now`` with what was added and removed against ``before``, in order."""
    old, new = rows_shown(field, before), rows_shown(field, now)
    changes: list[RowChange] = []
    for step, old_from, old_to, new_from, new_to in SequenceMatcher(
        None, old, new, autojunk=False
    ).get_opcodes():
        if step == "equal":
            changes += [RowChange("", row) for row in new[new_from:new_to]]
        else:
            changes += [RowChange("removed", row) for row in old[old_from:old_to]]
            changes += [RowChange("added", row) for row in new[new_from:new_to]]
    return changes


def rows_text(rows: Sequence[Mapping[str, str]]) -> str:
    """Return typed rows as one text, "" when nothing was typed: how a draft keeps a table."""
    if not any(text.strip() for row in rows for text in row.values()):
        return ""
    return json.dumps([dict(row) for row in rows], ensure_ascii=False, separators=(",", ":"))


def _shown(column: Field, text: str | None) -> str:
    return "" if text is None else column.display(text)


def _cell(column: Field, raw: str) -> str | None:
    text = column.read(raw)
    if text is not None and len(text) > LONGEST_CELL:
        raise Unfit(f"不得超过 {LONGEST_CELL} 字", f"现有 {len(text)} 字，请删减")
    return text
