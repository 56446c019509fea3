"""Folding a case into the rows of an item: step by step through the lifecycle, as if each had been taken.

What another system recorded is not judged by who did it there; states, needs, limits and time are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from luoshi.core.actor import Actor
from luoshi.core.beijing import local_day
from luoshi.core.errors import Refusal, WrongState
from luoshi.core.workdays import WorkCalendar
from luoshi.kernel.definitions.fields import LONGEST_TEXT
from luoshi.kernel.definitions.reading import Unfit, text_read
from luoshi.kernel.items.clock_models import ClockPause, ItemClock
from luoshi.kernel.items.clock_steps import clocks_step
from luoshi.kernel.items.clock_store import Held
from luoshi.kernel.items.given import LONGEST_TITLE, Read, Target, needs_check
from luoshi.kernel.items.guards import within_check
from luoshi.kernel.items.history_reading import Case, Columns, Told
from luoshi.kernel.items.history_rules import HistoryTemplate
from luoshi.kernel.items.models import Item, ItemDuty, ItemMove
from luoshi.kernel.items.rules import rules_check
from luoshi.kernel.items.schema import CREATE, DUTY_PREFIX
from luoshi.kernel.items.steps import Step, duty_row, nothing_read, step_row
from luoshi.kernel.items.types import ItemType, Move
from luoshi.kernel.ledger.rows import milliseconds
from luoshi.kernel.org.names import shown
from luoshi.kernel.org.queries import UnitIndex, ancestor_chain

TAKEN_IN = "item.taken_in"
FIRST = "first"
CHECK = "请在原系统核对后重新导出"


@dataclass(frozen=True, slots=True)
class Built:
    """An item with all its rows, unsaved. ``said``: the history as ``ItemOrigin`` keeps it."""

    case: Case
    item: Item
    steps: list[ItemMove]
    duties: list[ItemDuty]
    clocks: list[ItemClock]
    pauses: list[ClockPause]
    calendars: Mapping[str, WorkCalendar]
    said: dict[str, Any]


@dataclass(slots=True)
class _Given:
    """The cells of a case, read: what is not given yet waits for the first move that takes it."""

    title: str
    values: dict[str, str | None]
    duties: dict[str, Target]


@dataclass(slots=True)
class Folder:
    """Folds the cases of one file. ``now``: no step may lie after it.

    ``put_first``: how many registrations were taken to be as early as the first step.
    """

    kind: ItemType
    template: HistoryTemplate
    columns: Columns
    actor: Actor
    now: datetime
    put_first: int = 0
    units: UnitIndex = field(init=False)
    _calendars: dict[str, WorkCalendar] = field(default_factory=dict)
    _chains: dict[tuple[int, date], list[tuple[str, int]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.units = UnitIndex(local_day(self.now))

    def fold(self, case: Case) -> Built | None:
        """Return the rows of a case; None when something is wrong with it: then its faults say what."""
        given = self._given(case)
        path = self._path(case)
        if case.faults or path is None:
            return None
        return self._built(case, given, path)

    def said(self, given: _Given, path: Sequence[tuple[Told, Move]]) -> dict[str, Any]:
        """Return the history as it is kept and compared when the same case comes again."""
        return {
            "title": given.title,
            "values": {key: text for key, text in given.values.items() if text is not None},
            "duties": {role: target.unit.code for role, target in given.duties.items()},
            "steps": [
                [move.key, told.what, milliseconds(told.at), told.who, told.note] for told, move in path
            ],
        }

    def _given(self, case: Case) -> _Given:
        values: dict[str, str | None] = {}
        for key, column in self.template.fields.items():
            try:
                values[key] = self.kind.fields[key].read(case.raw[column])
            except Unfit as unfit:
                self._fault(case, column, unfit.problem.rule, unfit.problem.remedy)
        duties = {}
        for role, column in self.template.duties.items():
            if case.raw[column] is None:
                continue
            found = self.units.look(str(case.raw[column]))
            if found.unit is None:
                self._fault(case, column, found.rule, found.remedy)
            else:
                duties[role] = Target(found.unit, None)
        return _Given(self._title(case), values, duties)

    def _title(self, case: Case) -> str:
        column = self.template.title
        try:
            title = text_read("" if case.raw[column] is None else str(case.raw[column]))
        except Unfit as unfit:
            self._fault(case, column, unfit.problem.rule, unfit.problem.remedy)
            return ""
        if not 0 < len(title) <= LONGEST_TITLE:
            self._fault(case, column, f"事由应为 1 至 {LONGEST_TITLE} 字", "请补上或删减")
        return title

    def _path(self, case: Case) -> list[tuple[Told, Move]] | None:
        """Return the moves the steps are, in order; the first step that cannot be taken is a fault."""
        path: list[tuple[Told, Move]] = []
        state = ""
        waiting = self._in_order(case)
        while waiting:
            told, move = self._next(waiting, state)
            waiting.remove(told)
            if move is None or told.at > self.now or len(told.note) > LONGEST_TEXT:
                self._refuse(case, told, move or self.kind.moves[told.moves[0]], state)
                return None
            path.append((told, move))
            state = move.end
        if not path and not case.faults:
            self._fault(case, self.template.number, "没有登记时间，不知何时受理", CHECK)
        return path

    def _next(self, waiting: Sequence[Told], state: str) -> tuple[Told, Move | None]:
        """Return the earliest step; of several at one moment the first that can be taken in a state."""
        for told in waiting:
            if told.at != waiting[0].at:
                break
            for move in (self.kind.moves[key] for key in told.moves):
                if state in move.starts if state else move.key == CREATE:
                    return told, move
        return waiting[0], None

    def _in_order(self, case: Case) -> list[Told]:
        """Return the steps in order; where the pack says so, a late registration counts from the first."""
        steps = case.in_order()
        place = next((place for place, told in enumerate(steps) if CREATE in told.moves), 0)
        if place and self.template.earlier == FIRST:
            late = steps.pop(place)
            at = f"{late.at.astimezone(self.template.zone):%Y-%m-%d %H:%M:%S}"
            steps.insert(
                0, replace(late, at=steps[0].at, note=f"原记录的登记时间 {at} 晚于第一步，按第一步的时间计")
            )
            self.put_first += 1
        return steps

    def _refuse(self, case: Case, told: Told, move: Move, state: str) -> None:
        at = f"{told.at.astimezone(self.template.zone):%Y-%m-%d %H:%M:%S}"
        if told.at > self.now:
            rule = f"“{told.what}”的时间 {at} 在今天以后"
        elif len(told.note) > LONGEST_TEXT:
            rule = f"说明不得超过 {LONGEST_TEXT} 字，现有 {len(told.note)} 字"
        elif state:
            rule = f"本件此时为“{self.kind.states[state].title}”，不能“{move.title}”（{shown(told.what)}）"
        else:
            created = next((each for each in case.in_order() if CREATE in each.moves), None)
            rule = f"“{move.title}”（{at}）之前没有登记"
            if created is not None:
                since = f"{created.at.astimezone(self.template.zone):%Y-%m-%d %H:%M:%S}"
                rule = f"“{move.title}”的时间 {at} 早于“{self.kind.moves[CREATE].title}”的时间 {since}"
        value = case.raw.get(told.column) if told.row == case.first_row else at
        case.faults.append(self.columns.fault(told.row, told.column, value, rule, CHECK))

    def _built(self, case: Case, given: _Given, path: Sequence[tuple[Told, Move]]) -> Built | None:
        said = self.said(given, path)
        item = Item(
            type_ref=self.kind.ref,
            definition_id=self.kind.definition_id,
            title=given.title,
            created_at=path[0][0].at,
            entered_at=path[0][0].at,
            created_by_account=self.actor.account_id,
            created_by_post=self.actor.post_code,
            created_by_unit=self.actor.unit_code,
        )
        held = Held(self._calendars)
        built = Built(case, item, [], [], held.clocks, held.pauses, self._calendars, said)
        waiting = _Given("", {k: v for k, v in given.values.items() if v is not None}, dict(given.duties))
        untaken = self._untaken(path)
        for told, move in path:
            try:
                self._step(built, told, move, waiting, untaken, held)
            except Refusal as refusal:
                rule = refusal.message.rstrip("。")
                case.faults.append(self.columns.fault(told.row, told.column, None, rule, CHECK))
                return None
        return built

    def _untaken(self, path: Sequence[tuple[Told, Move]]) -> set[str]:
        """Return what no move of the case takes: it is given at its registration."""
        taken = {key for _, move in path for key in (*move.need, *move.may)}
        wanted = {*self.template.fields, *(f"{DUTY_PREFIX}{role}" for role in self.template.duties)}
        return wanted - taken

    def _step(
        self, built: Built, told: Told, move: Move, waiting: _Given, untaken: set[str], held: Held
    ) -> None:
        """Take one step. Raises: Incomplete, WrongState."""
        item = built.item
        allowed = {*move.need, *move.may} | (untaken if not built.steps else set())
        values = {key: waiting.values.pop(key) for key in list(waiting.values) if key in allowed}
        roles = [role for role in waiting.duties if f"{DUTY_PREFIX}{role}" in allowed]
        duties = {role: [waiting.duties.pop(role)] for role in roles}
        read = nothing_read(values=values, duties=duties, note=told.note)
        self._checked(item, move, read, built.duties, told.at)
        step = Step(item, self.kind, built.duties, move.key, move.end, read, self.actor, told.at, TAKEN_IN)
        row = step_row(step)
        row.by_post, row.by_unit, row.by_acting = "", "", False
        row.origin_row, row.origin_what, row.origin_by = told.row, told.what, told.who
        built.steps.append(row)
        for role, targets in duties.items():
            chain = self._chain(targets[0].unit.pk, local_day(told.at))
            built.duties.append(duty_row(item, role, targets[0], row.number, chain))
        clocks_step(self.kind, item, row, held)

    def _checked(self, item: Item, move: Move, read: Read, duties: Sequence[ItemDuty], at: datetime) -> None:
        needs_check(self.kind, move.need, read, values=item.values, private=(), duties=duties, unproved={})
        rules_check(self.kind, [move.key], {**item.values, **read.values})
        if move.most is not None and item.counts.get(move.key, 0) >= move.most:
            raise WrongState(f"“{move.title}”至多 {move.most} 次")
        if move.within is not None:
            within_check(move, item, at)

    def _chain(self, unit_id: int, on: date) -> list[tuple[str, int]]:
        if (unit_id, on) not in self._chains:
            self._chains[unit_id, on] = ancestor_chain(unit_id, on)
        return self._chains[unit_id, on]

    def _fault(self, case: Case, column: str, rule: str, remedy: str) -> None:
        case.faults.append(self.columns.fault(case.first_row, column, case.raw[column], rule, remedy))
