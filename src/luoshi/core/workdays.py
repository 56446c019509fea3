"""Working days: Monday to Friday, moved about by the yearly holiday notice (调休)."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

MOST_WORKDAYS = 10_000
SATURDAY = 5


@dataclass(frozen=True, slots=True)
class Due:
    """A computed day; ``provisional`` (暂定) when a year on the way has no published calendar yet."""

    date: date
    provisional: bool


@dataclass(frozen=True, slots=True, eq=False)
class WorkCalendar:
    """One calendar of working days, never changed after it is made.

    ``exceptions`` maps a day to whether it is worked (False: a holiday, True: a worked weekend);
    ``years`` are the years whose holiday notice is published. Elsewhere Monday to Friday are worked.

    >>> holidays = {date(2020, 10, day): False for day in (1, 2, 5, 6, 7, 8)}
    >>> worked = {date(2020, 9, 27): True, date(2020, 10, 10): True}
    >>> cn = WorkCalendar("cn", holidays | worked, frozenset({2020}))
    >>> cn.add_workdays(date(2020, 9, 25), 15)
    Due(date=datetime.date(2020, 10, 22), provisional=False)
    >>> cn.workdays_between(date(2020, 9, 25), date(2020, 10, 22))
    15
    """

    code: str
    exceptions: Mapping[date, bool]
    years: frozenset[int]
    _worked: dict[int, tuple[date, ...]] = field(default_factory=dict, init=False, repr=False)

    def is_workday(self, day: date) -> bool:
        """Say whether ``day`` is worked."""
        return self.exceptions.get(day, day.weekday() < SATURDAY)

    def add_workdays(self, start: date, amount: int) -> Due:
        """Return the ``amount``-th working day after ``start``; counting begins on the day after.

        A negative amount counts back from the day before; 0 gives ``start`` itself, worked or not.
        Raises: ValueError beyond 10,000 working days; OverflowError outside the years 1 to 9999.
        """
        if abs(amount) > MOST_WORKDAYS:
            raise ValueError(f"more than {MOST_WORKDAYS} working days")
        if amount == 0:
            return self._due(start, start)
        if amount > 0:
            return self._due(start + timedelta(days=1), self._forward(start, amount))
        return self._due(start - timedelta(days=1), self._back(start, -amount))

    def workdays_between(self, after: date, until: date) -> int:
        """Count the working days after ``after`` up to and including ``until``; negative when it lies before.

        ``workdays_between(d, add_workdays(d, n).date) == n`` for every n ≥ 0.
        """
        if until < after:
            return -self.workdays_between(until, after)
        if after.year == until.year:
            days = self._of_year(after.year)
            return bisect_right(days, until) - bisect_right(days, after)
        rest = len(self._of_year(after.year)) - bisect_right(self._of_year(after.year), after)
        between = sum(len(self._of_year(year)) for year in range(after.year + 1, until.year))
        return rest + between + bisect_right(self._of_year(until.year), until)

    def _forward(self, start: date, amount: int) -> date:
        year = start.year
        amount += bisect_right(self._of_year(year), start)
        while amount > len(self._of_year(year)):
            amount -= len(self._of_year(year))
            year += 1
        return self._of_year(year)[amount - 1]

    def _back(self, start: date, amount: int) -> date:
        year = start.year
        left = bisect_left(self._of_year(year), start)
        while amount > left:
            amount -= left
            year -= 1
            left = len(self._of_year(year))
        return self._of_year(year)[left - amount]

    def _of_year(self, year: int) -> tuple[date, ...]:
        """Return the working days of a year in order, computed once."""
        found = self._worked.get(year)
        if found is None:
            if not date.min.year <= year <= date.max.year:
                raise OverflowError(f"year {year} is out of range")
            first = date(year, 1, 1)
            length = date(year, 12, 31).toordinal() - first.toordinal() + 1
            days = (first + timedelta(days=offset) for offset in range(length))
            found = self._worked[year] = tuple(day for day in days if self.is_workday(day))
        return found

    def _due(self, counted_from: date, day: date) -> Due:
        first, last = sorted((counted_from.year, day.year))
        return Due(day, not self.years.issuperset(range(first, last + 1)))
