"""What a step of an item does to its clocks: written with the step, in its transaction."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from luoshi.core.errors import Incomplete
from luoshi.core.timing import (
    Amount,
    Clock,
    Continued,
    Event,
    Paused,
    Resumed,
    Scale,
    Started,
    Stopped,
    Voided,
    clock_after,
    clock_started,
)
from luoshi.kernel.definitions.fields import FieldKind
from luoshi.kernel.items.clock_models import ClockPause, ItemClock
from luoshi.kernel.items.clock_rows import clock_of, clock_put
from luoshi.kernel.items.clock_store import ClockStore, Stored
from luoshi.kernel.items.clocks import triggers_of
from luoshi.kernel.items.models import Item, ItemMove
from luoshi.kernel.items.schema import Stage
from luoshi.kernel.items.schema_clocks import ClockRule
from luoshi.kernel.items.types import ItemType, type_by_id
from luoshi.kernel.ledger.rows import Ledgered

MERGE = "_merge"
UNDER_WAY = (Stage.INTAKE, Stage.ASSIGNED, Stage.WORKING, Stage.WAITING)


@dataclass(slots=True)
class Changed:
    """The rows a step wrote for clocks, and what the event tells: who did what, due before and after.

    ``store``: where the rows stand.
    """

    store: ClockStore = field(default_factory=Stored)
    rows: list[Ledgered] = field(default_factory=list)
    told: list[dict[str, Any]] = field(default_factory=list)


def clocks_step(kind: ItemType, item: Item, step: ItemMove, store: ClockStore | None = None) -> Changed:
    """Start, stop, pause and resume the clocks of an item by a step just taken. One query to find them.

    ``store``: where their rows stand, the database if not said.
    """
    changed = Changed() if store is None else Changed(store)
    if not kind.clocks and step.move != MERGE:
        return changed
    newest = changed.store.newest(item) if step.number > 1 else {}
    names = {trigger.name for trigger in triggers_of(step)}
    for rule in kind.clocks.values():
        _Turn(rule, kind, item, step, names, changed, newest.get(rule.key)).take()
    return changed


def rule_of(row: ItemClock) -> ClockRule | None:
    """Return the rule a clock runs by, as it was when it started."""
    return type_by_id(row.definition_id).clocks.get(row.key)


class ClockChange:
    """One clock being changed: events are applied, rows written once, and what happened is told."""

    def __init__(self, row: ItemClock, rule: ClockRule | None, changed: Changed) -> None:
        self.row, self.rule, self.changed = row, rule, changed
        self.clock: Clock = clock_of(row, changed.store.calendar(row.calendar))
        self.was = row.due_at
        self.did: list[str] = []

    def settle(self, now: datetime) -> None:
        """End the pause that ended by itself, at the moment it did."""
        until = self.clock.until
        settled = self.clock.settled(now)
        if settled is not self.clock and until is not None:
            self._pause_end(until)
            self.clock = settled
            self.did.append("resumed")

    def apply(self, event: Event, did: str) -> bool:
        """Apply an event; say whether it changed anything."""
        self.settle(event.at)
        after = clock_after(self.clock, event)
        if after == self.clock:
            return False
        if self.clock.paused is not None and after.paused is None:
            self._pause_end(event.at)
        self.clock = after
        self.did.append(did)
        return True

    def pause(self, state: str, at: datetime, until: datetime | None) -> None:
        """Begin a pause, unless the clock is past due."""
        if self.apply(Paused(at, until), "paused"):
            pause = ClockPause(clock=self.row, state=state, from_at=at, until_at=until)
            self.changed.store.pause_put(pause)
            self.changed.rows.append(pause)

    def write(self, item: Item, now: datetime) -> None:
        """Save the row with its fact when anything happened, and tell it."""
        if not self.did:
            return
        clock_put(self.row, self.clock, self.rule)
        self.changed.store.put(self.row)
        self.changed.store.fact(self.row, item.type_ref, now)
        self.changed.rows.append(self.row)
        self.changed.told.append(
            {
                "clock": self.row.key,
                "round": self.row.round,
                "did": list(dict.fromkeys(self.did)),
                "due": [self.was, self.row.due_at],
            }
        )

    def _pause_end(self, at: datetime) -> None:
        pause = self.changed.store.pause_open(self.row)
        pause.ended_at = at
        self.changed.store.pause_put(pause)
        self.changed.rows.append(pause)


@dataclass(slots=True)
class _Turn:
    """One rule and one step."""

    rule: ClockRule
    kind: ItemType
    item: Item
    step: ItemMove
    names: set[str]
    changed: Changed
    row: ItemClock | None

    def take(self) -> None:
        row, now = self.row, self.step.at
        if row is not None:
            change = ClockChange(row, rule_of(row), self.changed)
            self._old(change, now)
            change.write(self.item, now)
        if self.rule.starts & self.names:
            self._start(None)
        elif "reopened" in self.names and row is not None and self.rule.on_reopen == "new":
            self._start(self.rule.again)
        elif self._returned() and self.rule.on_return == "restart":
            self._start(None)

    def _old(self, change: ClockChange, now: datetime) -> None:
        """Carry on the newest round there is."""
        if self.step.to_stage == Stage.VOID or self.step.move == MERGE:
            change.apply(Voided(now), "voided") if change.clock.open else None
            return
        moved = self.step.from_state != self.step.to_state
        if moved and self.step.from_state in self.rule.pauses and change.clock.paused is not None:
            change.apply(Resumed(now), "resumed")
        if change.clock.open:
            if self.rule.stops & self.names:
                change.apply(Stopped(now), "stopped")
            elif self.rule.starts & self.names:
                self._replaced(change, now)
        elif self._returned() and self.rule.on_return in ("continue", "exclude"):
            self._back(change, now)
        if moved and self.step.to_state in self.rule.pauses and change.clock.open:
            self._pause(change, now)

    def _replaced(self, change: ClockChange, now: datetime) -> None:
        """A new round begins while this one runs: it is void, but what was missed stays missed."""
        change.settle(now)
        due = change.clock.due
        if due is not None and now > due:
            change.apply(Stopped(now), "stopped")
        else:
            change.apply(Voided(now), "voided")

    def _back(self, change: ClockChange, now: datetime) -> None:
        stopped, due = change.clock.stopped, change.clock.due
        excluded = self.rule.on_return == "exclude"
        if not change.apply(Continued(now, excluded), "continued"):
            return
        if excluded and stopped is not None and due is not None and stopped <= due:
            pause = ClockPause(clock=change.row, from_at=stopped, ended_at=now)
            self.changed.store.pause_put(pause)
            self.changed.rows.append(pause)

    def _returned(self) -> bool:
        """Say whether the step sends a stopped item back from verifying."""
        back = self.step.from_stage == Stage.VERIFYING and self.step.to_stage in UNDER_WAY
        return back and self.row is not None and self.row.stopped_at is not None

    def _pause(self, change: ClockChange, now: datetime) -> None:
        change.settle(now)
        most, until = self.rule.pauses[self.step.to_state], None
        if most is not None:
            scale = Scale(most.unit, change.clock.scale.calendar, change.clock.scale.hours)
            spent = self.changed.store.spans(change.row, self.step.to_state)
            used = sum(scale.between(since, ended) for since, ended in spent)
            if used >= most.ticks:
                return
            until = scale.after(now, most.ticks - used)
        change.pause(self.step.to_state, now, until)

    def _start(self, again: Amount | None) -> None:
        rule, step = self.rule, self.step
        target = again or self._target()
        store = self.changed.store
        started = Started(step.at, target, rule.next_day, rule.cutoff, rule.hours)
        clock = clock_started(started, store.calendar(rule.calendar))
        row = ItemClock(
            item=self.item,
            key=rule.key,
            round=self.row.round + 1 if self.row is not None else 1,
            definition_id=self.item.definition_id,
            from_step=step.number,
            unit=started.unit.value,
            fixed_on=None if isinstance(target, Amount | datetime) else target,
            fixed_at=target if isinstance(target, datetime) else None,
            next_day=rule.next_day,
            cutoff=rule.cutoff,
            hours=rule.hours_text,
            calendar=rule.calendar,
            started_at=step.at,
            outside=store.outside,
        )
        clock_put(row, clock, rule)
        store.put(row)
        if self.row is not None:
            store.fact(self.row, self.item.type_ref, step.at, newest=False)
        store.fact(row, self.item.type_ref, step.at)
        self.changed.rows.append(row)
        self.changed.told.append(
            {"clock": rule.key, "round": row.round, "did": ["started"], "due": [None, row.due_at]}
        )
        if step.to_state in rule.pauses:
            change = ClockChange(row, rule, self.changed)
            self._pause(change, step.at)
            change.write(self.item, step.at)

    def _target(self) -> Amount | date | datetime:
        """Return the first target that fits the item now. Raises: Incomplete for a day left blank."""
        values = self.item.values
        env = {key: field.typed(values.get(key)) for key, field in self.kind.fields.items()}
        for target in self.rule.targets:
            if target.when is not None and target.when.value(env) is not True:
                continue
            if target.budget is not None:
                return target.budget
            text = values.get(target.field)
            if text is not None:
                moment = self.kind.fields[target.field].kind is FieldKind.MOMENT
                return (datetime if moment else date).fromisoformat(text)
            title = self.kind.fields[target.field].title
            raise Incomplete(
                f"请先填写{title}，“{self.rule.title}”以它为期限。", fields={target.field: f"请填写{title}。"}
            )
        raise AssertionError("the last target has no condition")  # checked when the pack was loaded
