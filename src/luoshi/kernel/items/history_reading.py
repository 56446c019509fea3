"""Reading a table of another system: rows are gathered into cases. Nothing is judged by a type yet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from luoshi.core.beijing import LOCAL
from luoshi.core.errors import nearest
from luoshi.kernel.definitions.reading import Unfit, text_read
from luoshi.kernel.files.sheets import OpenTable
from luoshi.kernel.files.tables import Row, Value, column_letters
from luoshi.kernel.items.history_models import LONGEST_NUMBER
from luoshi.kernel.items.history_rules import HistoryTemplate
from luoshi.kernel.items.schema import CREATE
from luoshi.kernel.org.names import name_key, shown
from luoshi.kernel.org.sheet import CellFault

MOST_ROWS = 200_000
LONGEST_WHO = 60


@dataclass(frozen=True, slots=True)
class Told:
    """One step as the other system tells it. ``moves``: what it may be; ``column``: where its time stands.

    ``what``: the activity, or the column of its time.
    """

    row: int
    moves: tuple[str, ...]
    what: str
    at: datetime
    column: str
    who: str = ""
    note: str = ""


@dataclass(slots=True)
class Case:
    """All rows of one number. ``raw``: column → what its first row says; ``steps`` as in the file."""

    number: str
    first_row: int
    raw: dict[str, Value]
    rows: list[int] = field(default_factory=list)
    steps: list[Told] = field(default_factory=list)
    faults: list[CellFault] = field(default_factory=list)

    def in_order(self) -> list[Told]:
        """Return the steps in order of time; of one moment the registration first, else as in the file."""
        return sorted(self.steps, key=lambda told: (told.at, CREATE not in told.moves))


class Columns:
    """Where the columns of a template stand in a table. With ``faults`` nothing below can be read."""

    def __init__(self, table: OpenTable, template: HistoryTemplate) -> None:
        self.header_row = table.header_row
        self.places: dict[str, int] = {}
        self.faults: list[CellFault] = []
        wanted = {name_key(title): title for title in template.columns}
        unused = []
        for index, text in enumerate(table.columns):
            title = wanted.get(name_key(text)) if text else None
            if title is None:
                unused += [text] if text else []
            elif title in self.places:
                self._fault(index, title, text, "同一列出现两次", "请删去多余的一列")
            else:
                self.places[title] = index
        for title in template.columns:
            if title not in self.places:
                near = nearest(title, unused)
                remedy = f"请把“{near}”改为“{title}”" if near else f"请在表头补上“{title}”一列"
                self._fault(len(table.columns), title, near or "", f"缺少“{title}”列", remedy)
        for address in table.merged:
            self.faults.append(
                CellFault(
                    address.partition(":")[0], 0, "", "", f"有合并单元格（{address}）", "请取消合并后重新上传"
                )
            )
        ignored = {name_key(title) for title in template.ignore}
        self.unread = [text for text in unused if name_key(text) not in ignored]

    def fault(self, row: int, column: str, value: Value, rule: str, remedy: str) -> CellFault:
        """Return a fault at the cell of a row in a column."""
        text = "" if value is None else shown(str(value))
        return CellFault(f"{column_letters(self.places[column])}{row}", row, column, text, rule, remedy)

    def _fault(self, index: int, title: str, value: str, rule: str, remedy: str) -> None:
        address = f"{column_letters(index)}{self.header_row}"
        self.faults.append(CellFault(address, self.header_row, title, value, rule, remedy))


class CaseReader:
    """Gathers the rows of a table into cases. ``loose``: faults of rows that belong to no case."""

    def __init__(self, template: HistoryTemplate, columns: Columns) -> None:
        self.template, self.columns = template, columns
        self.cases: dict[str, Case] = {}
        self.loose: list[CellFault] = []
        self.rows = 0
        self._single = [
            title
            for title in (
                template.title,
                *template.fields.values(),
                *template.duties.values(),
                *template.times.values(),
            )
            if title
        ]

    def read(self, rows: Iterator[tuple[int, Row]]) -> None:
        """Read every row; what is wrong with one is noted with its case."""
        for number, row in rows:
            self.rows += 1
            if self.rows <= MOST_ROWS:
                self._row(number, row)

    def _row(self, number: int, row: Row) -> None:
        raw = {title: row[index] for title, index in self.columns.places.items()}
        name = raw[self.template.number]
        text = "" if name is None else str(name).strip()
        if not text or len(text) > LONGEST_NUMBER:
            rule = f"原编号不得超过 {LONGEST_NUMBER} 字" if text else "没有原编号"
            self.loose.append(
                self.columns.fault(number, self.template.number, name, rule, "请补上或改正编号")
            )
            return
        case = self.cases.get(text)
        if case is None:
            case = self.cases[text] = Case(text, number, raw)
            case.steps += self._times(case, number, raw)
        elif self.template.activity is None:
            rule = f"原编号“{shown(text)}”重复，第 {case.first_row} 行已有"
            case.faults.append(self.columns.fault(number, self.template.number, name, rule, "每件只留一行"))
        else:
            self._agrees(case, number, raw)
        case.rows.append(number)
        self._activity(case, number, raw)

    def _agrees(self, case: Case, number: int, raw: Mapping[str, Value]) -> None:
        for title in self._single:
            if raw[title] != case.raw[title]:
                was = "空" if case.raw[title] is None else f"“{shown(str(case.raw[title]))}”"
                rule = f"同一件的“{title}”前后不一：第 {case.first_row} 行为{was}"
                case.faults.append(
                    self.columns.fault(number, title, raw[title], rule, "请在原系统核对后重新导出")
                )

    def _times(self, case: Case, number: int, raw: Mapping[str, Value]) -> Iterator[Told]:
        for move, title in self.template.times.items():
            at = None if raw[title] is None else self._moment(case, number, title, raw[title])
            if at is not None:
                yield Told(number, (move,), title, at, title)

    def _activity(self, case: Case, number: int, raw: Mapping[str, Value]) -> None:
        steps = self.template.activity
        if steps is None:
            return
        name = raw[steps.column]
        moves = steps.moves.get("" if name is None else str(name))
        if moves is None:
            near = nearest(str(name), steps.moves)
            remedy = f"是否想写“{near}”" if near else "请在业务包的导入模板中写明它对应的动作"
            rule = "没有写明做了什么" if name is None else "导入模板中没有这个环节"
            case.faults.append(self.columns.fault(number, steps.column, name, rule, remedy))
            return
        at = self._moment(case, number, steps.time, raw[steps.time])
        if at is not None:
            who, note = (self._text(raw, title) for title in (self.template.who, self.template.note))
            case.steps.append(Told(number, moves, str(name), at, steps.time, who[:LONGEST_WHO], note))

    def _text(self, raw: Mapping[str, Value], title: str) -> str:
        value = raw[title] if title else None
        return "" if value is None else str(value).strip()

    def _moment(self, case: Case, number: int, title: str, value: Value) -> datetime | None:
        """Return a time to the millisecond, in Beijing time; without an offset it is one of the zone."""
        try:
            found = datetime.fromisoformat(text_read("" if value is None else str(value)))
        except (ValueError, Unfit):
            rule, remedy = "应为日期和时间", "请写作 2023-01-31 08:30:00 这样的时间"
            case.faults.append(self.columns.fault(number, title, value, rule, remedy))
            return None
        if found.utcoffset() is None:
            found = found.replace(tzinfo=self.template.zone)
        found = found.astimezone(LOCAL)
        return found.replace(microsecond=found.microsecond // 1000 * 1000)


def spoiled(table: OpenTable, columns: Columns) -> Iterator[CellFault]:
    """Yield the cells of wanted columns that are formulas or errors; complete after the last row was read."""
    letters = {column_letters(index): title for title, index in columns.places.items()}
    marks: Sequence[tuple[Sequence[str], str, str]] = (
        (table.formulas, "单元格是公式，结果可能未更新", "请复制后以“数值”粘贴再上传"),
        (table.errors, "单元格是错误值", "请改为正确的内容"),
    )
    for addresses, rule, remedy in marks:
        for address in addresses:
            column = address.rstrip("0123456789")
            row = int(address[len(column) :])
            if column in letters and row > table.header_row:
                yield CellFault(address, row, letters[column], "", rule, remedy)
