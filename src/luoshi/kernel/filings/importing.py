"""Filings from a spreadsheet: check every cell, show what would be taken. Nothing is saved here."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from operator import itemgetter
from typing import Any, overload

from django.db import connection

from luoshi.core.actor import Actor
from luoshi.core.errors import Invalid
from luoshi.core.periods import Period, PeriodKind, parse_period, period_of
from luoshi.kernel.access.policy import require_right
from luoshi.kernel.access.queries import units_in_sight
from luoshi.kernel.files.preflight import check_upload
from luoshi.kernel.files.sheets import read_table
from luoshi.kernel.files.tables import Table, column_letters
from luoshi.kernel.filings.columns import ReadColumn, rule_breakers
from luoshi.kernel.filings.forms import Form, form_def
from luoshi.kernel.filings.heads import PERIOD, UNIT, Head, Template, head_of, spoiled_cells, template_of
from luoshi.kernel.filings.models import Answer, LockMode, Obligation
from luoshi.kernel.filings.windows import local_day
from luoshi.kernel.org.models import Unit
from luoshi.kernel.org.queries import UnitIndex
from luoshi.kernel.org.sheet import CellFault

MOST_ROWS = 200_000
MOST_FAULTS = 5_000
MOST_BYTES = 30 * 1024 * 1024
NOT_OPENED = "请核对期间；期间无误的，请督查专员先开放该期间"

Key = tuple[int | None, str]


@dataclass(frozen=True, slots=True)
class PreviewRow:
    """One row of the file (``number`` from 1). ``cells``: field key → text. Clean without faults."""

    number: int
    unit_text: str
    unit: Unit | None
    period: str
    cells: Mapping[str, str]
    faults: tuple[CellFault, ...]


@dataclass(frozen=True, slots=True)
class CleanRow:
    """One row that can be taken: the obligation it answers and its values in canonical text."""

    number: int
    obligation_id: int
    values: dict[str, str | None]


@dataclass
class Preview:
    """What a file would bring. ``columns``: (field key, title) in file order.

    ``rows`` are made when looked at; ``clean`` and ``broken`` count them. With ``head_faults`` the table as a
    whole cannot be read and has no rows. ``faults`` holds at most 5,000, by row; ``faults_more`` counts the
    others. ``notes`` are hints for the page.
    """

    form: Form
    template: Template
    period: Period | None
    file_name: str
    columns: list[tuple[str, str]]
    head_faults: list[CellFault]
    row_faults: list[CellFault]
    notes: list[str]
    clean: int = 0
    broken: int = 0
    faults_more: int = 0
    sheet: _Sheet | None = field(default=None, repr=False)

    @property
    def faults(self) -> list[CellFault]:
        """Return every kept fault, those of the head first."""
        return [*self.head_faults, *self.row_faults]

    @property
    def rows(self) -> Sequence[PreviewRow]:
        """Return the rows in file order."""
        return _Rows(self.sheet, self.row_faults) if self.sheet else ()

    def clean_rows(self) -> Iterator[CleanRow]:
        """Yield the rows that can be taken, in file order."""
        return self.sheet.clean_rows() if self.sheet else iter(())


def preview(
    *,
    actor: Actor,
    form_ref: str,
    import_ref: str,
    period: Period | None,
    name: str,
    content: bytes,
    now: datetime,
) -> Preview:
    """Check an uploaded table cell by cell against the form, the units and what is owed.

    ``period``: where the template asks for it on the page; None where each row brings its own.
    Raises: NotAllowed, NotFound (form, template), Invalid (no period, not the kind of period the form has, a
    file that cannot be read).
    """
    require_right(actor, "filing.import")
    form, template = form_def(form_ref), template_of(import_ref)
    if template.form_ref != form.ref:
        raise Invalid(f"导入模板“{import_ref}”不是表单“{form.title}”的模板，请重新选择。")
    period = _asked_period(form, template, period)
    check_upload(name, content, max_bytes=MOST_BYTES)
    with _without_collector():
        return _judged(actor, form, template, period, name, content, now)


def _judged(
    actor: Actor,
    form: Form,
    template: Template,
    period: Period | None,
    name: str,
    content: bytes,
    now: datetime,
) -> Preview:
    table = read_table(name, content)
    head = head_of(table, template, form)
    found = Preview(
        form=form,
        template=template,
        period=period,
        file_name=name,
        columns=[(key, template.titles[key]) for key in sorted(head.places, key=head.places.__getitem__)],
        head_faults=[*head.faults, *_too_long(table)],
        row_faults=[],
        notes=[*head.notes, *_other_sheets(table)],
    )
    if not found.head_faults:
        _Sheet(found, table, head, now).judge(units_in_sight(actor, local_day(now)))
    return found


@contextmanager
def _without_collector() -> Iterator[None]:
    """Pause the cycle collector: it would walk a million fresh cells again and again for nothing."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _asked_period(form: Form, template: Template, period: Period | None) -> Period | None:
    if not template.asks_period:
        return None
    if period is None:
        raise Invalid("请选择这份表所属的期间。", fields={"period": "请选择期间。"})
    if period.kind is not form.period_kind:
        message = f"表单“{form.title}”不按“{period.title}”这种期间填报，请改选。"
        raise Invalid(message, fields={"period": message})
    return period


def _too_long(table: Table) -> list[CellFault]:
    if len(table.rows) <= MOST_ROWS:
        return []
    rule = f"一次最多导入 {MOST_ROWS} 行，表中有 {len(table.rows)} 行"
    return [CellFault("", table.first_data_row + MOST_ROWS, "行数", "", rule, "请分成几个文件导入")]


def _other_sheets(table: Table) -> list[str]:
    return (
        [f"只读取了工作表“{table.sheet}”，未读取：{'、'.join(table.other_sheets)}。"]
        if table.other_sheets
        else []
    )


class _Sheet:
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
        self.read: dict[str, ReadColumn] = {}

    def judge(self, sight: set[int]) -> None:
        """Check everything and fill the preview."""
        self.owed = _owed(self.form, self.into.period)
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
        self.into.row_faults.sort(key=lambda fault: fault.row)
        self.into.broken = len(self.broken)
        self.into.clean = len(self.numbers) - len(self.broken)
        if not self.numbers:
            self.into.notes.append("表头以下没有数据行。")

    def clean_rows(self) -> Iterator[CleanRow]:
        """Yield the rows without fault."""
        columns = list(self.read.items())
        blank: dict[str, str | None] = {
            each.key: None for each in self.form.fields if each.key not in self.read
        }
        for row, number in enumerate(self.numbers):
            if row not in self.broken:
                values = {key: column.text(row) for key, column in columns}
                yield CleanRow(number, self.owed[self.keys[row]], values | blank)

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
        shut = _shut(self.form, self.now)
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
        for each in self.form.fields:
            if each.key not in self.raw:
                continue
            column = self.read[each.key] = ReadColumn(each, self.raw[each.key])
            for row, problem in column.problems.items():
                if (row, each.key) not in spoiled:
                    self._fault(row, each.key, problem.rule, problem.remedy)

    def _rules(self) -> None:
        for rule in self.form.rules:
            breakers = rule_breakers(rule, self.read, len(self.numbers))
            shown = next((key for key in self.letters if key in rule.must.names), UNIT)
            for row in breakers:
                self._fault(row, shown, rule.say, "请核对原表，改正后重新上传")


class _Rows(Sequence[PreviewRow]):
    """The rows of a sheet, made when they are looked at: a page shows fifty of a hundred thousand."""

    def __init__(self, sheet: _Sheet, faults: Sequence[CellFault]) -> None:
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
        )


def _owed(form: Form, period: Period | None) -> dict[Key, int]:
    """Return what is owed: (unit id, period code) → obligation id.

    Plain rows from the cursor, all of them out of one index: a form may have a hundred thousand obligations.
    """
    query = f"SELECT unit_id, period_code, id FROM {Obligation._meta.db_table} WHERE form_ref = %s"
    params = [form.ref]
    if period is not None:
        query += " AND period_code = %s"
        params.append(period.code)
    with connection.cursor() as cursor:
        cursor.execute(query, params)
        rows = cursor.fetchall()
    return dict(zip(map(itemgetter(0, 1), rows), map(itemgetter(2), rows), strict=True))


def _shut(form: Form, now: datetime) -> dict[int, tuple[str, str]]:
    """Return obligation id → (rule, remedy) of those that take no first filing any more."""
    shut: dict[int, tuple[str, str]] = {}
    owed = Obligation.objects.filter(form_ref=form.ref).order_by()
    if form.window is not None:
        locked = owed.filter(lock_mode=LockMode.HARD, lock_at__lt=now, answer=Answer.NONE)
        locked = locked.exclude(mend_by__gte=now)
        remedy = "不再接收填报，请联系表单主管单位"
        shut |= {pk: ("该期间已锁定", remedy) for pk in locked.values_list("pk", flat=True)}
    answered = owed.filter(answer__in=[Answer.FILED, Answer.NIL, Answer.EXCUSED])
    for pk, answer, version in answered.values_list("pk", "answer", "current_version"):
        if answer == Answer.EXCUSED:
            shut[pk] = "该单位本期已免报", "请删去该行"
        else:
            shut[pk] = f"该单位本期已报（第 {version} 版）", "请删去该行；需要改动请用“更正”并说明理由"
    return shut


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
