"""Grades (等次) given from the top of a group, each to a limited share of its ranked units."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from luoshi.core.scoring.base import show


@dataclass(frozen=True, slots=True)
class Grade:
    """One grade. ``share``: percent of the ranked units that may get it; ``least``: points it takes.

    Either may be None: no limit. The last grade of a scheme has neither and takes whoever is left.
    """

    key: str
    title: str
    share: Decimal | None = None
    least: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Graded:
    """The grade of one unit, and a sentence why."""

    grade: Grade
    why: str


def graded(totals: Sequence[tuple[str, Decimal]], grades: Sequence[Grade]) -> dict[str, Graded]:
    """Give every unit its grade. ``totals``: (unit, total) of the ranked units of one group, best first.

    A share is cut down to whole units. Units with equal totals stand together: when not all of them fit into
    what is left of a share, none gets the grade, and nobody below them either. What one grade leaves is not
    added to the next.
    Raises: ValueError when the last grade is limited, so that a unit could be left without any.

    >>> best = Grade("best", "优秀", share=Decimal(30), least=Decimal(90))
    >>> rest = Grade("fit", "合格")
    >>> found = graded([("a", Decimal(95)), ("b", Decimal(91)), ("c", Decimal(89))], [best, rest])
    >>> {unit: (each.grade.title, each.why) for unit, each in found.items()}["a"]
    ('合格', '“优秀”名额 0 个（3 个参评单位的 30%），不能列入；得“合格”')
    """
    if grades and (grades[-1].share is not None or grades[-1].least is not None):
        raise ValueError("the last grade must take whoever is left")
    quotas = {grade.key: quota(grade, len(totals)) for grade in grades}
    left = dict(quotas)
    found: dict[str, Graded] = {}
    for together in _equals(totals):
        total = together[0][1]
        passed: list[str] = []
        for grade in grades:
            why = _kept_out(grade, total, len(together), left[grade.key], quotas[grade.key], len(totals))
            if why:
                passed.append(why)
                # Whoever comes after would overtake those who did not fit.
                left[grade.key] = left[grade.key] and 0
                continue
            room = left[grade.key]
            left[grade.key] = None if room is None else room - len(together)
            sentence = "；".join([*passed, f"得“{grade.title}”"])
            found.update({unit: Graded(grade, sentence) for unit, _ in together})
            break
    return found


def quota(grade: Grade, ranked: int) -> int | None:
    """Return how many of ``ranked`` units may get a grade; None: any number.

    >>> quota(Grade("best", "优秀", share=Decimal(30)), 17)
    5
    """
    return None if grade.share is None else int(grade.share * ranked / 100)


def _equals(totals: Sequence[tuple[str, Decimal]]) -> list[list[tuple[str, Decimal]]]:
    found: list[list[tuple[str, Decimal]]] = []
    for unit, total in totals:
        if found and found[-1][0][1] == total:
            found[-1].append((unit, total))
        else:
            found.append([(unit, total)])
    return found


def _kept_out(
    grade: Grade, total: Decimal, together: int, left: int | None, most: int | None, ranked: int
) -> str:
    """Return why units do not get a grade; empty when they do."""
    if grade.least is not None and total < grade.least:
        return f"得分 {show(total)}，未达到“{grade.title}”的 {show(grade.least)} 分"
    if left is None or together <= left:
        return ""
    share = f"“{grade.title}”名额 {most} 个（{ranked} 个参评单位的 {show(grade.share or Decimal(0))}%）"
    if left == 0:
        return f"{share}，不能列入" if most == 0 else f"{share}已满"
    return f"{share}尚余 {left} 个，{together} 个单位并列，均不列入"
