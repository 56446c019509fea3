"""Runs the tests of a pack: its own fixture rows through its own forms, indicators and schemes.

Nothing is stored and no database is asked: filings are rows of the fixture, figures come from the plain
fold that is also the oracle of the SQL compiler, scores from the same pure scoring that rounds use.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from luoshi.core.errors import Refusal
from luoshi.core.expr import parse
from luoshi.kernel.assess.compute import ScoredUnit, SheetResult, indicator_keys, score
from luoshi.kernel.definitions.fields import Field, Unfit, field_of
from luoshi.kernel.indicators.fold import fold, printed
from luoshi.kernel.loader.bodies import Bodies
from luoshi.kernel.loader.fixtures import FixtureUnit, Sheet, UnitNames, read_sheet, selected, units_of
from luoshi.kernel.loader.folder import Files
from luoshi.kernel.loader.item_trials import ItemTrial, TrialResult
from luoshi.kernel.loader.nodes import Faults, Node
from luoshi.kernel.loader.sections.reports import PackTest
from luoshi.kernel.loader.wanted import Reached, compare

Row = dict[str, Decimal | str | None]


@dataclass(frozen=True)
class Figure:
    """A figure as scoring wants it."""

    value: Decimal | None
    text: str
    base: int
    unit: str


@dataclass(frozen=True)
class Filed:
    """One row of the fixture as a filing: whose, for which period, with which values."""

    unit: FixtureUnit
    period: str
    values: Mapping[str, Decimal | str | None]

    @property
    def row(self) -> Row:
        return {**self.values, **self.unit.facts, "answer": "filed", "timing": "on_time"}


class TrialRefused(Exception):
    """The rows or the scheme were refused; the text is what an official would read."""


def run_trials(root: Node, bodies: Bodies, folder: Files, faults: Faults) -> tuple[TrialResult, ...]:
    """Run every test whose own entries are sound; note where a result differs from what is wanted."""
    tests = root.get("tests")
    results = []
    for number, node in enumerate(tests.elements() if tests is not None else (), 1):
        if faults.under(node.path):
            continue
        trial: _Trial | ItemTrial
        if node.get("item") is not None:
            trial = ItemTrial(number, node, bodies, folder, faults)
        else:
            trial = _Trial(number, node, bodies, folder, faults)
        if trial.sound():
            result = trial.run()
            if result is not None:
                results.append(result)
    return tuple(results)


class _Trial:
    """One test being run."""

    def __init__(self, number: int, node: Node, bodies: Bodies, folder: Files, faults: Faults) -> None:
        self.number = number
        self.node = node
        self.test = PackTest.model_validate(node.plain())
        self.bodies = bodies
        self.folder = folder
        self.faults = faults
        self.template = bodies.get(("imports", self.test.import_ or ""), {})
        self.form = bodies.get(("forms", self.template.get("form", "")), {})
        self.scheme = bodies.get(("schemes", self.test.scheme), {}) if self.test.scheme else {}

    def sound(self) -> bool:
        """Say whether everything the test leans on is there and free of faults: no fault is told twice."""
        if not self.template or not self.form or (self.test.scheme and not self.scheme):
            return False
        needed = {*(indicator_keys(self.scheme) if self.scheme else ()), *self.test.figures}
        if any(("indicators", key) not in self.bodies for key in needed):
            return False
        leans_on = [f"imports.{self.test.import_}", f"forms.{self.template['form']}", "vocab"]
        leans_on += [f"indicators.{key}" for key in needed | self._listed()]
        leans_on += [f"schemes.{self.test.scheme}"] if self.test.scheme else []
        return not any(self.faults.under(path) for path in leans_on)

    def _listed(self) -> set[str]:
        """Return the indicators that the head of the want table names."""
        if self.test.want is None:
            return set()
        head = self.folder.read(self.test.want).partition(b"\n")[0].decode("utf-8", "replace")
        columns = (column.strip().partition(".") for column in head.split(","))
        return {key for part, _, key in columns if part == "indicator"}

    def run(self) -> TrialResult | None:
        sheet = read_sheet(self.test.rows, self.folder.read(self.test.rows), self.node.path, self.faults)
        assert self.test.units is not None
        units_sheet = read_sheet(
            self.test.units, self.folder.read(self.test.units), self.node.path, self.faults
        )
        if sheet is None or units_sheet is None:
            return None
        units = units_of(units_sheet, self.node.path, self.faults)
        if not units:
            return None
        try:
            filed = self._filed(sheet, units)
            reached = self._reached(filed, units)
        except (TrialRefused, Refusal) as refusal:
            return self._refused(str(refusal), len(sheet.rows))
        if self.test.refused:
            self.faults.add(self.node.head, "应当被拒绝的数据没有被拒绝")
            return None
        return self._compared(reached, len(sheet.rows))

    def _filed(self, sheet: Sheet, units: Sequence[FixtureUnit]) -> list[Filed]:
        """Read the rows as an import would. Raises: TrialRefused with every fault of the rows."""
        template = self.template
        wanted = [template["unit"], *template["columns"].values()]
        if template["period"] != "none":
            wanted.append(template["period"])
        missing = [column for column in wanted if column not in sheet.columns]
        if missing:
            raise TrialRefused(f"{sheet.name} 缺少列：{'、'.join(missing)}")
        unknown = set(sheet.columns) - set(wanted) - set(template["ignore"])
        if unknown:
            raise TrialRefused(f"{sheet.name} 有模板未列明的列：{'、'.join(sorted(unknown))}")
        names = UnitNames(selected(self.form["to"], units))
        fields = self._fields()
        faults: list[str] = []
        filed = [self._row(sheet, number, names, fields, faults) for number in range(len(sheet.rows))]
        if faults:
            raise TrialRefused(f"{sheet.name} {'；'.join(faults)}")
        return [each for each in filed if each is not None]

    def _row(
        self, sheet: Sheet, number: int, names: UnitNames, fields: Sequence[Field], faults: list[str]
    ) -> Filed | None:
        row, line = sheet.rows[number], sheet.lines[number]
        text = row[self.template["unit"]]
        unit = names.find(text)
        if unit is None:
            faults.append(f"第 {line} 行：没有适用本表的单位“{text}”{names.near(text)}")
            return None
        values: dict[str, Decimal | str | None] = {}
        for field in fields:
            column = self.template["columns"].get(field.key)
            try:
                values[field.key] = field.typed(field.read(row[column] if column else None))
            except Unfit as unfit:
                faults.append(f"第 {line} 行“{column or field.title}”：{unfit.problem}")
        if len(values) < len(fields):
            return None
        for rule in self.form["rules"]:
            must = parse(rule["must"])
            if all(values[name] is not None for name in must.names) and must.value(values) is not True:
                faults.append(f"第 {line} 行：{rule['say']}")
        period = self.template["period"]
        return Filed(unit, self.test.period or "" if period == "none" else row[period], values)

    def _fields(self) -> list[Field]:
        vocabs = {key: body["options"] for (section, key), body in self.bodies.items() if section == "vocab"}
        return [field_of(spec, vocabs) for spec in self.form["fields"]]

    def _reached(self, filed: Sequence[Filed], units: Sequence[FixtureUnit]) -> Reached:
        """Score every period of the rows and fold the wanted totals. Raises: MissingInput."""
        sheets: dict[tuple[str, str], SheetResult] = {}
        figures: dict[tuple[str, str, str], str] = {}
        for period in sorted({each.period for each in filed}):
            part = [each for each in filed if each.period == period]
            for key in self._listed() & self._keys():
                for unit in {each.unit for each in part}:
                    figures[unit.title, period, key] = self._figure(key, part, unit).text
            if self.scheme:
                for sheet in self._scored(part, units):
                    sheets[sheet.unit.title, period] = sheet
        totals = {key: self._figure(key, filed, None).text for key in self.test.figures}
        return Reached(sheets, figures, totals, self._criteria(), self._keys())

    def _scored(self, part: Sequence[Filed], units: Sequence[FixtureUnit]) -> list[SheetResult]:
        groups = {
            group["key"]: [
                ScoredUnit(unit.id, unit.code, unit.title, unit.id) for unit in selected(group["of"], units)
            ]
            for group in self.scheme["groups"]
        }
        present = {each.unit.id: each.unit for each in part}
        figures = {
            (key, unit_id): self._figure(key, part, unit)
            for key in indicator_keys(self.scheme)
            for unit_id, unit in present.items()
        }
        return score(self.scheme, groups, figures)

    def _figure(self, key: str, filed: Sequence[Filed], unit: FixtureUnit | None) -> Figure:
        body = self.bodies["indicators", key]
        rows = [each.row for each in filed if unit is None or each.unit == unit]
        found = fold(body, rows)
        text = printed(found.value, found.num, found.den, body["digits"], body["unit"])
        return Figure(found.value, text, found.base, body["unit"])

    def _keys(self) -> frozenset[str]:
        """Return the indicators over the form of this test: those that a want table may name."""
        return frozenset(
            key
            for (section, key), body in self.bodies.items()
            if section == "indicators" and body["form"] == self.template["form"]
        )

    def _criteria(self) -> frozenset[str]:
        return frozenset(criterion["key"] for criterion in self.scheme.get("criteria", ()))

    def _refused(self, message: str, rows: int) -> TrialResult | None:
        lacking = [word for word in self.test.refused if word not in message]
        if not self.test.refused:
            self.faults.add(self.node.head, f"检验未能通过：{message}")
        elif lacking:
            self.faults.add(self.node.head, f"拒绝的理由没有提到“{'、'.join(lacking)}”：{message}")
        else:
            return TrialResult(self.number, self.test.rows, rows, 0, (), message)
        return None

    def _compared(self, reached: Reached, rows: int) -> TrialResult | None:
        compared = 0
        for key, text in self.test.figures.items():
            compared += 1
            got = reached.totals[key].rstrip("%")
            if got != text.rstrip("%"):
                node = self.node.get("figures")
                found = node.get(key) if node is not None else None
                self.faults.add((found or self.node).place, f"指标 {key} 应得 {text}，算得 {got}")
        if self.test.want is not None:
            sheet = read_sheet(self.test.want, self.folder.read(self.test.want), self.node.path, self.faults)
            if sheet is None:
                return None
            compared += compare(sheet, self.node, self.test, reached, self.faults)
        notes = tuple(
            f"{each.unit} {each.column}：公布 {each.published}，算得 {each.computed}（{each.why}）"
            for each in self.test.differs
        )
        return TrialResult(self.number, self.test.rows, rows, compared, notes)
