"""How a pack writes the clocks of an item type, and what is read from it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import time
from typing import Any

from luoshi.core.expr import Expr, parse
from luoshi.core.timing import (
    AMOUNT,
    HOURS,
    OFFICE,
    Amount,
    Hours,
    LadderStep,
    amount_of,
    hours_of,
    ladder_step,
)
from luoshi.kernel.items.schema import Holder

TRIGGER = (
    r"^(move\.[a-z][a-z0-9_]*\.(first|last)|state\.[a-z][a-z0-9_]*"
    r"|stage\.(intake|assigned|working|waiting|verifying|done))$"
)
BUDGET = rf"^{AMOUNT}$"
OFFICE_HOURS = rf"^{HOURS}$"
CUTOFF = r"^([01][0-9]|2[0-3]):[0-5][0-9]$"
REOPEN = rf"^(none|new|new {AMOUNT})$"
FIXED_UNITS: Mapping[str, str] = {"date": "workday", "moment": "hour"}
"""Type of the field that a target names → what the target is counted in."""


@dataclass(frozen=True, slots=True)
class Target:
    """One target: a budget, or the day or moment a field holds, where ``when`` is true (None: always)."""

    when: Expr | None
    budget: Amount | None
    field: str


@dataclass(frozen=True, slots=True)
class Rung:
    """One step of the ladder: whom it tells, how pressing it is, and what it opens ("" for nothing)."""

    step: LadderStep
    tell: tuple[Holder, ...]
    level: str
    opens: str


@dataclass(frozen=True, slots=True)
class Extend:
    """How often and by how much altogether a clock may be extended, and who approves."""

    most: int
    upto: Amount
    by: tuple[Holder, ...]


@dataclass(frozen=True, slots=True)
class ClockRule:
    """One clock of an item type. ``pauses``: state → the most a clock may stand still in it, None: any time.

    ``on_return``: what a return from verifying does to a stopped clock: restart, continue, exclude, or "" for
    nothing. ``on_reopen``: none or new; ``again``: the budget of the new one, None for that of the target.
    """

    key: str
    title: str
    calendar: str
    starts: frozenset[str]
    stops: frozenset[str]
    next_day: bool
    cutoff: time | None
    hours: Hours
    hours_text: str
    pauses: Mapping[str, Amount | None]
    on_return: str
    on_reopen: str
    again: Amount | None
    targets: tuple[Target, ...]
    ladder: tuple[Rung, ...]
    extend: Extend | None


def clock_rule(key: str, body: Mapping[str, Any], holders: Callable[[Any], tuple[Holder, ...]]) -> ClockRule:
    """Read one clock of an item type's body. ``holders``: reads the keys of roles."""
    reopen, _, again = (body["on_reopen"] or "none").partition(" ")
    extend = body["extend"]
    stop, start = body["stop"], body["start"]
    return ClockRule(
        key=key,
        title=body["title"],
        calendar=body["calendar"],
        starts=frozenset([start] if isinstance(start, str) else start),
        stops=frozenset([stop] if isinstance(stop, str) else stop),
        next_day=bool(body["start_next_day"]),
        cutoff=time.fromisoformat(body["cutoff"]) if body["cutoff"] else None,
        hours=hours_of(body["hours"]) if body["hours"] else OFFICE,
        hours_text=body["hours"] or "",
        pauses={each["state"]: amount_of(each["max"]) if each["max"] else None for each in body["pause"]},
        on_return=body["on_return"] or "",
        on_reopen=reopen,
        again=amount_of(again) if again else None,
        targets=tuple(_target(each) for each in body["target"]),
        ladder=tuple(
            Rung(ladder_step(each["at"]), holders(each["tell"]), each["mark"], each.get("open") or "")
            for each in body["ladder"]
        ),
        extend=Extend(extend["max"], amount_of(extend["upto"]), holders(extend["by"])) if extend else None,
    )


def _target(body: Mapping[str, Any]) -> Target:
    budget = amount_of(body["budget"]) if body["budget"] else None
    return Target(parse(body["when"]) if body["when"] else None, budget, body["field"] or "")
