"""How far measures are. What the facts say and what units say themselves are never mixed.

By the facts a measure is done when it was verified; a figure with a target tells a part; of everything
else it is not known how far it is, and unknown is not 0. Lasting measures stand outside the sum.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import ROUND_DOWN, Decimal

from luoshi.core.beijing import local_day

NEAR_DAYS = 7
STANDINGS = {
    "waiting": ("todo", "未下达"),
    "sent": ("warn", "待签收"),
    "redo": ("warn", "待重新下达"),
    "doing": ("doing", "办理中"),
    "near": ("warn", "临近时限"),
    "overdue": ("bad", "已逾期"),
    "check": ("doing", "待核查"),
    "lasting": ("doing", "持续坚持"),
    "done": ("ok", "已销号"),
    "late": ("warn", "逾期销号"),
    "ended": ("", "已终止"),
}
"""standing → (tone, word)."""


@dataclass(frozen=True, slots=True)
class Timing:
    """The newest round of the clock of a task: due, overdue after ``bound``, stopped."""

    due: datetime | None
    bound: datetime | None
    stopped: datetime | None


@dataclass(frozen=True, slots=True)
class Leaf:
    """One live measure as it stands. ``known``: percent by the facts, None where nothing tells."""

    id: int
    parent_id: int
    code: str
    title: str
    weight: int
    lead_id: int | None
    lead: str
    leader: str
    due_on: date | None
    lasting: bool
    handed_on: date | None
    item_id: int | None
    stage: str
    state: str
    said_percent: int | None
    said_on: date | None
    timing: Timing | None
    standing: str
    known: Decimal | None

    @property
    def tone(self) -> str:
        """Return the tone of the standing."""
        return STANDINGS[self.standing][0]

    @property
    def word(self) -> str:
        """Return the standing in words."""
        return STANDINGS[self.standing][1]

    @property
    def moved_to(self) -> date | None:
        """Return the day an extension moved the date to, None while it is the planned one."""
        if self.timing is None or self.timing.due is None or self.due_on is None:
            return None
        day = local_day(self.timing.due)
        return day if day != self.due_on else None


def standing_of(stage: str, state: str, timing: Timing | None, now: datetime) -> str:
    """Return how a measure stands: one key of ``STANDINGS``. ``stage`` is empty before it is handed out."""
    if stage in ("", "void"):
        return "ended" if stage else "waiting"
    if stage == "done":
        late = timing is not None and timing.due and timing.stopped and timing.stopped > timing.due
        return "late" if late else "done"
    if state in ("check", "lasting", "redo"):
        return state
    bound = timing.bound if timing is not None and timing.stopped is None else None
    if bound is not None and bound < now:
        return "overdue"
    if bound is not None and (bound - now).days < NEAR_DAYS:
        return "near"
    return state


@dataclass(slots=True)
class Tally:
    """Sums over measures. Weights and weighted percents; lasting ones are counted apart."""

    measures: int = 0
    closed: int = 0
    lasting: int = 0
    overdue: int = 0
    waiting: int = 0
    weight: int = 0
    known_weight: int = 0
    points: Decimal = Decimal(0)
    said: int = 0
    said_weight: int = 0
    said_points: int = 0
    leads: set[str] = field(default_factory=set)

    def add(self, leaf: Leaf) -> None:
        """Count one measure."""
        if leaf.standing == "ended":
            return
        self.measures += 1
        self.overdue += leaf.standing == "overdue"
        self.waiting += leaf.standing == "waiting"
        self.leads.add(leaf.lead)
        if leaf.said_percent is not None:
            self.said += 1
            self.said_weight += leaf.weight
            self.said_points += leaf.weight * leaf.said_percent
        if leaf.lasting:
            self.lasting += 1
            return
        self.closed += leaf.stage == "done"
        self.weight += leaf.weight
        if leaf.known is not None:
            self.known_weight += leaf.weight
            self.points += leaf.weight * leaf.known

    def absorb(self, other: Tally) -> None:
        """Add the sums of a branch."""
        for name in (
            *("measures", "closed", "lasting", "overdue", "waiting", "weight", "known_weight"),
            *("points", "said", "said_weight", "said_points"),
        ):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.leads |= other.leads

    @property
    def dated(self) -> int:
        """Return how many measures can be done."""
        return self.measures - self.lasting

    @property
    def percent(self) -> int | None:
        """Return the percent proven by the facts of the whole weight; None where nothing is known.

        100 only when everything is; cut off, not rounded.
        """
        if not self.known_weight:
            return None
        return int((self.points / self.weight).to_integral_value(ROUND_DOWN))

    @property
    def unknown(self) -> int:
        """Return the percent of the weight of which nothing is known, rounded up."""
        left = self.weight - self.known_weight
        return -(-100 * left // self.weight) if left else 0

    @property
    def said_percent(self) -> int | None:
        """Return what those who said something say on average, by weight; None where nobody did."""
        return self.said_points // self.said_weight if self.said_weight else None
