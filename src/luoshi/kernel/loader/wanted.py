"""Compares what a test reached with the table of what it should reach, cell by cell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from luoshi.core.formulas import rounded
from luoshi.kernel.assess.compute import SheetResult
from luoshi.kernel.loader.checks.context import nearest_hint
from luoshi.kernel.loader.fixtures import Sheet
from luoshi.kernel.loader.nodes import Faults, Node, Place
from luoshi.kernel.loader.sections.reports import Differs, PackTest

UNIT, PERIOD, DASH = "单位", "期间", "—"
PARTS = ("input", "points", "deduct", "indicator")


@dataclass(frozen=True)
class Reached:
    """The results of a test: sheets by (unit title, period), printed figures by (unit title, period, key),
    printed totals by key; the keys of the scheme's criteria and of the form's indicators."""

    sheets: Mapping[tuple[str, str], SheetResult]
    figures: Mapping[tuple[str, str, str], str]
    totals: Mapping[str, str]
    criteria: frozenset[str]
    indicators: frozenset[str]


def compare(sheet: Sheet, node: Node, test: PackTest, reached: Reached, faults: Faults) -> int:
    """Compare every filled cell of a want table; returns how many were compared.

    An empty cell was not published and is not compared; "—" wants no value. A number is compared at the
    decimals it is written with. A deviation is declared in ``differs``, and a declared one must be there.
    """
    if not _head_right(sheet, node, reached, faults):
        return 0
    declared = {(each.unit, each.period or test.period, each.column): each for each in test.differs}
    compared = 0
    for number, row in enumerate(sheet.rows):
        period = row.get(PERIOD) or test.period or ""
        for column, want in row.items():
            if column in (UNIT, PERIOD) or want == "":
                continue
            compared += 1
            place = sheet.place(number, column, f"{node.path}.want")
            got = _got(column, row[UNIT], period, want, reached)
            _judge(
                place, row[UNIT], column, want, got, declared.pop((row[UNIT], period, column), None), faults
            )
    for unit, _, column in declared:
        listed = node.get("differs") or node
        faults.add(listed.place, f"differs 所列 {unit} 的 {column} 不在应得表中")
    return compared


def _judge(
    place: Place, unit: str, column: str, want: str, got: str, differs: Differs | None, faults: Faults
) -> None:
    if differs is None:
        if not _same(want, got):
            faults.add(
                place, f"{unit} {column} 应得 {want}，算得 {got}", "确系公布有误的，请在 differs 中说明"
            )
    elif not _same(differs.published, want) or not _same(differs.computed, got):
        told = f"differs 写公布 {differs.published}、算得 {differs.computed}"
        faults.add(place, f"{unit} {column} 公布 {want}、算得 {got}，与说明不符", told)
    elif _same(want, got):
        faults.add(place, f"{unit} {column} 公布与算得相同，不应写在 differs 中")


def _head_right(sheet: Sheet, node: Node, reached: Reached, faults: Faults) -> bool:
    known = {"total", "rank"} | {f"{part}.{key}" for part in PARTS[:3] for key in reached.criteria}
    known |= {f"indicator.{key}" for key in reached.indicators}
    right = UNIT in sheet.columns
    if not right:
        faults.add(Place(sheet.name, 1, 1, f"{node.path}.want"), f"应得表要有“{UNIT}”列")
    for number, column in enumerate(sheet.columns, 1):
        if column not in {UNIT, PERIOD} | known:
            place = Place(sheet.name, 1, number, f"{node.path}.want.{number}")
            faults.add(place, f"没有列“{column}”", nearest_hint(column, known))
            right = False
    return right


def _got(column: str, unit: str, period: str, want: str, reached: Reached) -> str:
    """Return the value reached, at the decimals of ``want``; "—" when there is none."""
    part, _, key = column.partition(".")
    if part == "indicator":
        return reached.figures.get((unit, period, key), DASH).rstrip("%")
    sheet = reached.sheets.get((unit, period))
    if sheet is None:
        return DASH
    if column == "rank":
        return DASH if sheet.rank is None else str(sheet.rank)
    if column == "total":
        return DASH if sheet.total is None else f"{sheet.total:f}"
    line = next((each for each in sheet.lines if each.key == key), None)
    if line is None:
        return DASH
    if part == "input":
        return line.input_text.rstrip("%")
    if line.points is None:
        return DASH
    points = -line.points if part == "deduct" else line.points
    return f"{rounded(points, len(want.partition('.')[2])):f}"


def _same(want: str, got: str) -> bool:
    """Say whether two printed values are the same number, or the same text."""
    try:
        return Decimal(want) == Decimal(got)
    except InvalidOperation:
        return want == got
