"""The names an indicator may use over items, and what they stand for in SQL.

``lead.…`` is the unit that led as it stood on the day it was given the duty. ``move.KEY.first|last`` is the
day a move was taken, ``move.KEY.count`` how often. ``clock.KEY.first|last|outer`` is the first round of a
clock, the newest, or the span from the first start to the newest stop against the first due date. How a clock
stands is derived at the moment asked about, never stored.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from luoshi.core.expr import Kind
from luoshi.kernel.definitions.fields import Field, FieldKind
from luoshi.kernel.definitions.slots import Slot
from luoshi.kernel.indicators.compiler import Column
from luoshi.kernel.indicators.fields import field_columns
from luoshi.kernel.items.models import ClockFact, MoveFact
from luoshi.kernel.ledger.rows import milliseconds

MOVES, CLOCKS = MoveFact._meta.db_table, ClockFact._meta.db_table
MOST_TIMES = 10**6
MOST_HUNDREDTHS = 10**9
MOST_DAYS = 10**6
ROUNDS = ("first", "last", "outer")
LEAD = {
    "lead.code": "lead_code",
    "lead.kind": "lead_kind",
    "lead.branch": "lead_branch",
    "lead.parent": "lead_parent",
}
ITEM_KINDS: Mapping[str, Kind] = {
    **dict.fromkeys(("number", "state", "stage", *LEAD), Kind.TEXT),
    "created": Kind.DATE,
    "reopened": Kind.NUMBER,
    "merged": Kind.BOOL,
}
MOVE_PARTS = {"first": Kind.DATE, "last": Kind.DATE, "count": Kind.NUMBER}
CLOCK_PARTS = {
    "verdict": Kind.TEXT,
    "due": Kind.DATE,
    "stop": Kind.DATE,
    "net": Kind.NUMBER,
    "gross": Kind.NUMBER,
    "late_days": Kind.NUMBER,
}
_CODE = re.compile(r"[a-z_][a-z0-9_]*")


@dataclass(frozen=True, slots=True)
class Moment:
    """The moment a figure is asked for: ``at`` None is how rows stand now, judged at ``now``."""

    at: datetime | None
    now: datetime

    @property
    def judged(self) -> int:
        """Return the milliseconds at which running clocks are judged."""
        return milliseconds(self.now if self.at is None else min(self.at, self.now))

    def then(self, alias: str) -> str:
        """Return the condition that a version of a row is the one of that moment."""
        if self.at is None:
            return f"{alias}.to_ms IS NULL"
        at = milliseconds(self.at)
        return f"{alias}.from_ms <= {at} AND ({alias}.to_ms IS NULL OR {alias}.to_ms > {at})"

    def by_then(self, alias: str) -> str:
        """Return the further condition that something had happened by then; empty for now."""
        return "" if self.at is None else f" AND {alias}.from_ms <= {milliseconds(self.at)}"


def item_kinds(moves: Iterable[str], clocks: Iterable[str]) -> dict[str, Kind]:
    """Return the kind of every name but the fields, for items with these moves and clocks."""
    kinds = dict(ITEM_KINDS)
    for move in moves:
        kinds |= {f"move.{move}.{part}": kind for part, kind in MOVE_PARTS.items()}
    for clock in clocks:
        for turn in ROUNDS:
            kinds |= {f"clock.{clock}.{turn}.{part}": kind for part, kind in CLOCK_PARTS.items()}
    return kinds


def item_axes(moves: Iterable[str], clocks: Iterable[str], dates: Iterable[str]) -> list[str]:
    """Return the names that can be a time axis: days, and ``end`` for how things stood at a period's end."""
    timed = [name for name, kind in item_kinds(moves, clocks).items() if kind is Kind.DATE]
    return [*timed, *dates, "end"]


def item_columns(
    fields: Collection[Field],
    slots: Mapping[str, Slot],
    moves: Iterable[str],
    clocks: Iterable[str],
    moment: Moment,
) -> tuple[dict[str, Column], dict[str, str]]:
    """Return name → column, and time axis → month column, over the fact table of items as ``f``."""
    columns = own_columns(fields, slots, "f")
    axes = {"created": "f.month"}
    for move in moves:
        columns |= _move(move, moment)
        axes |= {f"move.{move}.{turn}": _month_of_move(move, turn, moment) for turn in ("first", "last")}
    for clock in clocks:
        columns |= _clock(clock, moment)
    dated = [name for name in columns if name.endswith((".due", ".stop"))]
    dated += [field.key for field in fields if field.kind is FieldKind.DATE]
    axes |= {name: month_of(columns[name].sql) for name in dated}
    return columns, axes


def own_columns(fields: Collection[Field], slots: Mapping[str, Slot], table: str) -> dict[str, Column]:
    """Return what an item itself tells, from the fact table of items under an alias."""
    columns = {name: Column(f"{table}.{sql}", Kind.TEXT) for name, sql in LEAD.items()}
    columns |= {name: Column(f"{table}.{name}", Kind.TEXT) for name in ("number", "state", "stage")}
    columns["created"] = Column(f"CAST({table}.created_on AS TEXT)", Kind.TEXT)
    columns["reopened"] = Column(f"{table}.reopened", Kind.NUMBER, 0, MOST_TIMES)
    columns["merged"] = Column(f"{table}.merged", Kind.BOOL)
    return columns | field_columns(fields, slots, f"{table}.")


def month_of(day: str) -> str:
    """Return the SQL of year × 100 + month of a day as ISO text."""
    return f"CAST(SUBSTR({day}, 1, 4) || SUBSTR({day}, 6, 2) AS INTEGER)"


def verdict(alias: str, judged: int, due: str = "due_ms") -> str:
    """Return the SQL of how a clock stood, with the meaning of ``core.timing.Clock.verdict``."""
    bound = f"{alias}.bound_ms" if due == "due_ms" else f"COALESCE({alias}.{due}, {alias}.bound_ms)"
    return (
        f"(CASE WHEN {alias}.id IS NULL THEN NULL WHEN {alias}.voided_ms IS NOT NULL THEN 'void' "
        f"WHEN {alias}.stopped_ms <= {alias}.{due} THEN 'met' "
        f"WHEN {alias}.stopped_ms IS NOT NULL OR {bound} < {judged} THEN 'missed' "
        f"WHEN {alias}.paused_ms IS NOT NULL AND ({alias}.until_ms IS NULL OR {alias}.until_ms > {judged}) "
        "THEN 'paused' ELSE 'running' END)"
    )


def _move(move: str, moment: Moment) -> dict[str, Column]:
    rows = _rows_of_move(move, moment)
    return {
        f"move.{move}.first": Column(f"(SELECT CAST(MIN(m.taken_on) AS TEXT) {rows})", Kind.TEXT),
        f"move.{move}.last": Column(f"(SELECT CAST(MAX(m.taken_on) AS TEXT) {rows})", Kind.TEXT),
        f"move.{move}.count": Column(f"(SELECT COUNT(*) {rows})", Kind.NUMBER, 0, MOST_TIMES),
    }


def _month_of_move(move: str, turn: str, moment: Moment) -> str:
    return f"(SELECT {'MIN' if turn == 'first' else 'MAX'}(m.month) {_rows_of_move(move, moment)})"


def _rows_of_move(move: str, moment: Moment) -> str:
    return f"FROM {MOVES} AS m WHERE m.item_id = f.item_id AND m.move = '{_code(move)}'{moment.by_then('m')}"


def _clock(clock: str, moment: Moment) -> dict[str, Column]:
    found: dict[str, Column] = {}
    for turn in ROUNDS:
        alias = f"clock_{_code(clock)}_{'first' if turn == 'first' else 'last'}"
        which = f"{alias}.round = 1" if turn == "first" else f"{alias}.newest"
        needs = (
            f"LEFT JOIN {CLOCKS} AS {alias} ON {alias}.item_id = f.item_id AND {alias}.key = '{clock}' "
            f"AND {which} AND {moment.then(alias)}"
        )
        outer = "outer_" if turn == "outer" else ""
        texts = {
            "verdict": verdict(alias, moment.judged, f"{outer}due_ms"),
            "due": f"CAST({alias}.{outer}due_on AS TEXT)",
            "stop": f"CAST({alias}.stopped_on AS TEXT)",
        }
        name = f"clock.{clock}.{turn}"
        found |= {f"{name}.{part}": Column(sql, Kind.TEXT, needs=needs) for part, sql in texts.items()}
        for part in ("net", "gross"):
            sql = f"{alias}.{outer}{part}"
            found[f"{name}.{part}"] = Column(sql, Kind.NUMBER, 2, MOST_HUNDREDTHS, needs)
        found[f"{name}.late_days"] = Column(f"{alias}.{outer}late_days", Kind.NUMBER, 0, MOST_DAYS, needs)
    return found


def _code(text: str) -> str:
    """Return a key that may stand in SQL; packs allow no other."""
    if not _CODE.fullmatch(text):
        raise ValueError(f"{text!r} is no key")
    return text
