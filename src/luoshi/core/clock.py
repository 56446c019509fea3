"""Where "now" comes from. The only module that may ask the machine for the time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """Gives the present moment as an aware datetime in UTC."""

    def now(self) -> datetime:
        """Return the present moment."""


@dataclass(frozen=True, slots=True)
class SystemClock:
    """The time of the machine."""

    def now(self) -> datetime:
        """Return the machine's time in UTC."""
        return datetime.now(tz=UTC)


@dataclass(frozen=True, slots=True)
class FixedClock:
    """A clock that stands still, for tests and for replaying an action.

    >>> FixedClock(datetime(2021, 1, 15, 0, 0, tzinfo=UTC)).now().isoformat()
    '2021-01-15T00:00:00+00:00'
    """

    at: datetime

    def __post_init__(self) -> None:
        _aware(self.at)

    def now(self) -> datetime:
        """Return the fixed moment in UTC."""
        return self.at.astimezone(UTC)


class OffsetClock:
    """Demo time: reads ``start_at`` when the real time is ``real_start`` and runs on at normal speed.

    ``real_start`` defaults to the real time of construction; ``real`` is the clock that is offset.

    >>> real = FixedClock(datetime(2026, 3, 1, 8, 0, 5, tzinfo=UTC))
    >>> start, began = datetime(2021, 1, 15, tzinfo=UTC), datetime(2026, 3, 1, 8, 0, tzinfo=UTC)
    >>> OffsetClock(start, began, real=real).now().isoformat()
    '2021-01-15T00:00:05+00:00'
    """

    def __init__(
        self, start_at: datetime, real_start: datetime | None = None, *, real: Clock | None = None
    ) -> None:
        self._real: Clock = real or SystemClock()
        began = real_start or self._real.now()
        _aware(start_at)
        _aware(began)
        self._offset = start_at.astimezone(UTC) - began.astimezone(UTC)

    def now(self) -> datetime:
        """Return the demo moment in UTC."""
        return self._real.now() + self._offset


def _aware(moment: datetime) -> None:
    """Fault a datetime without a zone: it would be read as local time on one machine only.

    >>> FixedClock(datetime(2021, 1, 15))
    Traceback (most recent call last):
    ValueError: a clock needs aware datetimes
    """
    if moment.tzinfo is None or moment.utcoffset() is None:
        raise ValueError("a clock needs aware datetimes")
