"""Tables and charts of a report: columns are named, every number in a cell is a bound figure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from luoshi.core.formulas import rounded
from luoshi.kernel.assess.compute import LineResult, SheetResult
from luoshi.kernel.documents.tree import Cell, Chart, Column, Table
from luoshi.kernel.indicators.engine import FigureResult
from luoshi.kernel.reports.bounds import Bound, Bounds
from luoshi.kernel.reports.material import Material, ScoredRound
from luoshi.kernel.reports.scores import place_key, score_text, sheet_bound, total_bound

TITLES = {
    "seq": "序号",
    "period": "期间",
    "rank": "名次",
    "unit": "单位",
    "criterion": "考核项",
    "input": "取值",
    "points": "得分",
    "deduct": "扣分",
    "total": "得分",
    "status": "说明",
}
WIDTHS = {"seq": 12.0, "rank": 14.0, "period": 24.0, "unit": 40.0, "criterion": 34.0, "status": 40.0}
STATUS = {"ranked": "", "scored": "", "items": "只列分项", "apart": "另列"}
EMPTY = "—"


@dataclass(frozen=True)
class Row:
    """One row of a table: a sheet, one line of a sheet, or a unit with its indicator figures only."""

    seq: int
    scored: ScoredRound | None
    sheet: SheetResult | None
    line: LineResult | None
    unit_id: int
    unit_code: str
    unit_title: str


def table_of(spec: Mapping[str, Any], material: Material, bounds: Bounds) -> Table:
    """Return the table of a ``table`` line; a cell without a value shows "—"."""
    names: list[str] = spec["columns"]
    rows = tuple(
        tuple(_cell(name, row, material, bounds) for name in names) for row in _rows(spec["rows"], material)
    )
    columns = tuple(Column(_title(name, material), _width(name), _align(name)) for name in names)
    return Table(columns, rows, caption=spec["title"].replace("{period}", material.period.title))


def chart_of(spec: Mapping[str, Any], material: Material) -> Chart:
    """Return the chart of a ``chart`` line, one category per row, one series per column name."""
    rows = [row for row in _rows(spec["rows"], material) if row.sheet is None or row.sheet.status != "apart"]
    title = spec["title"].replace("{period}", material.period.title)
    series = tuple(
        (_title(name, material), tuple(_number(name, row, material) for row in rows))
        for name in spec["series"]
    )
    best = "；".join(f"{row.unit_title} {series[0][1][index]}" for index, row in enumerate(rows[:3]))
    return Chart(
        kind=spec["kind"],
        title=title,
        categories=tuple(row.unit_title for row in rows),
        series=series,
        unit=spec.get("unit", ""),
        alt=f"{title}。前列：{best}。",
    )


def _rows(kind: str, material: Material) -> Iterator[Row]:
    if kind == "units":
        yield from _unit_rows(material)
        return
    seq = 0
    for scored in material.rounds:
        for sheet in scored.sheets:
            lines: tuple[LineResult | None, ...] = (None,)
            if kind == "lines":
                lines = tuple(line for line in sheet.lines if line.points is not None)
            for line in lines:
                seq += 1
                unit = sheet.unit
                yield Row(seq, scored, sheet, line, unit.id, unit.code, unit.title)


def _unit_rows(material: Material) -> Iterator[Row]:
    """Yield a row for every unit with something behind one of its figures, in tree order."""
    filed = {unit_id for (_, unit_id), figure in material.by_unit.items() if figure.base}
    seq = 0
    for unit_id, unit in material.units.items():
        if unit_id in filed:
            seq += 1
            yield Row(seq, None, None, None, unit_id, unit.code, unit.title)


def _cell(name: str, row: Row, material: Material, bounds: Bounds) -> Cell:
    words: Mapping[str, Callable[[], str]] = {
        "seq": lambda: str(row.seq),
        "unit": lambda: row.unit_title,
        "period": lambda: row.scored.period.title if row.scored else material.period.title,
        "criterion": lambda: row.line.title if row.line else "",
        "status": lambda: (row.sheet.reason or STATUS[row.sheet.status]) if row.sheet else "",
    }
    if name in words:
        return Cell(words[name]())
    bound = _bound(name, row, material)
    if bound is None or bound.text == EMPTY:
        return Cell(EMPTY)
    bounds.add(bound)
    return Cell(bound.text, figure_key=bound.key)


def _bound(name: str, row: Row, material: Material) -> Bound | None:
    """Bind the number of a cell; None where the row has none."""
    head, _, key = name.partition(".")
    if head == "indicator":
        return _indicator_bound(material.by_unit.get((key, row.unit_id)), row, material)
    if row.sheet is None or row.scored is None:
        return None
    if head == "rank":
        text = EMPTY if row.sheet.rank is None else str(row.sheet.rank)
        return sheet_bound("rank", text, row.sheet, row.scored, material)
    if head == "total":
        return total_bound(row.sheet, row.scored, material)
    line = row.line if not key else next((each for each in row.sheet.lines if each.key == key), None)
    if line is None:
        return None
    return _line_bound(head, line, material.points_digits[key], row.sheet, row.scored, material)


def _indicator_bound(figure: FigureResult | None, row: Row, material: Material) -> Bound | None:
    if figure is None:
        return None
    key = figure.ref.partition(".")[2]
    return Bound(
        key=f"{key}.{row.unit_code}",
        text=figure.text,
        kind="indicator",
        part="value",
        ref=figure.ref,
        period=material.period.code,
        unit_id=row.unit_id,
    )


def _line_bound(
    part: str, line: LineResult, digits: int, sheet: SheetResult, scored: ScoredRound, material: Material
) -> Bound:
    assert material.scheme is not None
    return Bound(
        key=f"{part}.{line.key}.{place_key(sheet.unit.code, scored, material)}",
        text=_line_text(part, line, digits),
        kind="line",
        part=part,
        ref=material.scheme.ref,
        period=scored.period.code,
        unit_id=sheet.unit.id,
        row_id=line.row_id,
    )


def _line_text(part: str, line: LineResult, digits: int) -> str:
    if part == "input":
        return line.input_text
    if line.points is None:
        return EMPTY
    return f"{rounded(line.points if part == 'points' else -line.points, digits):f}"


def _number(name: str, row: Row, material: Material) -> Decimal | None:
    bound = _bound(name, row, material)
    if bound is None or bound.text == EMPTY:
        return None
    if bound.part == "total" and row.sheet is not None:
        return Decimal(score_text(row.sheet.total, material))
    return Decimal(bound.text.rstrip("%"))


def _title(name: str, material: Material) -> str:
    head, _, key = name.partition(".")
    if head == "indicator":
        figure = next((each for (each_key, _), each in material.by_unit.items() if each_key == key), None)
        return figure.title if figure is not None else key
    if not key:
        return TITLES[head]
    criteria = material.scheme.body["criteria"] if material.scheme else ()
    title = next((each["title"] for each in criteria if each["key"] == key), key)
    word = {"points": "得分", "deduct": "扣分"}.get(head, "")
    return title if title.endswith(word) else f"{title}{word}"


def _width(name: str) -> float:
    return WIDTHS.get(name, 22.0)


def _align(name: str) -> Any:
    return (
        "left"
        if name in ("unit", "criterion", "status")
        else "center"
        if name in ("seq", "rank", "period")
        else "right"
    )
