"""The one time zone of the house: the day a moment falls on in Beijing, and where a day ends.

>>> from datetime import UTC
>>> local_day(datetime(2021, 1, 14, 16, 0, tzinfo=UTC))
datetime.date(2021, 1, 15)
>>> end_of_day(date(2021, 1, 15)).isoformat()
'2021-01-15T23:59:59.999000+08:00'
"""

from __future__ import annotations

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

LOCAL = ZoneInfo("Asia/Shanghai")
# Times are stored to the millisecond, so this is the last moment of a day there is.
LAST_MOMENT = time(23, 59, 59, 999000)


def local_day(moment: datetime) -> date:
    """Return the day in Beijing of an aware moment."""
    return moment.astimezone(LOCAL).date()


def end_of_day(day: date) -> datetime:
    """Return the last millisecond of a day in Beijing."""
    return datetime.combine(day, LAST_MOMENT, tzinfo=LOCAL)
