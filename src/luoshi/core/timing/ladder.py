"""Steps of a ladder: at which moments before and after a due moment somebody is told."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from luoshi.core.beijing import LOCAL, local_day
from luoshi.core.timing.scales import HOUR_MS, Scale, Unit
from luoshi.core.timing.state import Clock

LADDER_AT = r"(?:due|[1-9][0-9]{0,2}%|[+-][1-9][0-9]{0,2} (?:workday|calendar_day|work_hour|hour))"
"""How a pack writes the moment of a step."""


@dataclass(frozen=True, slots=True)
class LadderStep:
    """One step. ``code`` names it for ever; ``unit`` is None for a share in percent."""

    code: str
    amount: int
    unit: Unit | None

    @property
    def title(self) -> str:
        """Return what the step is called on a page."""
        if self.code == "due":
            return "到期"
        if self.unit is None:
            return f"时限用去 {self.amount}%"
        units = {Unit.WORKDAY: "个工作日", Unit.CALENDAR_DAY: "日", Unit.WORK_HOUR: "个工作小时"}
        side = "到期前" if self.amount < 0 else "逾期"
        return f"{side} {abs(self.amount)} {units.get(self.unit, '小时')}"


def ladder_step(text: str) -> LadderStep:
    """Read ``-3 workday``, ``80%``, ``due``. Raises: ValueError.

    >>> ladder_step("-3 workday").title, ladder_step("130%").title, ladder_step("due").title
    ('到期前 3 个工作日', '时限用去 130%', '到期')
    """
    if not re.fullmatch(LADDER_AT, text):
        raise ValueError(text)
    if text == "due":
        return LadderStep(text, 0, Unit.WORKDAY)
    if text.endswith("%"):
        return LadderStep(text, int(text[:-1]), None)
    number, _, unit = text.partition(" ")
    return LadderStep(text.replace(" ", "_"), int(number), Unit(unit))


def step_moment(step: LadderStep, clock: Clock) -> datetime | None:
    """Return when a step falls due, None while nothing is due (a pause without an end).

    ``due`` is the due moment itself. Steps counted in days come at the opening of their day. A share counts
    ticks of the whole budget with its extensions: whole days, early before the due day and late after it.
    """
    due = clock.bound
    if due is None:
        return None
    if step.code == "due":
        return due
    scale = clock.scale
    if step.unit is None:
        ticks = _share(step.amount, clock.total + clock.extended)
    else:
        scale = Scale(step.unit, scale.calendar, scale.hours)
        ticks = step.amount if step.unit.daily else step.amount * HOUR_MS
    moment = scale.after(due, ticks) if ticks else due
    if not scale.unit.daily:
        return moment
    return datetime.combine(local_day(moment), scale.hours.opening, tzinfo=LOCAL)


def _share(percent: int, total: int) -> int:
    """Return the ticks from the due moment to a share of the budget, rounded down.

    >>> _share(80, 15), _share(130, 15), _share(80, 3)
    (-3, 4, -1)
    """
    return (percent - 100) * total // 100
