"""The sheet of several units as a file: to be filled in, or the rows left out with their faults marked."""

from __future__ import annotations

from luoshi.core.errors import Invalid
from luoshi.kernel.definitions.fields import FieldKind
from luoshi.kernel.documents.xlsx import Column, Kind, Marked, Sheet, Value, write_xlsx
from luoshi.kernel.filings.bulk import (
    EXPLAINED,
    FAULT_TITLE,
    HELP,
    ID,
    LATE,
    NOTE,
    SHEET,
    FillSheet,
    SheetColumn,
    columns_of,
    stamp_of,
)
from luoshi.kernel.filings.heads import UNIT
from luoshi.kernel.filings.importing import Preview

_WIDE = 28.0


def sheet_file(sheet: FillSheet) -> bytes:
    """Return the workbook to be filled in: id column hidden, id and unit locked, options to choose from."""
    rows: list[tuple[Value, ...]] = [sheet.help_row, *(row.cells for row in sheet.rows)]
    columns = [_column(each) for each in sheet.columns]
    return write_xlsx([Sheet(sheet.form.title, columns, rows, note=sheet.stamp, locked=True)])


def faults_file(found: Preview) -> bytes:
    """Return the rows of a filled sheet that have faults, each faulty cell marked with what to do about it.

    It can be filled in and sent back like the sheet it came from. Raises: Invalid when no row has a fault, or
    the file is no such sheet.
    """
    sheet = found.sheet
    if found.template.ref != SHEET or sheet is None or found.period is None or not found.broken:
        raise Invalid("这张表不是填报表，或没有有误的行，无需下载。")
    columns = columns_of(found.form)
    rows: list[tuple[Value, ...]] = [(*(HELP if each.key == ID else each.help for each in columns), "")]
    for row in found.rows:
        if not row.faults:
            continue
        place = sheet.place_of(row.number)
        cells: list[Value] = []
        for each in columns:
            raw = sheet.raw[each.key][place] if each.key in sheet.raw else None
            notes = [f"{fault.rule}，{fault.remedy}" for fault in row.faults if fault.column == each.title]
            cells.append(Marked(raw, "；".join(notes)) if notes else raw)
        told = "；".join(f"{fault.column}：{fault.rule}，{fault.remedy}" for fault in row.faults)
        rows.append((*cells, told))
    heads = [*map(_column, columns), Column(FAULT_TITLE, 60)]
    stamp = stamp_of(found.form, found.period)
    return write_xlsx([Sheet(f"{found.form.title} 有误的行", heads, rows, note=stamp, locked=True)])


def _column(each: SheetColumn) -> Column:
    if each.key == ID:
        return Column(each.title, 16, hidden=True)
    if each.key == UNIT:
        return Column(each.title, _WIDE)
    field = each.field
    if field is None:
        wide = _WIDE if each.key in (NOTE, LATE) or each.key.endswith(EXPLAINED) else 14
        return Column(each.title, wide, open=True, help=each.help)
    kinds: dict[FieldKind, Kind] = {FieldKind.INT: "int", FieldKind.DATE: "date"}
    return Column(
        title=each.title,
        width=_WIDE if field.kind is FieldKind.TEXT else max(12.0, 2.2 * len(each.title)),
        kind=kinds.get(field.kind, "decimal" if field.numeric else "text"),
        digits=field.digits,
        open=True,
        options=tuple(field.options.values()),
        help=each.help,
    )
