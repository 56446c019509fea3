"""A breakdown taken from a spreadsheet: every fault and every difference first, then all of it or nothing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from django.db import transaction

from luoshi.core.actor import Actor, require
from luoshi.core.beijing import local_day
from luoshi.core.errors import Incomplete, Invalid
from luoshi.domains.plans.checking import TITLES, Desk, Read
from luoshi.domains.plans.matching import Line, Matching, heads_changed
from luoshi.domains.plans.models import Level, Plan, PlanNode
from luoshi.domains.plans.policy import plan_locked
from luoshi.domains.plans.sheet import Sheet, sheet_read
from luoshi.domains.plans.writing import Writing, co_words, words_of
from luoshi.kernel.files.tables import Table
from luoshi.kernel.ledger.actions import record
from luoshi.kernel.org.sheet import CellFault

State = Literal["new", "changed", "same", "broken"]
LONGEST_REASON = 200


@dataclass(frozen=True, slots=True)
class Change:
    """One field that a sheet gives another value."""

    field: str
    title: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class PreviewRow:
    """One line: the code it has or gets, and what becomes of it."""

    number: int
    code: str
    line: Line
    state: State
    changes: tuple[Change, ...]
    read: Read | None


@dataclass(frozen=True, slots=True)
class Preview:
    """What taking a sheet would do. ``wants``: what is still missing and only told.

    ``gone``: (code, title) of live measures that the sheet leaves out; ``heads``: (code, old, new) words of
    aspects and requirements.
    """

    rows: tuple[PreviewRow, ...]
    faults: tuple[CellFault, ...]
    wants: tuple[CellFault, ...]
    gone: tuple[tuple[str, str], ...]
    heads: tuple[tuple[str, str, str], ...]
    notes: tuple[str, ...]
    matching: Matching | None = None

    def count(self, state: State) -> int:
        """Return how many lines are in a state."""
        return sum(row.state == state for row in self.rows)

    @property
    def moved(self) -> tuple[str, ...]:
        """Return the codes of handed-out measures whose lead or date the sheet changes."""
        assert self.matching is not None
        return tuple(
            row.code
            for row in self.rows
            if {change.field for change in row.changes} & {"lead", "due"}
            and self.matching.live[row.code].item_id is not None
        )


def plan_preview(plan: Plan, table: Table, *, on: date) -> Preview:
    """Return what taking a table into a plan would do, with every fault of every cell. Seven queries."""
    sheet = sheet_read(table)
    if sheet.given.head_faults:
        return Preview((), sheet.given.head_faults, (), (), (), sheet.given.notes)
    nodes = PlanNode.objects.filter(plan=plan).select_related("lead", "item").order_by("sort")
    matching = Matching(nodes)
    matching.take(sheet.lines)
    helping = co_words(node.pk for node in matching.live.values())
    desk, wants, rows = Desk(plan, on), [], []
    faults: list[CellFault] = []
    for line in sheet.lines:
        if not line.measured:
            faults += [sheet.fault(line, said) for said in line.faults]
            continue
        reading = desk.read(line.typed)
        here = [sheet.fault(line, said) for said in (*line.faults, *reading.faults)]
        here += sheet.spoiled.get(line.number, ())
        faults += _in_order(here, sheet)
        wants += [sheet.fault(line, said) for said in reading.wants]
        read = None if here else reading.read
        node = matching.live.get(line.code)
        changes = () if read is None or node is None else _changes(node, read, helping.get(node.pk, ""))
        rows.append(PreviewRow(line.number, line.code, line, _state(read, node, changes), changes, read))
    seen = {row.code for row in rows}
    gone = tuple(
        (code, node.title)
        for code, node in matching.live.items()
        if node.level == Level.MEASURE and code not in seen
    )
    heads = tuple((code, *words) for code, words in heads_changed(matching).items())
    return Preview(tuple(rows), tuple(faults), tuple(wants), gone, heads, sheet.given.notes, matching)


@transaction.atomic
def plan_import(
    *, actor: Actor, plan_id: int, table: Table, now: datetime, end_gone: bool = False, reason: str = ""
) -> Preview:
    """Take a breakdown into a plan: all lines or none; the same sheet again changes nothing.

    ``end_gone``: end the measures that the sheet leaves out, with ``reason``. Measures in hand whose lead or
    date changes are taken back and handed out anew, with ``reason``.
    Raises: NotFound, NotAllowed, Frozen, Invalid (a fault, nothing to take), Incomplete (no reason).
    Ledger: ``plan.imported`` on the plan; ``item.moved`` for each measure in hand that changes.
    """
    plan = plan_locked(actor, plan_id)
    preview = plan_preview(plan, table, on=local_day(now))
    if preview.faults or preview.matching is None:
        raise Invalid(f"表中有 {len(preview.faults)} 处问题，没有导入。请改正后重新上传。")
    reason = reason.strip()
    gone = preview.gone if end_gone else ()
    told = "表中没有的举措要终止" if gone else "已下达举措的时限或牵头单位有改动"
    require(reason or not (gone or preview.moved), f"{told}，请写明理由。", Incomplete)
    require(len(reason) <= LONGEST_REASON, f"理由不得超过 {LONGEST_REASON} 字。", Invalid)
    writing = Writing(actor, plan, now, reason)
    writing.put_heads(preview.matching)
    for row in preview.rows:
        if row.state != "same" and row.read is not None:
            writing.put(row.code, row.read, {change.field for change in row.changes})
    for code, _ in gone:
        writing.end(preview.matching.live[code])
    require(writing.written or writing.removed, "表中内容与计划一致，没有需要导入的。", Invalid)
    data = {
        "code": plan.code,
        "new": preview.count("new"),
        "changed": preview.count("changed"),
        "ended": len(gone),
    }
    record(plan, "plan.imported", by=actor.by, at=now, rows=writing.rows, removed=writing.removed, data=data)
    return preview


def _in_order(faults: Iterable[CellFault], sheet: Sheet) -> list[CellFault]:
    titles = list(sheet.given.layout.shape.columns.values())
    once = {(fault.address, fault.rule): fault for fault in faults}
    return sorted(once.values(), key=lambda fault: titles.index(fault.column))


def _state(read: Read | None, node: PlanNode | None, changes: tuple[Change, ...]) -> State:
    if read is None:
        return "broken"
    return "new" if node is None else "changed" if changes else "same"


def _changes(node: PlanNode, read: Read, helping: str) -> tuple[Change, ...]:
    old, new = words_of(node) | {"co": helping}, read.words
    return tuple(
        Change(name, TITLES[name], old[name], new[name])
        for name in new
        if _told(name, old) != _told(name, new)
    )


def _told(name: str, words: dict[str, str]) -> object:
    """Return a value as it is compared: helping units in any order."""
    return sorted(words[name].split("、")) if name == "co" else words[name]
