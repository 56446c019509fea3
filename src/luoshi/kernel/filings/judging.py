"""Judging the rows of a table against what is owed: units, periods, cells and rules, column by column.

Each row is judged by the version of the form that its obligation was opened under.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, overload

from luoshi.core.beijing import local_day
from luoshi.core.errors import Invalid
from luoshi.core.periods import PeriodKind, parse_period, period_of
from luoshi.kernel.files.tables import Table, column_letters
from luoshi.kernel.filings.answering import Said
from luoshi.kernel.filings.columns import ReadColumn, rule_breakers
from luoshi.kernel.filings.forms import Form, form_by_id
from luoshi.kernel.filings.heads import PERIOD, UNIT, Head, spoiled_cells
from luoshi.kernel.filings.judged_by import Key, closed_to_first, other_versions, owed_ids
from luoshi.kernel.org.models import Unit
from luoshi.kernel.org.queries import UnitIndex
from luoshi.kernel.org.sheet import CellFault

if TYPE_CHECKING:
    from luoshi.kernel.filings.importing import Preview

MOST_FAULTS = 5_000
NO_COLUMN = "该期按旧版表单填报，请逐份填写"
NOT_OPENED = "请核对期间；期间无误的，请督查专员先开放该期间"


@dataclass(frozen=True, slots=True)
class PreviewRow:
    """One row of the file (``number`` from 1). ``cells``: field key → text. Clean without faults.

    ``kind``: what taking it would do, one of ``KINDS``; ``was``: field key → what stands there now, as shown.
    """

    number: int
    unit_text: str
    unit: Unit | None
    period: str
    cells: Mapping[str, str]
    faults: tuple[CellFault, ...]
    kind: str = "new"
    was: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CleanRow:
    """One row that can be taken: the obligation it answers, what it says, by which version of the form.

    ``prefilled``: the sheet came with what is known. ``corrects``: it takes the place of what stands.
    """

    number: int
    obligation_id: int
    form: Form
    said: Said
    prefilled: bool = False
    corrects: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """The rows of a sheet (indexes, rising) that one version of the form judges, read column by column."""

    form: Form
    rows: Sequence[int]
    read: dict[str, ReadColumn] = field(default_factory=dict)

    def values(self, place: int) -> dict[str, str | None]:
        """Return the values of a row without a problem by its place in the part; without column: blank."""
        return {
            each.key: self.read[each.key].text(place) if each.key in self.read else None
            for each in self.form.fields
        }


class Sheet:
    """The columns of one table while they are judged, and afterwards for whoever takes the clean rows."""

    def __init__(self, into: Preview, table: Table, head: Head, now: datetime) -> None:
        self.into = into
        self.form = into.form
        self.now = now
        filled = [
            i for i, row in enumerate(table.rows) if row[0] is not None or any(x is not None for x in row)
        ]
        rows = table.rows if len(filled) == len(table.rows) else [table.rows[i] for i in filled]
        first = table.first_data_row
        self.numbers: Sequence[int] = (
            range(first, first + len(rows)) if rows is table.rows else [first + i for i in filled]
        )
        cut = list(zip(*rows, strict=False))
        self.raw: dict[str, Sequence[Any]] = {
            key: cut[index] if cut else () for key, index in head.places.items()
        }
        self.letters = {key: column_letters(index) for key, index in head.places.items()}
        self.spoiled = list(spoiled_cells(table, head.places))
        self.broken: set[int] = set()
        self.units: dict[Any, Unit | None] = {}
        self.keys: list[Key] = []
        self.owed: dict[Key, int] = {}
        self.parts: list[Part] = []

    def judge(self, sight: set[int]) -> None:
        """Check everything and fill the preview."""
        self.owed = owed_ids(self.form, self.into.period)
        if self.into.period is not None and not self.owed:
            rule = f"期间“{self.into.period.title}”尚未开放填报"
            self.into.head_faults.append(CellFault("", 0, "期间", self.into.period.title, rule, NOT_OPENED))
            return
        self.into.sheet = self
        self._units()
        self._keys()
        self._obligations(sight)
        self._cells()
        self._rules()
        self._close()
        if not self.numbers:
            self.into.notes.append("表头以下没有数据行。")

    def _close(self) -> None:
        """Sort what was found and count."""
        self.into.row_faults.sort(key=lambda fault: fault.row)
        self.into.broken = len(self.broken)
        self.into.clean = len(self.numbers) - len(self.broken)

    def clean_rows(self) -> Iterator[CleanRow]:
        """Yield the rows without fault, those of one version of the form after the other."""
        for part in self.parts:
            for place, row in enumerate(part.rows):
                if row not in self.broken:
                    said = Said(part.values(place))
                    yield CleanRow(self.numbers[row], self.owed[self.keys[row]], part.form, said)

    def place_of(self, number: int) -> int:
        """Return the index of the row that stands in line ``number`` of the file."""
        return self.numbers.index(number)

    def kind_of(self, row: int) -> str:
        """Return what taking a row would do."""
        return "fault" if row in self.broken else "new"

    def was(self, row: int) -> Mapping[str, str]:
        """Return what stands where the row says something else: nothing, in a first filing."""
        return {}

    def _fault(self, row: int, key: str, rule: str, remedy: str) -> None:
        self.broken.add(row)
        if len(self.into.row_faults) >= MOST_FAULTS:
            self.into.faults_more += 1
            return
        number = self.numbers[row]
        value = self.raw[key][row] if key in self.raw else ""
        self.into.row_faults.append(
            CellFault(
                f"{self.letters.get(key, '')}{number}" if key in self.letters else "",
                number,
                self.into.template.titles.get(key, ""),
                "" if value is None else str(value)[:60],
                rule,
                remedy,
            )
        )

    def _units(self) -> None:
        """Find the unit of every distinct text, first among those that owe the form, then among all."""
        on = local_day(self.now)
        owing = UnitIndex(on, unit_ids={unit_id for unit_id, _ in self.owed if unit_id is not None})
        everybody: UnitIndex | None = None
        why: dict[Any, tuple[str, str]] = {}
        for raw in set(self.raw[UNIT]):
            found = owing.look("" if raw is None else str(raw))
            self.units[raw] = found.unit
            if found.unit is not None:
                continue
            why[raw] = found.rule, found.remedy
            everybody = everybody or UnitIndex(on)
            other = everybody.find(str(raw)) if raw is not None else None
            if other is not None:
                why[raw] = f"单位“{other.title}”不在本表本期的填报范围", "请删去该行，或核对单位名称"
        if why:
            for row, raw in enumerate(self.raw[UNIT]):
                if raw in why:
                    self._fault(row, UNIT, *why[raw])

    def _keys(self) -> None:
        """Give each row its unit and period, and fault a second row for the same."""
        ids = {raw: unit.pk if unit else None for raw, unit in self.units.items()}
        units = map(ids.__getitem__, self.raw[UNIT])
        self.keys = list(zip(units, self._period_codes(), strict=True))
        if len(set(self.keys)) == len(self.keys):
            return
        places: dict[Key, list[int]] = {}
        for row, key in enumerate(self.keys):
            if key[0] is not None and key[1]:
                places.setdefault(key, []).append(row)
        for rows in places.values():
            if len(rows) > 1:
                listed = "、".join(str(self.numbers[row]) for row in rows)
                for row in rows:
                    self._fault(
                        row, UNIT, f"同一单位同一期间出现 {len(rows)} 次（第 {listed} 行）", "请只保留一行"
                    )

    def _period_codes(self) -> Sequence[str]:
        if self.into.period is not None:
            return [self.into.period.code] * len(self.numbers)
        codes: dict[Any, str] = {}
        wrong: dict[Any, str] = {}
        for raw in set(self.raw[PERIOD]):
            try:
                codes[raw] = _period_code(raw, self.form.period_kind)
            except Invalid as refusal:
                codes[raw], wrong[raw] = "", refusal.message
        for row, raw in enumerate(self.raw[PERIOD]) if wrong else ():
            if raw in wrong:
                self._fault(row, PERIOD, wrong[raw], "请按表单的期间类别填写期间代码，如 2023-01")
        return list(map(codes.__getitem__, self.raw[PERIOD]))

    def _obligations(self, sight: set[int]) -> None:
        """Every row must answer an obligation that is open, unanswered, not locked and in sight."""
        ids = list(map(self.owed.get, self.keys))
        blind = {unit_id for unit_id, _ in self.keys} - sight - {None}
        shut = closed_to_first(self.form, self.now)
        if not blind and None not in ids and shut.keys().isdisjoint(ids):
            return
        opened = {code for _, code in self.owed}
        for row, (key, obligation_id) in enumerate(zip(self.keys, ids, strict=True)):
            if key[0] is None or not key[1]:
                continue
            if key[0] in blind:
                self._fault(row, UNIT, "该单位不在您的管辖范围", "请删去该行，由主管该单位的岗位导入")
            elif obligation_id in shut:
                self._fault(row, UNIT, *shut[obligation_id])
            elif obligation_id is None and key[1] not in opened:
                self._fault(row, PERIOD, f"期间“{parse_period(key[1]).title}”尚未开放填报", NOT_OPENED)
            elif obligation_id is None:
                self._fault(row, UNIT, "该单位不在本表本期的填报范围", "请删去该行，或核对单位与期间")

    def _cells(self) -> None:
        index = {number: row for row, number in enumerate(self.numbers)} if self.spoiled else {}
        spoiled: set[tuple[int, str]] = set()
        for number, key, rule, remedy in self.spoiled:
            row = index.get(number)
            if row is not None and (row, key) not in spoiled:
                spoiled.add((row, key))
                self._fault(row, key, rule, remedy)
        self.parts = self._by_version()
        for part in self.parts:
            self._read(part, spoiled)

    def _by_version(self) -> list[Part]:
        """Return the rows by the version of the form their obligation was opened under."""
        others = other_versions(self.form, self.into.period)
        if not others:
            return [Part(self.form, range(len(self.numbers)))]
        rows: dict[int, list[int]] = {}
        for row, key in enumerate(self.keys):
            version = others.get(self.owed.get(key, 0), self.form.definition_id)
            rows.setdefault(version, []).append(row)
        return [Part(form_by_id(version), some) for version, some in sorted(rows.items())]

    def _read(self, part: Part, spoiled: set[tuple[int, str]]) -> None:
        """Read the columns of a part, and fault what its version of the form asks and no column holds."""
        whole = len(part.rows) == len(self.numbers)
        for each in part.form.fields:
            if each.key not in self.raw:
                if not each.blank and each.key not in self.into.template.titles:
                    for row in part.rows:
                        self._fault(row, UNIT, f"本期表单有必填项“{each.title}”，表中没有这一列", NO_COLUMN)
                continue
            raws = self.raw[each.key]
            column = ReadColumn(each, raws if whole else [raws[row] for row in part.rows])
            part.read[each.key] = column
            for place, problem in column.problems.items():
                row = part.rows[place]
                if (row, each.key) not in spoiled:
                    self._fault(row, each.key, problem.rule, problem.remedy)

    def _rules(self) -> None:
        for part in self.parts:
            for rule in part.form.rules:
                shown = next((key for key in self.letters if key in rule.must.names), UNIT)
                for place in rule_breakers(rule, part.read, len(part.rows)):
                    self._fault(part.rows[place], shown, rule.say, "请核对原表，改正后重新上传")


class Rows(Sequence[PreviewRow]):
    """The rows of a sheet, made when they are looked at: a page shows fifty of a hundred thousand."""

    def __init__(self, sheet: Sheet, faults: Sequence[CellFault]) -> None:
        self.sheet = sheet
        self.faults: dict[int, list[CellFault]] = {}
        for fault in faults:
            self.faults.setdefault(fault.row, []).append(fault)

    def __len__(self) -> int:
        return len(self.sheet.numbers)

    @overload
    def __getitem__(self, index: int) -> PreviewRow: ...
    @overload
    def __getitem__(self, index: slice) -> list[PreviewRow]: ...
    def __getitem__(self, index: int | slice) -> PreviewRow | list[PreviewRow]:
        if isinstance(index, slice):
            return [self._row(row) for row in range(*index.indices(len(self)))]
        if not -len(self) <= index < len(self):
            raise IndexError(index)
        return self._row(index % len(self))

    def _row(self, row: int) -> PreviewRow:
        sheet = self.sheet
        number = sheet.numbers[row]
        cells = {
            key: "" if raws[row] is None else str(raws[row])
            for key, raws in sheet.raw.items()
            if key not in (UNIT, PERIOD)
        }
        raw = sheet.raw[UNIT][row]
        return PreviewRow(
            number=number,
            unit_text="" if raw is None else str(raw),
            unit=sheet.units[raw],
            period=sheet.keys[row][1],
            cells=cells,
            faults=tuple(self.faults.get(number, ())),
            kind=sheet.kind_of(row),
            was=sheet.was(row),
        )


def _period_code(raw: object, kind: PeriodKind) -> str:
    """Return the code a cell names. A date that a spreadsheet made of ``2023-01`` counts as its month."""
    if raw is None:
        raise Invalid("期间不能为空")
    if isinstance(raw, date) and raw.day == 1 and kind is PeriodKind.MONTH:
        return period_of(PeriodKind.MONTH, raw).code
    period = parse_period(str(raw).strip())
    if period.kind is not kind:
        raise Invalid(f"期间“{period.title}”与表单的期间类别不符")
    return period.code
