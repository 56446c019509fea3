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
    """One unit: its sheet, printed total, and (line, printed points) by criterion, None where it has none."""

    sheet: Any
    total: str
    lines: tuple[tuple[Any, str] | None, ...]


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
    shown = [sheet for sheet in sheets if not group or sheet.group == group]
    totals = scale_of(sheet.total for sheet in shown)
    points = {
        each.key: scale_of(
            line.points for sheet in shown for line in sheet.lines.all() if line.key == each.key
        )
        for each in criteria
    }
    found: dict[tuple[str, str], list[SheetRow]] = {}
    for sheet in shown:
        lines = {line.key: (line, printed(line.points, points[line.key])) for line in sheet.lines.all()}
        row = SheetRow(sheet, printed(sheet.total, totals), tuple(lines.get(each.key) for each in criteria))
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
        entry = row.lines[places[sort]]
        return falling(entry[0].points if entry is not None else None, row)
    return (row.sheet.seq,)


def falling(text: str | None, row: SheetRow) -> tuple[Any, ...]:
    """Higher numbers first, none last, equals in the order of the round."""
    return (text is None, -Decimal(text or 0), row.sheet.seq)


def scale_of(texts: Iterable[str | None]) -> int:
    """Return the most decimals that any of the numbers has, so that a column stands even."""
    return max((len(text.partition(".")[2]) for text in texts if text), default=0)


def printed(text: str | None, digits: int) -> str:
    """Return a number with ``digits`` decimals, zeros added; a dash for none.

    >>> printed("99", 2), printed("98.06", 2), printed(None, 1)
    ('99.00', '98.06', '—')
    """
    return DASH if text is None else f"{Decimal(text):.{digits}f}"


def export_rows(groups: Iterable[Group]) -> list[tuple[Any, ...]]:
    """Return the spreadsheet's rows: group, rank, unit, value and points of each, total, grade, reason."""
    rows = []
    for group in groups:
        for row in group.rows:
            sheet = row.sheet
            cells: list[Any] = [group.title, sheet.rank, sheet.unit.code, sheet.unit.title]
            for entry in row.lines:
                cells += [DASH, None] if entry is None else [entry[0].input_text, number(entry[0].points)]
            rows.append((*cells, number(sheet.total), sheet.grade_title, sheet.reason))
    return rows


def number(text: str | None) -> Decimal | None:
    """Return a stored number."""
    return None if text is None else Decimal(text)
