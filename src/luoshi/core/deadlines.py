"""Deadlines as offices write them: a day, the end of a month, quarter, half or year, or without end."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date

LASTING = "长期坚持"
_LASTING = re.compile(r"长期(坚持|推进|实施|有效)?|持续(坚持|推进|实施|开展)?|常态化(推进|开展)?|全年坚持")
_YEAR = r"(?:(?P<year>20[0-9]{2})年|(?P<this>今年|本年))?"
_TAIL = r"(?:以?前|之前|止|前完成|完成)?"
_DAY = re.compile(
    r"(?P<year>20[0-9]{2})[-./年](?P<month>1[0-2]|0?[1-9])[-./月](?P<day>[0-3]?[0-9])日?" + _TAIL
)
_DAY_OF_YEAR = re.compile(r"(?P<month>1[0-2]|0?[1-9])月(?P<day>[0-3]?[0-9])日" + _TAIL)
_MONTH = re.compile(_YEAR + r"(?P<month>1[0-2]|0?[1-9])月(?:底|末|份)?" + _TAIL)
_QUARTER = re.compile(_YEAR + r"第?(?P<quarter>[一二三四1-4])季度(?:底|末|内)?" + _TAIL)
_HALF = re.compile(_YEAR + r"(?P<half>上|下)半年(?:底|末|内)?" + _TAIL)
_WHOLE = re.compile(_YEAR + r"(?:年?(?:底|末|内)|全年)" + _TAIL)
_NUMBERS = {"一": 1, "二": 2, "三": 3, "四": 4}


@dataclass(frozen=True, slots=True)
class Deadline:
    """``on``: the last day; None for what goes on without end (``lasting``)."""

    on: date | None
    lasting: bool = False

    @property
    def words(self) -> str:
        """Return the deadline as the sheets show it."""
        return LASTING if self.lasting else "" if self.on is None else self.on.isoformat()


def deadline_read(text: str, year: int) -> Deadline | None:
    """Return what a text means in a plan of ``year``; None when it is no deadline.

    >>> [deadline_read(text, 2023).words for text in ("2023年6月底", "6月底前", "2023.6.30", "9月15日前")]
    ['2023-06-30', '2023-06-30', '2023-06-30', '2023-09-15']
    >>> [deadline_read(text, 2023).words for text in ("年底前", "2024年上半年", "第三季度", "2月底", "长期")]
    ['2023-12-31', '2024-06-30', '2023-09-30', '2023-02-28', '长期坚持']
    >>> deadline_read("尽快", 2023) is None, deadline_read("2023-02-30", 2023) is None
    (True, True)
    """
    plain = "".join(text.split()).strip("。，；,;")
    if _LASTING.fullmatch(plain):
        return Deadline(None, lasting=True)
    for pattern in (_DAY, _DAY_OF_YEAR):
        if found := pattern.fullmatch(plain):
            parts = found.groupdict()
            return _day(int(parts.get("year") or year), int(parts["month"]), int(parts["day"]))
    for pattern in (_MONTH, _QUARTER, _HALF, _WHOLE):
        if found := pattern.fullmatch(plain):
            parts = found.groupdict()
            return _month_end(int(parts.get("year") or year), _month(parts))
    return None


def _month(parts: dict[str, str | None]) -> int:
    if month := parts.get("month"):
        return int(month)
    if quarter := parts.get("quarter"):
        return 3 * (_NUMBERS.get(quarter) or int(quarter))
    return 6 if parts.get("half") == "上" else 12


def _month_end(year: int, month: int) -> Deadline:
    return Deadline(date(year, month, monthrange(year, month)[1]))


def _day(year: int, month: int, number: int) -> Deadline | None:
    try:
        return Deadline(date(year, month, number))
    except ValueError:
        return None
