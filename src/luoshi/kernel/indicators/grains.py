"""The grains: what one row of a figure is, which table has it, and which columns name and place it.

The fact table is ``f`` in every query. A grain says nothing of fields: those are the columns of ``Wanted``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from luoshi.core.errors import Invalid, nearest
from luoshi.core.periods import Period, PeriodKind
from luoshi.kernel.filings.models import FilingFact
from luoshi.kernel.items.models import ClockFact, ItemFact, MoveFact
from luoshi.kernel.ledger.rows import milliseconds

PERIOD, END = "period", "end"


@dataclass(frozen=True, slots=True)
class Grain:
    """One grain. ``row``: what names a row; ``scope``: whose rows they are; ``unit``: the unit counted for.

    ``coded``: the unit stands as its code, not its id. ``order``: how rows behind a figure are listed.
    """

    word: str
    title: str
    counted: str
    table: str
    row: str
    scope: tuple[str, ...]
    unit: str
    coded: bool
    order: str
    lasting: bool = False

    def in_force(self, at: datetime | None) -> tuple[str, tuple[Any, ...]]:
        """Return the condition that a row counted at a moment; None: that it counts now.

        What is ``lasting`` counts from when it happened on: it has one version.
        """
        if self.lasting:
            return ("", ()) if at is None else ("f.from_ms <= %s", (milliseconds(at),))
        if at is None:
            return "f.to_ms IS NULL", ()
        moment = milliseconds(at)
        return "f.from_ms <= %s AND (f.to_ms IS NULL OR f.to_ms > %s)", (moment, moment)


FILING = Grain(
    word="filing",
    title="填报",
    counted="填报份数",
    table=FilingFact._meta.db_table,
    row="f.filing_id",
    scope=("f.form_ref",),
    unit="f.unit_id",
    coded=False,
    order="f.period_code, f.unit_code, f.filing_id",
)
ITEM = Grain(
    word="item",
    title="事项",
    counted="事项件数",
    table=ItemFact._meta.db_table,
    row="f.item_id",
    scope=("f.type_ref",),
    unit="f.lead_code",
    coded=True,
    order="f.created_ms, f.item_id",
)
MOVE = Grain(
    word="move",
    title="流转",
    counted="流转次数",
    table=MoveFact._meta.db_table,
    row="f.item_id",
    scope=("f.type_ref",),
    unit="f.lead_code",
    coded=True,
    order="f.from_ms, f.item_id, f.step",
    lasting=True,
)
CLOCK = Grain(
    word="clock",
    title="时限",
    counted="时限次数",
    table=ClockFact._meta.db_table,
    row="f.item_id",
    scope=("f.type_ref", "f.key"),
    unit="i.lead_code",
    coded=True,
    order="f.item_id, f.round",
)
GRAINS = {grain.word: grain for grain in (FILING, ITEM, MOVE, CLOCK)}
OF_ITEMS = frozenset({MOVE.word, CLOCK.word})


def grain_of(word: str) -> Grain:
    """Return the grain a definition names: one of the words, or else the key of an item type.

    >>> grain_of("filing").word, grain_of("case").word
    ('filing', 'item')
    """
    return GRAINS.get(word, ITEM) if word != ITEM.word else ITEM


def within(period: Period, month: str) -> tuple[str, tuple[Any, ...]]:
    """Return the condition that the month (year × 100 + month) of a row lies in a period of whole months."""
    return f"{month} BETWEEN %s AND %s", (period.months[0], period.months[-1])


def filed_within(period: Period) -> tuple[str, tuple[Any, ...]]:
    """Filings of the period. A node of a year stands for the whole year, so only the very node is meant."""
    if period.kind is PeriodKind.NODE:
        return "f.period_code = %s", (period.code,)
    months = period.months
    return (
        "f.month BETWEEN %s AND %s AND f.period_kind <> %s AND f.period_start >= %s AND f.period_end <= %s",
        (months[0], months[-1], PeriodKind.NODE.value, period.start, period.end),
    )


def require_axis(time: str, known: dict[str, str]) -> str:
    """Return the month column of a time axis. Raises: Invalid with the nearest one there is."""
    if time in known:
        return known[time]
    near = nearest(time, known)
    raise Invalid(f"没有时间轴“{time}”" + (f"，是否想写 {near}。" if near else "。"))
