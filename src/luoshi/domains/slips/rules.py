"""The rules of slips as a pack states them: levels with their words, days and colours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from luoshi.core.beijing import end_of_day, local_day
from luoshi.core.errors import NotFound
from luoshi.core.workdays import WorkCalendar
from luoshi.kernel.calendars.queries import work_calendar
from luoshi.kernel.definitions.queries import (
    Def,
    definition,
    definitions_by_ids,
    definitions_in,
    definitions_of,
    slots_bound,
)
from luoshi.kernel.items.schema import Holder
from luoshi.kernel.items.types import holder_of


@dataclass(frozen=True, slots=True)
class Level:
    """``after``: proposed once more than so many working days overdue; ``reply``: working days to reply.

    About items besides: ``returns``: sent back so often; ``count``: (level, times, days), so many slips of a
    level to the unit within so many days; ``unanswered``: the slip before was not replied to in time.
    None, or False, for what does not propose it. ``copy``: roles that get a copy.
    """

    key: str
    title: str
    tone: str
    after: int | None
    reply: int
    returns: int | None
    count: tuple[str, int, int] | None
    unanswered: bool
    copy: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rules:
    """``organ``: code of the unit that issues, empty while its slot is not bound. ``forms``, ``items``: refs.

    ``clock``: the clock of the items that is pressed for.
    """

    ref: str
    title: str
    definition_id: int
    organ: str
    calendar: str
    forms: tuple[str, ...]
    items: tuple[str, ...]
    clock: str
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


def roles_of(rules: Rules, keys: Sequence[str]) -> tuple[Holder, ...]:
    """Return the holders of some roles of the pack of rules."""
    version = definitions_by_ids([rules.definition_id])[rules.definition_id].pack_version_id
    bodies = {each.key: each.body for each in definitions_in(version, "role")} if keys else {}
    return tuple(holder_of(key, bodies[key]) for key in keys)


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
        items=tuple(f"{found.pack}.{key}" for key in body.get("items") or ()),
        clock=body.get("clock") or "",
        levels=tuple(_level(each) for each in body["levels"]),
    )


def _level(body: Mapping[str, Any]) -> Level:
    count = body.get("count")
    return Level(
        key=body["key"],
        title=body["title"],
        tone=body["tone"],
        after=body["after"],
        reply=body["reply"],
        returns=body.get("returns"),
        count=(count["level"], count["times"], count["days"]) if count else None,
        unanswered=bool(body.get("unanswered")),
        copy=tuple(body.get("copy") or ()),
    )
