"""Reporting periods and their codes.

``2023-01`` month, ``2023-Q1`` quarter, ``2023-H1`` half, ``2023`` year, ``2020-N1`` first named node of a
year, ``2023-01..2023-04`` range of whole months. One period has one code of its kind.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from luoshi.core.errors import Invalid

FIRST_YEAR, LAST_YEAR = 1900, 2999
_ORDINALS = "一二三四"
_REMEDY = "请写作 2023-01、2023-Q1、2023-H1、2023、2023-N1 或 2023-01..2023-04。"
_CODE = re.compile(
    r"(?P<year>\d{4})(?:-(?P<month>\d{2})(?:\.\.(?P<to_year>\d{4})-(?P<to_month>\d{2}))?"
    r"|-Q(?P<quarter>[1-4])|-H(?P<half>[12])|-N(?P<node>[1-9]\d?))?",
    re.ASCII,
)


class PeriodKind(StrEnum):
    """What a period is made of; ``node`` is a checkpoint of the year that a form names (such as 年终)."""

    MONTH = "month"
    QUARTER = "quarter"
    HALF = "half"
    YEAR = "year"
    NODE = "node"
    RANGE = "range"


_STEP = {
    PeriodKind.MONTH: 1,
    PeriodKind.QUARTER: 3,
    PeriodKind.HALF: 6,
    PeriodKind.YEAR: 12,
    PeriodKind.NODE: 12,
}


@dataclass(frozen=True, slots=True)
class Period:
    """A reporting period; ``start`` and ``end`` are its first and last day, both inside.

    A node stands for the whole year it belongs to: its own opening and due days are settings of the form.
    """

    code: str
    start: date
    end: date
    kind: PeriodKind

    @property
    def title(self) -> str:
        """Return the name as official texts write it.

        >>> [parse_period(code).title for code in ("2023-01", "2023-Q1", "2023-H2", "2023", "2020-N1")]
        ['2023年1月', '2023年第一季度', '2023年下半年', '2023年', '2020年第1节点']
        >>> parse_period("2023-01..2023-04").title, parse_period("2021-07..2023-01").title
        ('2023年1—4月', '2021年7月—2023年1月')
        """
        year, mark = f"{self.start.year}年", self.code[-1]
        match self.kind:
            case PeriodKind.MONTH:
                return f"{year}{self.start.month}月"
            case PeriodKind.QUARTER:
                return f"{year}第{_ORDINALS[int(mark) - 1]}季度"
            case PeriodKind.HALF:
                return f"{year}{'上' if mark == '1' else '下'}半年"
            case PeriodKind.YEAR:
                return year
            case PeriodKind.NODE:
                return f"{year}第{self.code.partition('-N')[2]}节点"
        if self.start.year == self.end.year:
            return f"{year}{self.start.month}—{self.end.month}月"
        return f"{year}{self.start.month}月—{self.end.year}年{self.end.month}月"

    def contains(self, other: Period) -> bool:
        """Say whether every day of ``other`` is a day of this period.

        >>> parse_period("2023-Q1").contains(parse_period("2023-03"))
        True
        >>> parse_period("2023-03").contains(parse_period("2023-Q1"))
        False
        """
        return self.start <= other.start and other.end <= self.end

    @property
    def months(self) -> tuple[int, ...]:
        """Return the months of the period in order, as integers like ``month_int``.

        >>> parse_period("2022-12..2023-02").months
        (202212, 202301, 202302)
        """
        first, last = _index(self.start), _index(self.end)
        return tuple(index // 12 * 100 + index % 12 + 1 for index in range(first, last + 1))

    @property
    def month_int(self) -> int:
        """Return year × 100 + month of the month in which the period ends.

        >>> parse_period("2023-01").month_int, parse_period("2023-Q1").month_int
        (202301, 202303)
        """
        return self.end.year * 100 + self.end.month

    def previous(self) -> Period:
        """Return the period of the same kind and length just before; for a node the same one a year earlier.

        Raises: Invalid before the year 1900.

        >>> codes = ("2023-01", "2023-Q1", "2023-01..2023-04", "2020-N2")
        >>> [parse_period(code).previous().code for code in codes]
        ['2022-12', '2022-Q4', '2022-09..2022-12', '2019-N2']
        """
        return self._moved(-(_STEP.get(self.kind) or len(self.months)))

    def same_last_year(self) -> Period:
        """Return the period one year earlier, for 同比.

        >>> parse_period("2023-Q1").same_last_year().code
        '2022-Q1'
        """
        return self._moved(-12)

    def _moved(self, months: int) -> Period:
        first = _index(self.start) + months
        if self.kind is PeriodKind.NODE:
            return parse_period(f"{first // 12:04}-N{self.code.partition('-N')[2]}")
        if self.kind is PeriodKind.RANGE:
            return parse_period(f"{_month_code(first)}..{_month_code(first + len(self.months) - 1)}")
        return parse_period(_code(self.kind, first))


def parse_period(code: str) -> Period:
    """Return the period that ``code`` names.

    Raises: Invalid, with the accepted spellings as remedy.

    >>> parse_period("2023-02").end
    datetime.date(2023, 2, 28)
    >>> parse_period("2023-13")
    Traceback (most recent call last):
    luoshi.core.errors.Invalid: 期间“2023-13”的月份应为 01 至 12。
    """
    found = _CODE.fullmatch(code)
    if found is None:
        raise Invalid(f"期间“{code}”写法不对。{_REMEDY}")
    year = _year(code, found["year"])
    if found["month"]:
        first = year * 12 + _month(code, found["month"])
        if not found["to_month"]:
            return _period(code, PeriodKind.MONTH, first, 1)
        return _range(code, first, _year(code, found["to_year"]), found["to_month"])
    if found["quarter"]:
        return _period(code, PeriodKind.QUARTER, year * 12 + 3 * (int(found["quarter"]) - 1), 3)
    if found["half"]:
        return _period(code, PeriodKind.HALF, year * 12 + 6 * (int(found["half"]) - 1), 6)
    return _period(code, PeriodKind.NODE if found["node"] else PeriodKind.YEAR, year * 12, 12)


def period_of(kind: PeriodKind, day: date) -> Period:
    """Return the month, quarter, half or year in which ``day`` lies.

    Raises: ValueError for nodes and ranges, which a day does not determine.

    >>> period_of(PeriodKind.HALF, date(2023, 8, 31)).code
    '2023-H2'
    """
    return parse_period(_code(kind, _index(day)))


def periods_between(kind: PeriodKind, start: date, end: date) -> list[Period]:
    """Return in order the months, quarters, halves or years with a day in ``start`` … ``end`` (inclusive).

    Raises: ValueError for nodes and ranges.

    >>> [period.code for period in periods_between(PeriodKind.QUARTER, date(2022, 12, 31), date(2023, 4, 1))]
    ['2022-Q4', '2023-Q1', '2023-Q2']
    """
    codes = dict.fromkeys(_code(kind, index) for index in range(_index(start), _index(end) + 1))
    return [parse_period(code) for code in codes]


def _index(day: date) -> int:
    """Return the number of the month counted from year 0, so that months can be added."""
    return day.year * 12 + day.month - 1


def _month_code(index: int) -> str:
    return f"{index // 12:04}-{index % 12 + 1:02}"


def _code(kind: PeriodKind, index: int) -> str:
    year, month = divmod(index, 12)
    match kind:
        case PeriodKind.MONTH:
            return _month_code(index)
        case PeriodKind.QUARTER:
            return f"{year:04}-Q{month // 3 + 1}"
        case PeriodKind.HALF:
            return f"{year:04}-H{month // 6 + 1}"
        case PeriodKind.YEAR:
            return f"{year:04}"
    raise ValueError(f"a day does not determine a period of kind {kind}")


def _year(code: str, text: str) -> int:
    if not FIRST_YEAR <= int(text) <= LAST_YEAR:
        raise Invalid(f"期间“{code}”的年份应在 {FIRST_YEAR} 至 {LAST_YEAR} 之间。")
    return int(text)


def _month(code: str, text: str) -> int:
    """Return the month from 0 to 11."""
    if not 1 <= int(text) <= 12:
        raise Invalid(f"期间“{code}”的月份应为 01 至 12。")
    return int(text) - 1


def _range(code: str, first: int, to_year: int, to_month: str) -> Period:
    length = to_year * 12 + _month(code, to_month) - first + 1
    if length < 1:
        raise Invalid(f"期间“{code}”的结束月早于开始月，请调换。")
    if length == 1:
        raise Invalid(f"期间“{code}”起止为同一个月，请写作 {_month_code(first)}。")
    return _period(code, PeriodKind.RANGE, first, length)


def _period(code: str, kind: PeriodKind, first: int, length: int) -> Period:
    year, month = divmod(first + length - 1, 12)
    last_day = calendar.monthrange(year, month + 1)[1]
    return Period(code, date(first // 12, first % 12 + 1, 1), date(year, month + 1, last_day), kind)
