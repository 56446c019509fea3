"""How trees and their bars are drawn, and what their columns are called in spreadsheets."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.http import QueryDict

from luoshi.core.beijing import local_day
from luoshi.domains.plans.queries import Leaf, Row, Tree, due_words
from luoshi.kernel.documents.xlsx import Column

QUARTERS = {"1": "一季度", "2": "二季度", "3": "三季度", "4": "四季度"}
SHEET = (
    Column("编号", 9),
    Column("方面", 16, merged=True),
    Column("要求", 24, merged=True),
    Column("举措", 44),
    Column("牵头单位", 18),
    Column("配合单位", 26),
    Column("完成时限", 13),
    Column("责任领导", 16),
    Column("依据文件", 22),
    Column("权重", 7),
)


@dataclass(frozen=True, slots=True)
class Strip:
    """A bar on the line of a year, in per mille of its width. ``tone``: as the light of the measure."""

    left: int
    width: int
    today: int | None
    done: int | None
    tone: str
    words: str


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the tree as the page draws it. ``toggle``: the address that opens or shuts a branch."""

    row: Row
    toggle: str
    strip: Strip | None
    due: str


def lines_of(tree: Tree, query: QueryDict, year: int, issued_on: date, today: date) -> list[Line]:
    """Return the rows of a tree with their links and bars."""
    lines = []
    for row in tree.rows:
        if row.branch is not None:
            lines.append(Line(row, toggled(query, tree.opened, row.branch.code), None, ""))
        elif row.leaf is not None:
            strip = strip_of(row.leaf, year, issued_on, today)
            lines.append(Line(row, "", strip, due_words(row.leaf)))
    return lines


def toggled(query: QueryDict, opened: frozenset[str], code: str) -> str:
    """Return the address of the same page with one branch opened or shut."""
    made = query.copy()
    for name in ("all", "page"):
        made.pop(name, None)
    codes = sorted(opened ^ {code})
    made.setlist("open", codes or [""])
    return f"?{made.urlencode()}"


def strip_of(leaf: Leaf, year: int, issued_on: date, today: date) -> Strip | None:
    """Return the bar of a measure from its hand-out to its date, both cut to the year of the plan."""
    end = leaf.moved_to or leaf.due_on or (date(year, 12, 31) if leaf.lasting else None)
    if end is None:
        return None
    start = leaf.handed_on or issued_on
    left, right = _place(start, year), _place(end + timedelta(days=1), year)
    stopped = leaf.timing.stopped if leaf.timing is not None and leaf.stage == "done" else None
    words = f"{start} 至 {'长期' if leaf.lasting else end}"
    if stopped is not None:
        words += f"，{local_day(stopped)} 报结"
    return Strip(
        left=left,
        width=max(6, right - left),
        today=_place(today, year) if today.year == year else None,
        done=None if stopped is None else _place(local_day(stopped), year),
        tone=leaf.tone or "todo",
        words=words,
    )


def _place(day: date, year: int) -> int:
    """Return where a day stands on the line of a year, 0 to 1000."""
    first, last = date(year, 1, 1), date(year + 1, 1, 1)
    return max(0, min(1000, 1000 * (day - first).days // (last - first).days))


def quarter_days(text: str, year: int) -> tuple[date, date] | None:
    """Return the first and last day of a quarter of the address.

    >>> quarter_days("4", 2023)
    (datetime.date(2023, 10, 1), datetime.date(2023, 12, 31))
    """
    if text not in QUARTERS:
        return None
    month = 3 * int(text)
    last = date(year + 1, 1, 1) if month == 12 else date(year, month + 1, 1)
    return date(year, month - 2, 1), last - timedelta(days=1)
