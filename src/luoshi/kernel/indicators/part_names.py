"""The names over moves and over clocks: their own, and those of the item they belong to.

The item is joined as ``i``, as it stood at the moment asked about. The lead of a move is the unit that led
when it was taken, the lead of a clock the one that leads at that moment.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from luoshi.core.expr import Kind
from luoshi.kernel.definitions.fields import Field
from luoshi.kernel.definitions.slots import Slot
from luoshi.kernel.indicators.compiler import Column
from luoshi.kernel.indicators.item_names import (
    ITEM_KINDS,
    LEAD,
    MOST_DAYS,
    MOST_HUNDREDTHS,
    MOST_TIMES,
    Moment,
    month_of,
    own_columns,
    verdict,
)
from luoshi.kernel.items.models import ItemFact

ITEMS = ItemFact._meta.db_table
MOVE_KINDS: Mapping[str, Kind] = {
    **ITEM_KINDS,
    **dict.fromkeys(("move", "from_state", "to_state", "from_stage", "to_stage", "by.unit"), Kind.TEXT),
    "nth": Kind.NUMBER,
    "taken": Kind.DATE,
}
CLOCK_KINDS: Mapping[str, Kind] = {
    **ITEM_KINDS,
    "verdict": Kind.TEXT,
    "newest": Kind.BOOL,
    **dict.fromkeys(("round", "net", "gross", "late_days"), Kind.NUMBER),
    **dict.fromkeys(("start", "due", "stop"), Kind.DATE),
}
MOVE_AXES, CLOCK_AXES = ["taken"], ["start", "due", "stop"]


def item_join(moment: Moment) -> str:
    """Return the join to the item of a row, as it stood at a moment."""
    return f"LEFT JOIN {ITEMS} AS i ON i.item_id = f.item_id AND {moment.then('i')}"


def move_columns(
    fields: Collection[Field], slots: Mapping[str, Slot], moment: Moment
) -> tuple[dict[str, Column], dict[str, str]]:
    """Return name → column, and time axis → month column, over the facts of moves as ``f``."""
    columns = own_columns(fields, slots, "i")
    columns |= {name: Column(f"f.{sql}", Kind.TEXT) for name, sql in LEAD.items()}
    texts = ("move", "from_state", "to_state", "from_stage", "to_stage")
    columns |= {name: Column(f"f.{name}", Kind.TEXT) for name in texts}
    columns["by.unit"] = Column("f.by_unit", Kind.TEXT)
    columns["nth"] = Column("f.nth", Kind.NUMBER, 0, MOST_TIMES)
    columns["taken"] = Column("CAST(f.taken_on AS TEXT)", Kind.TEXT)
    return columns, {"taken": "f.month"}


def clock_columns(
    fields: Collection[Field], slots: Mapping[str, Slot], moment: Moment
) -> tuple[dict[str, Column], dict[str, str]]:
    """Return name → column, and time axis → month column, over the facts of clocks as ``f``."""
    columns = own_columns(fields, slots, "i")
    columns["verdict"] = Column(verdict("f", moment.judged), Kind.TEXT)
    columns["newest"] = Column("f.newest", Kind.BOOL)
    columns["round"] = Column("f.round", Kind.NUMBER, 0, MOST_TIMES)
    columns["late_days"] = Column("f.late_days", Kind.NUMBER, 0, MOST_DAYS)
    columns |= {name: Column(f"f.{name}", Kind.NUMBER, 2, MOST_HUNDREDTHS) for name in ("net", "gross")}
    days = {"start": "started_on", "due": "due_on", "stop": "stopped_on"}
    columns |= {name: Column(f"CAST(f.{sql} AS TEXT)", Kind.TEXT) for name, sql in days.items()}
    axes = {name: month_of(columns[name].sql) for name in ("due", "stop")}
    return columns, {"start": "f.month"} | axes


def part_kinds(word: str) -> Mapping[str, Kind]:
    """Return the kind of every name but the fields, for ``move`` or ``clock``."""
    return MOVE_KINDS if word == "move" else CLOCK_KINDS


def part_axes(word: str) -> list[str]:
    """Return the time axes of ``move`` or ``clock``."""
    return MOVE_AXES if word == "move" else CLOCK_AXES
