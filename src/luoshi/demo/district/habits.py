"""How a unit of the sample files: when, with what values, and what goes wrong. Pure, from a seed alone.

Every draw has a generator of its own, named by seed, form, unit and period: the same unit files the same,
whatever else is built beside it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from random import Random

from luoshi.core.periods import Period, PeriodKind, parse_period
from luoshi.demo.district.words import EXPLAINED, QUARTERLY_HELP, WORK

SEED = 20_230_612
JUMP_PERCENT = 100
WATCHED = ("found", "appeals")


class Outcome(StrEnum):
    """What becomes of an obligation."""

    FILED = "filed"
    NIL = "nil"
    EXCUSED = "excused"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Plan:
    """What is going to happen with one obligation.

    ``day``: working day after the end of the period on which it is submitted; ``late_days``: working days
    after due instead, 0 when on time. ``returns``: how often the reviewer sends it back; ``mend_days``:
    working days until each return is answered. ``excuse_first``: an excuse is asked for first and refused.
    """

    outcome: Outcome
    day: int
    late_days: int
    minute: int
    sign_days: int
    returns: int
    mend_days: tuple[int, ...]
    withdrawn: bool
    drafted: bool
    excuse_first: bool


LEFT_TO_TRY = {
    ("zeren.monthly", "JD01", "2023-04"): Plan(Outcome.FILED, 5, 0, 930, 1, 1, (21,), False, False, False),
    ("zeren.monthly", "JD01", "2023-05"): Plan(Outcome.FILED, 8, 0, 600, 0, 0, (), False, True, False),
}
"""What waits for those of the cast: a version mended late not yet signed, a draft half filled."""


def random_of(*names: object) -> Random:
    """Return the generator of one draw."""
    return Random("|".join(map(str, (SEED, *names))))


def plan_of(form_ref: str, unit: str, period: Period) -> Plan:
    """Draw what becomes of one obligation. Slow units are late and returned more often."""
    left = LEFT_TO_TRY.get((form_ref, unit, period.code))
    if left is not None:
        return left
    slow = random_of("pace", unit).random()
    draw = random_of(form_ref, unit, period.code)
    small = unit.startswith(("TT", "SY"))
    share = draw.random()
    limits = (0.012, 0.024 + (0.03 if slow > 0.85 else 0), 0.04 + (0.09 if small else 0.02))
    outcome = (
        Outcome.EXCUSED
        if share < limits[0]
        else Outcome.MISSING
        if share < limits[1]
        else Outcome.NIL
        if share < limits[2]
        else Outcome.FILED
    )
    late = draw.random() < (0.16 if slow > 0.85 else 0.05 if slow > 0.5 else 0.015)
    first, last = (1, 5) if slow <= 0.5 else (3, 8) if slow <= 0.85 else (6, 10)
    returned = outcome is Outcome.FILED and draw.random() < (0.16 if slow > 0.85 else 0.08)
    returns = (2 if draw.random() < 0.15 else 1) if returned else 0
    return Plan(
        outcome=outcome,
        day=draw.randint(first, last),
        late_days=draw.randint(1, 7) if late else 0,
        minute=draw.randint(8 * 60 + 40, 16 * 60 + 50),
        sign_days=draw.choice((0, 0, 0, 1)),
        returns=returns,
        mend_days=tuple(draw.choice((1, 1, 2, 2, 3, 5)) for _ in range(returns)),
        withdrawn=draw.random() < 0.012,
        drafted=outcome is not Outcome.EXCUSED and draw.random() < 0.25,
        excuse_first=outcome is not Outcome.EXCUSED and draw.random() < 0.006,
    )


def values_of(unit: str, period: Period) -> dict[str, str]:
    """Return what the unit holds true for a period, as typed into the form of its kind."""
    return _quarter(unit, period) if period.kind is PeriodKind.QUARTER else _month(unit, period)


def explained_of(unit: str, period: Period) -> dict[str, str]:
    """Return the explanations of what jumped against the month before, by field; quarters are not watched."""
    if period.kind is PeriodKind.QUARTER:
        return {}
    before, now = _month(unit, period.previous()), _month(unit, period)
    draw = random_of("explained", unit, period.code)
    jumped = [key for key in WATCHED if _jumps(int(before[key]), int(now[key]))]
    return {key: draw.choice(EXPLAINED) for key in jumped}


def mistaken(values: dict[str, str], field: str, attempt: int) -> dict[str, str]:
    """Return values of which one is wrong in a way the rules of the form let pass."""
    wrong = "已按要求推进。" if field == "work" else str(int(values[field]) + 3 - attempt)
    return values | {field: wrong}


def _jumps(old: int, new: int) -> bool:
    return abs(new - old) * 100 > JUMP_PERCENT * old


def _month(unit: str, period: Period) -> dict[str, str]:
    size = random_of("size", unit)
    street = unit.startswith("JD")
    items, found = size.randint(6, 18), size.randint(4, 12) if street else size.randint(1, 7)
    appeals = size.randint(60, 240) if street else size.randint(5, 60) if unit.startswith("ZF") else 2
    draw = random_of("month", unit, period.code)
    found = max(0, round(found * draw.uniform(0.7, 1.4)) + (found * 2 if draw.random() < 0.02 else 0))
    appeals = max(0, round(appeals * draw.uniform(0.75, 1.3)))
    open_now = sum(draw.random() < 0.12 for _ in range(found))
    overdue = sum(draw.random() < 0.15 for _ in range(open_now))
    unanswered = sum(draw.random() < 0.02 for _ in range(appeals))
    aspect = draw.choice(("plan", "decide", "supervise", "mend", "mend", "serve", "serve", "daily"))
    return {
        "items": str(max(3, items + draw.randint(-2, 2))),
        "found": str(found),
        "fixed": str(found - open_now),
        "overdue": str(overdue),
        "appeals": str(appeals),
        "answered": str(appeals - unanswered),
        "aspect": aspect,
        "work": draw.choice(WORK[aspect]),
    }


def _quarter(unit: str, period: Period) -> dict[str, str]:
    """The items are those of the last month: the form asks again what is held already."""
    last = parse_period(f"{period.end:%Y-%m}")
    items = int(_month(unit, last)["items"])
    draw = random_of("quarter", unit, period.code)
    stuck = sum(draw.random() < 0.05 for _ in range(items))
    return {
        "items": str(items),
        "done": str(draw.randint(1, 9)),
        "stuck": str(stuck),
        "help": draw.choice(QUARTERLY_HELP) if stuck else "",
    }
