"""A round's sheets as a table: one row a unit, one pair of columns a criterion."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

DASH = "—"


@dataclass(frozen=True)
class Criterion:
    """One column pair of the table."""

    key: str
    title: str
    weight: str


@dataclass(frozen=True)
class SheetRow:
    """One unit: its sheet and its lines, in the order of the criteria (None where it has none)."""

    sheet: Any
    lines: tuple[Any | None, ...]


@dataclass(frozen=True)
class Group:
    """Units that are compared with one another."""

    key: str
    title: str
    rows: tuple[SheetRow, ...]


def criteria_of(body: dict[str, Any]) -> tuple[Criterion, ...]:
    """Return the criteria of a scheme body."""
    return tuple(Criterion(each["key"], each["title"], each.get("weight") or "") for each in body["criteria"])


def groups_of(sheets: Iterable[Any], criteria: Sequence[Criterion], *, group: str, sort: str) -> list[Group]:
    """Arrange sheets by group; ``sort`` is "" (as published), "unit", "total" or the key of a criterion.

    Sorting by a number puts the higher one first and what has none last.
    """
    found: dict[tuple[str, str], list[SheetRow]] = {}
    for sheet in sheets:
        if group and sheet.group != group:
            continue
        lines = {line.key: line for line in sheet.lines.all()}
        row = SheetRow(sheet, tuple(lines.get(each.key) for each in criteria))
        found.setdefault((sheet.group, sheet.group_title), []).append(row)
    places = {each.key: place for place, each in enumerate(criteria)}
    return [
        Group(key, title, tuple(sorted(rows, key=lambda row: order(row, sort, places))))
        for (key, title), rows in found.items()
    ]


def order(row: SheetRow, sort: str, places: dict[str, int]) -> tuple[Any, ...]:
    """Return the sort key of a row."""
    if sort == "unit":
        return (row.sheet.unit.sort, row.sheet.unit.code)
    if sort == "total":
        return falling(row.sheet.total, row)
    if sort in places:
        line = row.lines[places[sort]]
        return falling(line.points if line is not None else None, row)
    return (row.sheet.seq,)


def falling(text: str | None, row: SheetRow) -> tuple[Any, ...]:
    """Higher numbers first, none last, equals in the order of the round."""
    return (text is None, -Decimal(text or 0), row.sheet.seq)


def export_rows(groups: Iterable[Group]) -> list[tuple[Any, ...]]:
    """Return the rows of the spreadsheet, in the order of ``export_columns``."""
    rows = []
    for group in groups:
        for row in group.rows:
            sheet = row.sheet
            cells: list[Any] = [group.title, sheet.rank, sheet.unit.code, sheet.unit.title]
            for line in row.lines:
                cells += [
                    line.input_text if line else DASH,
                    Decimal(line.points) if line and line.points else None,
                ]
            total = None if sheet.total is None else Decimal(sheet.total)
            rows.append((*cells, total, sheet.reason))
    return rows
