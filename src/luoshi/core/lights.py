"""The light of an obligation: one of seven, computed from times alone, never stored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from luoshi.core.beijing import local_day
from luoshi.core.workdays import WorkCalendar


class Light(StrEnum):
    """What a light says; colour is never its only sign, see ``LOOKS``."""

    WHITE = "white"
    BLUE = "blue"
    YELLOW = "yellow"
    RED = "red"
    GREEN = "green"
    GREEN_LATE = "green_late"
    EXCUSED = "excused"


@dataclass(frozen=True, slots=True)
class Look:
    """The word and the shape of a light; no two lights share either."""

    word: str
    shape: str


LOOKS: Mapping[Light, Look] = {
    Light.WHITE: Look("未到期", "circle"),
    Light.BLUE: Look("临近", "half"),
    Light.YELLOW: Look("预警", "triangle"),
    Light.RED: Look("逾期", "square"),
    Light.GREEN: Look("按时", "disc"),
    Light.GREEN_LATE: Look("迟报", "ring"),
    Light.EXCUSED: Look("免报", "dash"),
}


@dataclass(frozen=True, slots=True)
class LightRules:
    """When lights change, as data. Days before due count calendar days, the answer to a return working days.

    Source of the defaults: 太仓 2017 and 富宁 2020 remind five days before, 西安 three.
    Raises: ValueError unless 0 ≤ ``yellow_days`` ≤ ``remind_days`` and ``returned_workdays`` ≥ 0.
    """

    remind_days: int = 5
    yellow_days: int = 3
    returned_workdays: int = 3

    def __post_init__(self) -> None:
        if not 0 <= self.yellow_days <= self.remind_days or self.returned_workdays < 0:
            raise ValueError("lights need 0 <= yellow_days <= remind_days and returned_workdays >= 0")


DEFAULT_RULES = LightRules()


@dataclass(frozen=True, slots=True)
class Owed:
    """The times of one obligation.

    ``answer``: none, filed, nil or excused. ``owed_by``: when the answer is or was due, or the later mend-by
    time that a return gave; None: never due. ``submitted_at``: of the version that answers. ``returned_at``:
    of a return that nobody answered yet.
    """

    answer: str
    owed_by: datetime | None = None
    submitted_at: datetime | None = None
    returned_at: datetime | None = None


def light(owed: Owed, *, now: datetime, calendar: WorkCalendar, rules: LightRules = DEFAULT_RULES) -> Light:
    """Return the light of an obligation at ``now``; days are those of Beijing.

    Answered: green, or green-late when it came in after ``owed_by``, whatever the reviewer does meanwhile.
    Not answered: red past due; yellow close to due, or when a return is unanswered for some working days;
    blue when due is near; else white.

    >>> from datetime import timedelta
    >>> from luoshi.core.beijing import LOCAL
    >>> due = datetime(2021, 1, 15, 23, 59, 59, tzinfo=LOCAL)
    >>> weekdays = WorkCalendar("cn", {}, frozenset({2021}))
    >>> [light(Owed("none", due), now=due - timedelta(days=left), calendar=weekdays).value
    ...  for left in (6, 5, 3, -1)]
    ['white', 'blue', 'yellow', 'red']
    >>> [light(Owed("filed", due, due + timedelta(days=late)), now=due, calendar=weekdays).value
    ...  for late in (0, 1)]
    ['green', 'green_late']
    """
    if owed.answer == "excused":
        return Light.EXCUSED
    if owed.answer != "none":
        late = owed.owed_by is not None and owed.submitted_at is not None and owed.submitted_at > owed.owed_by
        return Light.GREEN_LATE if late else Light.GREEN
    if owed.owed_by is not None and now > owed.owed_by:
        return Light.RED
    left = None if owed.owed_by is None else (local_day(owed.owed_by) - local_day(now)).days
    if left is not None and left <= rules.yellow_days:
        return Light.YELLOW
    if owed.returned_at is not None and _unanswered(owed.returned_at, now, calendar, rules):
        return Light.YELLOW
    return Light.BLUE if left is not None and left <= rules.remind_days else Light.WHITE


def _unanswered(returned_at: datetime, now: datetime, calendar: WorkCalendar, rules: LightRules) -> bool:
    return calendar.workdays_between(local_day(returned_at), local_day(now)) >= rules.returned_workdays
