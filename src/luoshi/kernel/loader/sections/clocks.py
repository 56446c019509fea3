"""The clocks of an item type: from when on, how long, until when, what stops them in between."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Discriminator, Field, StringConstraints, Tag

from luoshi.core.timing import LADDER_AT
from luoshi.kernel.items.schema_clocks import BUDGET, CUTOFF, OFFICE_HOURS, REOPEN, TRIGGER
from luoshi.kernel.loader.sections.base import Code, ColumnTitle, Expression, Section

Budget = Annotated[str, StringConstraints(pattern=BUDGET)]
Trigger = Annotated[str, StringConstraints(pattern=TRIGGER)]


def _one_or_list(value: object) -> str:
    return "list" if isinstance(value, list) else "one"


Triggers = Annotated[
    Annotated[Trigger, Tag("one")] | Annotated[list[Trigger], Field(min_length=1), Tag("list")],
    Discriminator(_one_or_list),
]
Roles = Annotated[
    Annotated[Code, Tag("one")] | Annotated[list[Code], Field(min_length=1), Tag("list")],
    Discriminator(_one_or_list),
]


class ClockTarget(Section):
    """One target: ``budget``, or ``field`` for the day a date field holds. The first that fits counts."""

    when: Expression | None = None
    budget: Budget | None = None
    field: Code | None = None


class ClockPause(Section):
    """A state in which the clock stands still, for ``max`` altogether in one round."""

    state: Code
    max: Budget | None = None


class ClockStep(Section):
    """One step of the ladder. ``mark``: how pressing the notice is; ``open``: what is opened besides."""

    at: Annotated[str, StringConstraints(pattern=rf"^{LADDER_AT}$")]
    tell: Annotated[list[Code], Field(min_length=1)]
    mark: Literal["blue", "yellow", "red"] = "yellow"
    open: Code | None = None


class ClockExtend(Section):
    """How often a clock may be extended, by how much altogether, and who approves."""

    max: Annotated[int, Field(ge=1, le=9)]
    upto: Budget
    by: Roles


class ItemClock(Section):
    """One clock. ``start_next_day``: the day of the start does not count; ``cutoff``: later is the next day.

    ``hours``: the office hours of budgets in ``work_hour``. ``on_return``: what becomes of a stopped clock
    when the item comes back from verifying; ``on_reopen``: whether a reopening starts a new one.
    """

    title: ColumnTitle
    calendar: Code
    start: Triggers
    stop: Triggers
    start_next_day: bool | None = None
    cutoff: Annotated[str, StringConstraints(pattern=CUTOFF)] | None = None
    hours: Annotated[str, StringConstraints(pattern=OFFICE_HOURS)] | None = None
    pause: list[ClockPause] = []
    on_return: Literal["restart", "continue", "exclude"] | None = None
    on_reopen: Annotated[str, StringConstraints(pattern=REOPEN)] | None = None
    target: Annotated[list[ClockTarget], Field(min_length=1, max_length=20)]
    ladder: Annotated[list[ClockStep], Field(max_length=20)] = []
    extend: ClockExtend | None = None
