"""The district's hours: when the digest is made, and when nothing leaves the house."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time

from luoshi.core.beijing import LOCAL
from luoshi.core.workdays import WorkCalendar
from luoshi.kernel.calendars.queries import work_calendar_or_plain
from luoshi.kernel.notify.models import Setting

CALENDAR = "cn"
MAIN = "main"


@dataclass(frozen=True, slots=True)
class Hours:
    """Times of Beijing. The night runs from ``quiet_from`` to ``quiet_to``, over midnight or not.

    >>> from datetime import UTC
    >>> weekdays = WorkCalendar("cn", {}, frozenset({2023}))
    >>> monday = [datetime(2023, 6, 12, hour, 30, tzinfo=LOCAL) for hour in (8, 12, 18)]
    >>> [Hours().quiet(moment, weekdays) for moment in monday]
    [False, False, True]
    >>> Hours().quiet(datetime(2023, 6, 11, 12, tzinfo=LOCAL), weekdays)
    True
    """

    digest_at: time = time(8, 30)
    quiet_from: time = time(18)
    quiet_to: time = time(8, 30)
    workdays_only: bool = True

    def night(self, clock: time) -> bool:
        """Say whether a time of the day lies in the night; equal ends mean that there is none."""
        if self.quiet_from <= self.quiet_to:
            return self.quiet_from <= clock < self.quiet_to
        return clock >= self.quiet_from or clock < self.quiet_to

    def quiet(self, now: datetime, calendar: WorkCalendar) -> bool:
        """Say whether nothing may leave the house at ``now``."""
        local = now.astimezone(LOCAL)
        return self.night(local.time()) or (self.workdays_only and not calendar.is_workday(local.date()))


def hours_in_force() -> Hours:
    """Return what the office has set, the defaults before it did. One query."""
    row = Setting.objects.filter(code=MAIN).order_by("id").first()
    return Hours() if row is None else Hours(row.digest_at, row.quiet_from, row.quiet_to, row.workdays_only)


def quiet_now(now: datetime) -> bool:
    """Say whether nothing may leave the house at ``now``. Two queries."""
    return hours_in_force().quiet(now, work_calendar_or_plain(CALENDAR))
