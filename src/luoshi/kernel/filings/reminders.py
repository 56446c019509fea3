"""Reminder rules as packs state them: at which moments of an obligation who is told."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from luoshi.core.beijing import LOCAL, local_day
from luoshi.core.workdays import WorkCalendar
from luoshi.kernel.definitions.queries import Def
from luoshi.kernel.filings.windows import Offset, day_counted

AT = r"(open|due|sign|review|returned)(?: ([+-]) ([1-9][0-9]{0,2}) (workday|day))?"
"""How a pack writes the moment of a step."""
FORWARD = ("open", "sign", "review", "returned")
"""Anchors that nobody knows beforehand: steps are counted from them on, never back."""
TOLD = ("filler", "head", "coach", "reviewer", "owner")


@dataclass(frozen=True, slots=True)
class ReminderStep:
    """One step. ``code`` names it for ever, e.g. ``due-5w``; ``tell``: of ``TOLD``, in order."""

    code: str
    offset: Offset
    level: str
    tell: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReminderRule:
    """The steps of one form. ``hour``: the time of the day at which steps counted in days fall."""

    ref: str
    form_ref: str
    hour: time
    steps: tuple[ReminderStep, ...]

    def of(self, *anchors: str) -> tuple[ReminderStep, ...]:
        """Return the steps counted from these anchors."""
        return tuple(step for step in self.steps if step.offset.anchor in anchors)


def step_offset(text: str) -> Offset:
    """Read ``due - 5 workday``.

    Raises: ValueError.

    >>> step_offset("due - 5 workday")
    Offset(anchor='due', amount=-5, workdays=True)
    >>> step_offset("returned")
    Offset(anchor='returned', amount=0, workdays=False)
    """
    found = re.fullmatch(AT, text)
    if found is None:
        raise ValueError(f"{text!r} is no moment like 'due - 5 workday'")
    anchor, sign, amount, unit = found.groups()
    return Offset(anchor, int(amount or 0) * (-1 if sign == "-" else 1), unit == "workday")


def step_code(offset: Offset) -> str:
    """Return the name of a step.

    >>> [step_code(step_offset(text)) for text in ("due - 5 workday", "due", "review + 3 day")]
    ['due-5w', 'due', 'review+3d']
    """
    if not offset.amount:
        return offset.anchor
    return f"{offset.anchor}{offset.amount:+}{'w' if offset.workdays else 'd'}"


def rule_of(found: Def) -> ReminderRule:
    """Read a definition of kind notice."""
    body: Mapping[str, Any] = found.body
    steps = []
    for step in body["steps"]:
        offset = step_offset(step["at"])
        steps.append(ReminderStep(step_code(offset), offset, step["level"], tuple(step["tell"])))
    return ReminderRule(
        ref=found.ref,
        form_ref=f"{found.pack}.{body['form']}",
        hour=time.fromisoformat(body["hour"]),
        steps=tuple(steps),
    )


def step_moment(
    rule: ReminderRule, step: ReminderStep, anchor: datetime | date, calendar: WorkCalendar
) -> datetime:
    """Return when a step falls due: at the hour of its day; right at an anchor that is a moment of its own.

    ``anchor``: a day, or the moment of which the day counts.
    """
    if isinstance(anchor, datetime) and step.offset.anchor in FORWARD and not step.offset.amount:
        return anchor
    start = local_day(anchor) if isinstance(anchor, datetime) else anchor
    day = day_counted(step.offset, {step.offset.anchor: start}, calendar).date
    return datetime.combine(day, rule.hour, tzinfo=LOCAL)
