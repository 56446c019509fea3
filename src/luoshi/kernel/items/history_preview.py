"""What a file of another system would bring: every case checked, nothing saved."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from luoshi.core.actor import Actor
from luoshi.core.beijing import LOCAL
from luoshi.kernel.files.preflight import check_upload
from luoshi.kernel.files.sheets import open_table
from luoshi.kernel.items.history_folding import Built, Folder
from luoshi.kernel.items.history_models import ItemOrigin
from luoshi.kernel.items.history_reading import MOST_ROWS, Case, CaseReader, Columns, spoiled
from luoshi.kernel.items.history_rules import HistoryTemplate, template_type
from luoshi.kernel.items.types import ItemType
from luoshi.kernel.ledger.rows import moment_of
from luoshi.kernel.org.names import shown
from luoshi.kernel.org.sheet import CellFault

MOST_BYTES = 30 * 1024 * 1024
MOST_FAULTS = 5_000
BATCH = 500
KEPT = "已导入的记录不能由表格改动；有误的在事项页更正，或从表中删去这一件"


@dataclass
class Preview:
    """What a file would bring. ``fresh`` cases can be taken, ``same`` stand already, ``refused`` stay out.

    With ``head_faults`` nothing could be read. ``faults``: at most 5,000, by row; ``faults_more`` counts the
    others. ``notes`` are hints. ``steps``: how many moves the fresh cases bring.
    """

    kind: ItemType
    template: HistoryTemplate
    file_name: str
    rows: int = 0
    fresh: int = 0
    steps: int = 0
    same: int = 0
    refused: int = 0
    head_faults: list[CellFault] = field(default_factory=list)
    faults: list[CellFault] = field(default_factory=list)
    faults_more: int = 0
    notes: list[str] = field(default_factory=list)
    samples: list[Built] = field(default_factory=list)


class Histories:
    """One file being read. ``chunks`` yields what can be taken; ``preview`` is complete after the last."""

    def __init__(
        self, *, actor: Actor, template: HistoryTemplate, name: str, content: bytes, now: datetime
    ) -> None:
        self.actor, self.template, self.now = actor, template, now
        self.name, self.content = name, content
        self.preview = Preview(template_type(template), template, name)

    def chunks(self) -> Iterator[list[Built]]:
        """Yield the fresh items, unsaved, at most 500 at once. Raises: Invalid for an unreadable file."""
        check_upload(self.name, self.content, max_bytes=MOST_BYTES)
        with collector_off():
            found = self._read()
            if found is None:
                return
            reader, columns = found
            folder = Folder(self.preview.kind, self.template, columns, self.actor, self.now)
            waiting = list(reader.cases.values())
            for start in range(0, len(waiting), BATCH):
                fresh = list(self._fresh(folder, columns, waiting[start : start + BATCH]))
                if fresh:
                    yield fresh
            if folder.put_first:
                self.preview.notes.append(
                    f"有 {folder.put_first} 件的登记时间晚于第一步，按第一步的时间计，已在说明中写明。"
                )
            self.preview.faults.sort(key=lambda fault: fault.row)

    def _read(self) -> tuple[CaseReader, Columns] | None:
        found = self.preview
        with open_table(self.name, self.content) as table:
            columns = Columns(table, self.template)
            if columns.unread:
                found.notes.append(f"以下列不在导入模板中，未导入：{'、'.join(columns.unread)}。")
            found.head_faults = columns.faults
            if columns.faults:
                return None
            reader = CaseReader(self.template, columns)
            reader.read(table.iter_rows())
            broken = list(spoiled(table, columns))
        found.rows = reader.rows
        if reader.rows > MOST_ROWS:
            rule = f"一次最多导入 {MOST_ROWS} 行，表中有 {reader.rows} 行"
            found.head_faults = [CellFault("", 0, "行数", "", rule, "请分成几个文件导入")]
            return None
        self._spoil(reader, broken)
        self._note(reader.loose)
        found.refused += len(reader.loose)
        return reader, columns

    def _spoil(self, reader: CaseReader, broken: Sequence[CellFault]) -> None:
        if not broken:
            return
        of_row = {row: case for case in reader.cases.values() for row in case.rows}
        for fault in broken:
            if fault.row in of_row:
                of_row[fault.row].faults.append(fault)

    def _fresh(self, folder: Folder, columns: Columns, cases: Sequence[Case]) -> Iterator[Built]:
        found = self.preview
        numbers = [case.number for case in cases]
        rows = ItemOrigin.objects.filter(type_ref=found.kind.ref, number__in=numbers).order_by("id")
        standing = {row.number: row.said for row in rows}
        for case in cases:
            built = folder.fold(case)
            if built is not None and case.number in standing:
                self._compare(columns, built, standing[case.number])
                found.same += not case.faults
            elif built is not None:
                found.fresh += 1
                found.steps += len(built.steps)
                yield built
            found.refused += bool(case.faults)
            self._note(case.faults)

    def _compare(self, columns: Columns, built: Built, was: Mapping[str, Any]) -> None:
        """Note with both values what differs from what was brought in before."""
        for what, column, row, old, new in differences(self, built, was):
            rule = f"{what}与已导入的不同：已导入的为{_quoted(old)}，本表为{_quoted(new)}"
            built.case.faults.append(columns.fault(row, column, new or None, rule, KEPT))

    def _note(self, faults: Sequence[CellFault]) -> None:
        found = self.preview
        room = max(0, MOST_FAULTS - len(found.faults))
        found.faults += faults[:room]
        found.faults_more += len(faults[room:])


def differences(
    file: Histories, built: Built, was: Mapping[str, Any]
) -> Iterator[tuple[str, str, int, str, str]]:
    """Yield (what, column, row, the text brought in before, the text of this file) for each difference."""
    template, kind, said, case = file.template, file.preview.kind, built.said, built.case
    if said == was:
        return
    if said["title"] != was["title"]:
        yield "事由", template.title, case.first_row, was["title"], said["title"]
    for key, column in template.fields.items():
        known, old, new = kind.fields[key], was["values"].get(key), said["values"].get(key)
        if old != new:
            yield f"“{known.title}”", column, case.first_row, known.display(old), known.display(new)
    for role, column in template.duties.items():
        old, new = was["duties"].get(role, ""), said["duties"].get(role, "")
        if old != new:
            yield "责任单位", column, case.first_row, old, new
    yield from _other_steps(file, built, was)


def _other_steps(
    file: Histories, built: Built, was: Mapping[str, Any]
) -> Iterator[tuple[str, str, int, str, str]]:
    kind, before, after = file.preview.kind, was["steps"], built.said["steps"]
    told = built.case.in_order()
    if len(before) != len(after):
        yield "步数", told[-1].column, told[-1].row, f"{len(before)} 步", f"{len(after)} 步"
        return
    for number, (old, new, each) in enumerate(zip(before, after, told, strict=True), 1):
        if old != new:
            yield f"第 {number} 步", each.column, each.row, _step_text(kind, old), _step_text(kind, new)


def _step_text(kind: ItemType, step: Sequence[Any]) -> str:
    move, what, at, who, note = step
    title = kind.moves[move].title if move in kind.moves else move
    parts = [f"{moment_of(at).astimezone(LOCAL):%Y-%m-%d %H:%M:%S}", title, what, who, note]
    return " ".join(part for part in parts if part)


def _quoted(text: str) -> str:
    return f"“{shown(text)}”" if text else "空"


@contextmanager
def collector_off() -> Iterator[None]:
    """Pause the cycle collector: it would walk a million fresh cells again and again for nothing."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
