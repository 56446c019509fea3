"""Raw values of cells and input boxes: what is wrong with one, and how numbers, dates and texts are read."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from luoshi.core.beijing import LOCAL

MISSING = "此项必填"
_NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?", re.ASCII)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with one value: the rule it breaks and what to do."""

    rule: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.rule}，{self.remedy}"


class Unfit(Exception):
    """A value does not fit its field; carries the Problem."""

    def __init__(self, rule: str, remedy: str) -> None:
        super().__init__(rule)
        self.problem = Problem(rule, remedy)


def decimal_read(raw: object) -> Decimal:
    """Return a raw value as a number. Raises: Unfit."""
    if isinstance(raw, bool):
        raise Unfit("应为数字", "请填写数字，不要填是否")
    if isinstance(raw, int | Decimal):
        return Decimal(raw)
    if isinstance(raw, date):
        raise Unfit("应为数字", "单元格被设成了日期，请改为数值格式后重填")
    text = text_read(raw)
    if _NUMBER.fullmatch(text) and len(text) <= 30:
        return Decimal(text)
    bare = text.rstrip("%％").replace(",", "").replace("，", "").strip()
    if _NUMBER.fullmatch(bare):
        raise Unfit("应为数字", f"请只写数字 {bare}，不带百分号、千分号或单位")
    raise Unfit("应为数字", f"现为“{text[:20]}”，请改填数字")


def date_read(raw: object) -> date:
    """Return a raw value as a day. Raises: Unfit."""
    if isinstance(raw, datetime):
        return raw.date()
    if isinstance(raw, date):
        return raw
    try:
        return date.fromisoformat(text_read(raw))
    except ValueError:
        raise Unfit("应为日期", "请写作 2023-01-31 这样的日期") from None


def moment_read(raw: object) -> datetime:
    """Return a raw value as a moment in Beijing time, to the millisecond; without an offset it is one there.

    Raises: Unfit.
    """
    try:
        found = raw if isinstance(raw, datetime) else datetime.fromisoformat(text_read(raw))
    except ValueError:
        raise Unfit("应为日期和时间", "请写作 2023-01-31 08:30 这样的时间") from None
    local = found.replace(tzinfo=LOCAL) if found.utcoffset() is None else found.astimezone(LOCAL)
    return local.replace(microsecond=local.microsecond // 1000 * 1000)


def text_read(raw: object) -> str:
    """Return a raw value as text without blanks around it. Raises: Unfit."""
    text = raw.strip() if isinstance(raw, str) else str(raw)
    if _CONTROL.search(text):
        raise Unfit("含有不可见的控制字符", "请删去后重填")
    return text
