"""Runs a test of a pack over items: fixture rows under the names indicators use, folded to figures."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

from luoshi.core.errors import Refusal
from luoshi.core.expr import Kind
from luoshi.core.expr.kinds import literal_date
from luoshi.core.periods import parse_period
from luoshi.kernel.indicators.fold import fold, printed
from luoshi.kernel.indicators.grain import check_item_columns
from luoshi.kernel.indicators.grains import END
from luoshi.kernel.indicators.measure import measure_of
from luoshi.kernel.loader.bodies import Bodies
from luoshi.kernel.loader.checks.context import nearest_hint
from luoshi.kernel.loader.fixtures import Sheet, read_sheet
from luoshi.kernel.loader.folder import Files
from luoshi.kernel.loader.nodes import Faults, Node, Place
from luoshi.kernel.loader.sections.reports import PackTest

Row = dict[str, Decimal | str | bool | None]
TRUTHS = {"是": True, "否": False, "true": True, "false": False}


@dataclass(frozen=True)
class TrialResult:
    """One test as it went: what was compared and what is known to differ from print."""

    number: int
    rows_file: str
    rows: int
    compared: int
    differs: tuple[str, ...]
    refused: str = ""


class ItemTrial:
    """One test over items being run."""

    def __init__(self, number: int, node: Node, bodies: Bodies, folder: Files, faults: Faults) -> None:
        self.number = number
        self.node = node
        self.test = PackTest.model_validate(node.plain())
        self.bodies = bodies
        self.folder = folder
        self.faults = faults

    def sound(self) -> bool:
        """Say whether the type and every indicator wanted are there and free of faults."""
        leans_on = [f"items.{self.test.item}", "vocab", *(f"indicators.{key}" for key in self.test.figures)]
        if any(self.faults.under(path) for path in leans_on):
            return False
        counted = [self.bodies.get(("indicators", key)) for key in self.test.figures]
        return ("items", self.test.item or "") in self.bodies and None not in counted

    def run(self) -> TrialResult | None:
        """Fold the rows and compare; faults where a figure differs."""
        sheet = read_sheet(self.test.rows, self.folder.read(self.test.rows), self.node.path, self.faults)
        kinds = self._kinds()
        rows = None if sheet is None else self._rows(sheet, kinds)
        if sheet is None or rows is None:
            return None
        for key, want in self.test.figures.items():
            place = self._place(key)
            body = self.bodies["indicators", key]
            if body["grain"] != self.test.item:
                self.faults.add(place, f"指标 {key} 统计的不是事项 {self.test.item}")
                continue
            lacking = self._lacking(body, sheet, kinds)
            if lacking:
                self.faults.add(place, f"{sheet.name} 缺少列：{'、'.join(lacking)}")
                continue
            try:
                found = fold(body, self._within(body["time"], rows))
            except Refusal as refusal:
                self.faults.add(place, f"检验未能通过：{refusal.message.rstrip('。')}")
                continue
            got = printed(found.value, found.num, found.den, body["digits"], body["unit"])
            if got.rstrip("%") != want.rstrip("%"):
                self.faults.add(place, f"指标 {key} 应得 {want}，算得 {got}")
        return TrialResult(self.number, self.test.rows, len(rows), len(self.test.figures), ())

    def _place(self, key: str) -> Place:
        figures = self.node.get("figures")
        found = figures.get(key) if figures is not None else None
        return (found or self.node).place

    def _kinds(self) -> dict[str, Kind]:
        """Return the kind of every name a column may have; days are told from other texts by the axes."""
        vocabs = {key: body["options"] for (section, key), body in self.bodies.items() if section == "vocab"}
        columns, axes = check_item_columns(self.bodies["items", self.test.item or ""], vocabs)
        return {name: Kind.DATE if name in axes else column.kind for name, column in columns.items()}

    def _rows(self, sheet: Sheet, kinds: dict[str, Kind]) -> list[Row] | None:
        unknown = [column for column in sheet.columns if column not in kinds]
        for column in unknown:
            at = sheet.columns.index(column) + 1
            place = Place(sheet.name, 1, at, f"{self.node.path}.rows")
            self.faults.add(place, f"没有可统计的“{column}”", nearest_hint(column, kinds))
        rows: list[Row] = []
        for number, cells in enumerate([] if unknown else sheet.rows):
            row: Row = {}
            for column, text in cells.items():
                try:
                    row[column] = _typed(text, kinds[column])
                except (ValueError, InvalidOperation):
                    place = sheet.place(number, column, f"{self.node.path}.rows")
                    self.faults.add(place, f"“{text}”不是{_WORDS[kinds[column]]}")
            rows.append(row)
        sound = not unknown and all(len(row) == len(sheet.columns) for row in rows)
        return rows if sound else None

    def _lacking(self, body: dict[str, object], sheet: Sheet, kinds: dict[str, Kind]) -> list[str]:
        needed = {*measure_of(body).names, str(body["time"])} - {END}
        return sorted(name for name in needed if name in kinds and name not in sheet.columns)

    def _within(self, axis: str, rows: list[Row]) -> list[Row]:
        if self.test.period is None or axis == END:
            return rows
        period = parse_period(self.test.period)
        return [
            row
            for row in rows
            if isinstance(day := row[axis], str) and period.start <= date.fromisoformat(day) <= period.end
        ]


_WORDS = {Kind.NUMBER: "数字", Kind.TEXT: "文字", Kind.BOOL: "是或否", Kind.DATE: "2023-01-31 这样的日期"}


def _typed(text: str, kind: Kind) -> Decimal | str | bool | None:
    """Return a cell as expressions take it. Raises: ValueError, InvalidOperation."""
    if text == "":
        return None
    if kind is Kind.BOOL:
        if text not in TRUTHS:
            raise ValueError(text)
        return TRUTHS[text]
    if kind is Kind.DATE and literal_date(text) is None:
        raise ValueError(text)
    return Decimal(text) if kind is Kind.NUMBER else text
