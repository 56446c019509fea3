"""The rules of slips as a pack states them: levels with their words, days and colours."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from luoshi.core.beijing import end_of_day, local_day
from luoshi.core.errors import NotFound
from luoshi.core.workdays import WorkCalendar
from luoshi.kernel.calendars.queries import work_calendar
from luoshi.kernel.definitions.queries import Def, definition, definitions_by_ids, definitions_of, slots_bound


@dataclass(frozen=True, slots=True)
class Level:
    """``after``: proposed once more than so many working days overdue; ``reply``: working days to reply."""

    key: str
    title: str
    tone: str
    after: int
    reply: int


@dataclass(frozen=True, slots=True)
class Rules:
    """``organ``: code of the unit that issues, empty while its slot is not bound. ``forms``: refs."""

    ref: str
    title: str
    definition_id: int
    organ: str
    calendar: str
    forms: tuple[str, ...]
    levels: tuple[Level, ...]

    def level(self, key: str) -> Level:
        """Return a level by its key. Raises: NotFound."""
        found = next((each for each in self.levels if each.key == key), None)
        if found is None:
            raise NotFound("没有这一督办级别。")
        return found

    def next_of(self, key: str) -> Level | None:
        """Return the level above another; None above the highest."""
        place = [each.key for each in self.levels].index(key)
        return self.levels[place + 1] if place + 1 < len(self.levels) else None


def rules_all() -> list[Rules]:
    """Return the rules of every pack in force. Two queries."""
    return _rules_of(definitions_of("slip"))


def rules_get(ref: str) -> Rules:
    """Return rules ("pack.key") in force. Raises: NotFound."""
    return _rules_of([definition("slip", ref)])[0]


def rules_by_id(definition_id: int) -> Rules:
    """Return the rules that a slip was issued under. Raises: KeyError."""
    return _rules_of([definitions_by_ids([definition_id])[definition_id]])[0]


def overdue_days(calendar: WorkCalendar, owed_by: datetime, now: datetime) -> int:
    """Return the working days something is overdue: those after the day of ``owed_by``, today too."""
    return max(0, calendar.workdays_between(local_day(owed_by), local_day(now)))


def overdue_since(calendar: WorkCalendar, days: int, now: datetime) -> datetime:
    """Return the latest moment something can have been owed by, to be overdue more than ``days`` now."""
    tomorrow = local_day(now) + timedelta(days=1)
    counted = calendar.add_workdays(tomorrow, -(days + 1)).date
    return end_of_day(counted - timedelta(days=1))


def calendar_of(rules: Rules) -> WorkCalendar:
    """Return the working days that rules count by."""
    return work_calendar(rules.calendar)


def _rules_of(found: list[Def]) -> list[Rules]:
    slots = slots_bound({each.pack for each in found})
    return [_rules(each, slots) for each in found]


def _rules(found: Def, slots: dict) -> Rules:
    body = found.body
    bound = slots.get((found.pack, str(body["organ"]).removeprefix("@")))
    return Rules(
        ref=found.ref,
        title=found.title,
        definition_id=found.id,
        organ=bound.target if bound and bound.kind == "unit" else "",
        calendar=body["calendar"],
        forms=tuple(f"{found.pack}.{key}" for key in body["forms"]),
        levels=tuple(Level(**each) for each in body["levels"]),
    )
