"""Arithmetic of clocks: budgets, pauses, extensions, verdicts and ladders on a working-day calendar.

A clock is a list of events; its state at any moment follows from them and a calendar alone. Nothing here
looks at the time: the moment comes in.
"""

from __future__ import annotations

from luoshi.core.timing.ladder import LADDER_AT, LadderStep, ladder_step, step_moment
from luoshi.core.timing.scales import (
    AMOUNT,
    HOURS,
    OFFICE,
    Amount,
    Hours,
    Scale,
    Unit,
    amount_of,
    hours_of,
)
from luoshi.core.timing.state import (
    Clock,
    Continued,
    Event,
    Extended,
    Paused,
    Resumed,
    Started,
    Stopped,
    Verdict,
    Voided,
    clock_after,
    clock_started,
    clock_state,
)

__all__ = [
    "AMOUNT",
    "HOURS",
    "LADDER_AT",
    "OFFICE",
    "Amount",
    "Clock",
    "Continued",
    "Event",
    "Extended",
    "Hours",
    "LadderStep",
    "Paused",
    "Resumed",
    "Scale",
    "Started",
    "Stopped",
    "Unit",
    "Verdict",
    "Voided",
    "amount_of",
    "clock_after",
    "clock_started",
    "clock_state",
    "hours_of",
    "ladder_step",
    "step_moment",
]
