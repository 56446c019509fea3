"""Items from a table: which columns a type takes, and what taking a table would do, cell by cell.

Columns are named by the titles of the fields that ``create`` needs or may take, with 事由, 原编号, the units
of duties and 上级编号. With a move besides (the handing out) those of its fields and duties too. Personal
fields are never taken from a table: the uploaded file would keep them readable. Nothing is saved here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from luoshi.core.actor import Actor
from luoshi.core.errors import Incomplete, Invalid
from luoshi.kernel.definitions.fields import FieldKind, Unfit
from luoshi.kernel.files.tables import column_letters
from luoshi.kernel.items.given import LONGEST_TITLE, TITLE, Read, Target, count_fault, duty_title
from luoshi.kernel.items.models import Item
from luoshi.kernel.items.policy import Standing, may
from luoshi.kernel.items.rules import rules_check
from luoshi.kernel.items.schema import BASIS, CREATE, DUTY_PREFIX, NOTE
from luoshi.kernel.items.sight import items_visible
from luoshi.kernel.items.types import ItemType, Move
from luoshi.kernel.org.finding import UnitIndex
from luoshi.kernel.org.sheet import CellFault, Given, GivenRow, Layout, Shape, SheetTable, given_of

MOST_ROWS = 500
LONGEST_ORIGIN = 80
ORIGIN, PARENT = "origin", "parent"
PARTED = r"[、；;，,\n]"
RowState = Literal["new", "same", "broken"]


@dataclass(frozen=True, slots=True)
class IntakeRow:
    """One row: what was typed by column, what becomes of it, the number it has already when it is there.

    ``born`` and ``moved``: what the creation and the handing out are given; None unless the row is new.
    """

    number: int
    texts: Mapping[str, str]
    state: RowState
    faults: tuple[CellFault, ...]
    known: str = ""
    origin: str = ""
    born: Read | None = None
    moved: Read | None = None
    parent: Item | None = None


@dataclass(frozen=True, slots=True)
class Intake:
    """What taking a table would do. ``faults``: those of the head first, then in reading order."""

    columns: Mapping[str, str]
    rows: tuple[IntakeRow, ...]
    faults: tuple[CellFault, ...]
    notes: tuple[str, ...]

    def count(self, state: str) -> int:
        """Return how many rows are in a state."""
        return sum(row.state == state for row in self.rows)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a type asks of a table. ``first``: keys of ``create``; ``then``: those of the handing out."""

    kind: ItemType
    move: Move | None
    first: tuple[str, ...]
    then: tuple[str, ...]

    @property
    def needed(self) -> tuple[str, ...]:
        """Return the keys that must stand in every row."""
        needs = (*self.kind.moves[CREATE].need, *(self.move.need if self.move else ()))
        return (TITLE, *dict.fromkeys(needs))

    def titles(self) -> dict[str, str]:
        """Return key → title of every column, in the order of a template."""
        keys = dict.fromkeys((*self.first, *self.then))
        named = {key: self._title(key) for key in keys}
        return {ORIGIN: "原编号", TITLE: "事由", **named, PARENT: "上级编号"}

    def _title(self, key: str) -> str:
        if key.startswith(DUTY_PREFIX):
            return duty_title(self.kind.duties[key.removeprefix(DUTY_PREFIX)])
        return self.kind.fields[key].title


def asked_of(kind: ItemType, move: str = "") -> Asked:
    """Return what a table of a type must hold, handed out by ``move`` or only taken in.

    Raises: Incomplete when the type or the move needs what no table gives: personal data, a note, a post.
    """
    create = kind.moves[CREATE]
    rule = next((each for each in handing(kind) if each.key == move), None) if move else None
    if move and rule is None:
        raise Incomplete("这个动作不能与导入一并办理，请先导入，再在列表中批量办理。")
    closed = [key for key in create.need if not _takes(kind, key)]
    if closed:
        title = kind.fields[closed[0]].title if closed[0] in kind.fields else closed[0]
        raise Incomplete(f"登记{kind.title}须填“{title}”，不能用表格导入，请逐件登记。")
    first = [key for key in (*create.need, *create.may) if _takes(kind, key)]
    then = [key for key in (*rule.need, *rule.may) if _takes(kind, key)] if rule else []
    return Asked(kind, rule, tuple(first), tuple(key for key in then if key not in first))


def imports_open(kind: ItemType) -> bool:
    """Say whether items of a type can come from a table at all."""
    try:
        asked_of(kind)
    except Incomplete:
        return False
    return True


def handing(kind: ItemType) -> list[Move]:
    """Return the moves a table can take together with the creation: one row holds all they need."""
    return [
        move
        for move in kind.moves_from(kind.moves[CREATE].end)
        if all(_takes(kind, key) for key in move.need)
        and any(key.startswith(DUTY_PREFIX) for key in move.need)
        and CREATE not in {key for key, _ in move.apart}
    ]


def handing_open(actor: Actor, kind: ItemType, standing: Standing) -> list[Move]:
    """Return those of ``handing`` that an actor may take on items nobody holds a duty for yet."""
    return [move for move in handing(kind) if may(actor, move.by, standing)]


def _takes(kind: ItemType, key: str) -> bool:
    if key in (NOTE, BASIS):
        return False
    if key.startswith(DUTY_PREFIX):
        return not kind.duties[key.removeprefix(DUTY_PREFIX)].post
    return key in kind.fields and not kind.fields[key].pii and kind.fields[key].single


def intake_preview(actor: Actor, asked: Asked, table: SheetTable, *, on: date) -> Intake:
    """Return what taking a table would do, with every fault of every cell. Six queries for any table."""
    given = given_of(table, _shape(asked))
    notes = _notes(asked, given)
    head = (*given.head_faults, *_personal(asked.kind, table))
    if head:
        return Intake(asked.titles(), (), head, notes)
    reader = _Reader(actor, asked, given, on)
    rows = tuple(reader.row(row) for row in given.rows)
    return Intake(asked.titles(), rows, tuple(fault for row in rows for fault in row.faults), notes)


def _shape(asked: Asked) -> Shape:
    kinds = {key: asked.kind.fields[key].kind for key in asked.titles() if key in asked.kind.fields}
    columns = asked.titles()
    return Shape(
        things=f"件{asked.kind.title}",
        columns=columns,
        optional=frozenset(columns) - set(asked.needed),
        days=frozenset(key for key, kind in kinds.items() if kind is FieldKind.DATE),
        numbers=frozenset(key for key in kinds if asked.kind.fields[key].numeric),
        most=MOST_ROWS,
    )


def _notes(asked: Asked, given: Given) -> tuple[str, ...]:
    if given.head_faults or ORIGIN in given.layout.letters:
        return given.notes
    return (*given.notes, "表中没有“原编号”列：同一张表再导一次会重复登记。建议补上这一列。")


def _personal(kind: ItemType, table: SheetTable) -> Iterator[CellFault]:
    titles = {field.title for field in kind.fields.values() if field.pii}
    for index, title in enumerate(table.columns):
        if title in titles:
            rule = f"“{title}”是个人信息，不从表格导入"
            remedy = "请删去这一列，登记后在该件页面补填"
            yield CellFault(
                f"{column_letters(index)}{table.header_row}", table.header_row, title, title, rule, remedy
            )


class _Reader:
    """Reads the rows of one table; what it compares with is looked up once."""

    def __init__(self, actor: Actor, asked: Asked, given: Given, on: date) -> None:
        self.asked, self.kind, self.layout = asked, asked.kind, given.layout
        self.units = UnitIndex(on)
        self.seen: dict[str, int] = {}
        origins = {row.texts[ORIGIN] for row in given.rows if row.texts[ORIGIN]}
        own = Item.objects.filter(type_ref=asked.kind.ref, origin__in=origins).order_by("id")
        self.known = dict(own.values_list("origin", "number"))
        above = {row.texts[PARENT] for row in given.rows if row.texts[PARENT]}
        self.above = _above(actor, above)

    def row(self, row: GivenRow) -> IntakeRow:
        """Return what becomes of one row."""
        faults = list(row.faults)
        faults += self._origin(row)
        told = {fault.column for fault in faults}
        texts, targets = self._cells(row, faults, told)
        parent = self.above.get(row.texts[PARENT])
        if row.texts[PARENT] and parent is None:
            self._fault(faults, row, PARENT, "没有这件上级事项，或您无权查看", "请填已登记事项的编号或原编号")
        if not faults:
            self._rules(row, texts, faults)
        shared = (row.number, row.texts)
        if faults:
            order = list(self.layout.letters)
            columns = [self.layout.shape.columns[key] for key in order]
            faults.sort(key=lambda fault: columns.index(fault.column) if fault.column in columns else 0)
            return IntakeRow(*shared, "broken", tuple(faults))
        origin = row.texts[ORIGIN]
        if origin in self.known:
            return IntakeRow(*shared, "same", (), known=self.known[origin])
        born, moved = (self._read(keys, texts, targets) for keys in (self.asked.first, self.asked.then))
        born = Read(row.texts[TITLE], born.values, {}, "", "", born.duties)
        after = moved if self.asked.move else None
        return IntakeRow(*shared, "new", (), origin=origin, born=born, moved=after, parent=parent)

    def _origin(self, row: GivenRow) -> list[CellFault]:
        faults: list[CellFault] = []
        origin = row.texts[ORIGIN]
        if len(origin) > LONGEST_ORIGIN:
            self._fault(faults, row, ORIGIN, f"不得超过 {LONGEST_ORIGIN} 字", "请核对原编号")
        first = self.seen.setdefault(origin, row.number) if origin else row.number
        if first != row.number:
            self._fault(faults, row, ORIGIN, f"原编号重复，第{first}行已用", "请改正编号，或删去重复的行")
        if len(row.texts[TITLE]) > LONGEST_TITLE:
            self._fault(faults, row, TITLE, f"不得超过 {LONGEST_TITLE} 字", "请精简，详情写入其他列")
        return faults

    def _cells(
        self, row: GivenRow, faults: list[CellFault], told: set[str]
    ) -> tuple[dict[str, str | None], dict[str, list[Target]]]:
        texts: dict[str, str | None] = {}
        targets: dict[str, list[Target]] = {}
        for key, title in self.asked.titles().items():
            text = row.texts[key]
            if title in told or key in (ORIGIN, PARENT):
                continue
            if not text and key in self.asked.needed:
                self._fault(faults, row, key, f"“{title}”没有填写", "请补填")
            elif key.startswith(DUTY_PREFIX):
                targets[key] = self._units(row, key, faults)
            elif key != TITLE:
                try:
                    texts[key] = self.kind.fields[key].read(text)
                except Unfit as unfit:
                    self._fault(faults, row, key, unfit.problem.rule, unfit.problem.remedy)
        return texts, targets

    def _units(self, row: GivenRow, key: str, faults: list[CellFault]) -> list[Target]:
        parts = re.split(PARTED, row.texts[key])
        found: list[Target] = []
        for part in (each.strip() for each in parts):
            looked = self.units.look(part) if part else None
            if looked is not None and looked.unit is None:
                self._fault(faults, row, key, looked.rule, looked.remedy)
                return []
            if looked is not None and looked.unit is not None:
                found.append(Target(looked.unit, None))
        wrong = count_fault(self.kind.duties[key.removeprefix(DUTY_PREFIX)], len(found)) if found else ""
        if wrong:
            self._fault(faults, row, key, wrong.rstrip("。"), "多个单位以顿号分开，请按规定的个数填写")
        return found

    def _rules(self, row: GivenRow, texts: Mapping[str, str | None], faults: list[CellFault]) -> None:
        """Tell the rules of the type that a row breaks, at the field each names."""
        moves = [CREATE, *([self.asked.move.key] if self.asked.move else [])]
        try:
            rules_check(self.kind, moves, texts)
        except Invalid as broken:
            told = broken.fields or {TITLE: broken.message}
            for key, text in told.items():
                self._fault(faults, row, key if key in row.texts else TITLE, text, "请按规定改正")

    def _read(
        self, keys: Sequence[str], texts: Mapping[str, str | None], targets: Mapping[str, list[Target]]
    ) -> Read:
        values = {key: texts[key] for key in keys if texts.get(key) is not None}
        duties = {key.removeprefix(DUTY_PREFIX): targets[key] for key in keys if targets.get(key)}
        return Read(None, values, {}, "", "", duties)

    def _fault(self, faults: list[CellFault], row: GivenRow, key: str, rule: str, remedy: str) -> None:
        layout: Layout = self.layout
        faults.append(layout.fault(row.number, key, row.texts[key], rule, remedy))


def _above(actor: Actor, texts: set[str]) -> dict[str, Item]:
    """Return what the texts of 上级编号 mean among the items an actor sees: a number or an original one."""
    if not texts:
        return {}
    seen = items_visible(actor)
    named = {item.origin: item for item in seen.filter(origin__in=texts)}
    return named | {item.number: item for item in seen.filter(number__in=texts)}
