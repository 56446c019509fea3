"""Criteria put together into a total, with an explicit answer to missing ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Literal

from luoshi.core.errors import MissingInput
from luoshi.core.formulas import Rounding, rounded
from luoshi.core.scoring.base import Points, equals, operand, show

ZERO = Decimal(0)


class Missing(StrEnum):
    """What a criterion without points does to the total.

    ``refuse`` no total can be made; ``exclude_and_reweight`` the others carry its weight; ``neutral_mean``
    it gets the mean of the group; ``full`` it gets full points; ``skip`` it counts for nothing. A unit that
    lacks every criterion has no total under any of them.
    """

    REFUSE = "refuse"
    EXCLUDE_REWEIGHT = "exclude_and_reweight"
    NEUTRAL_MEAN = "neutral_mean"
    FULL = "full"
    SKIP = "skip"


@dataclass(frozen=True, slots=True)
class Line:
    """One criterion of a total. ``points`` is None when it is missing.

    ``weight``: for a weighted total the factor; for a plain sum the full points, needed only to reweight.
    ``full``: the full points, needed by ``Missing.FULL``, for a plain sum ``weight`` by default.
    ``neutral``: the mean of the group's points, needed by ``Missing.NEUTRAL_MEAN``.
    """

    key: str
    title: str
    weight: Decimal | None
    points: Points | None
    full: Decimal | None = None
    neutral: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Total:
    """The rounded total, None when nothing could be scored; the sentences; the keys that were missing."""

    points: Decimal | None
    steps: tuple[str, ...]
    missing_keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Term:
    """One addend: the points that count and the factor they count with."""

    points: Decimal
    factor: Decimal

    @property
    def value(self) -> Decimal:
        return self.points * self.factor

    @property
    def text(self) -> str:
        return (
            operand(self.points) if self.factor == 1 else f"{operand(self.factor)} × {operand(self.points)}"
        )


def combine(
    lines: Sequence[Line],
    *,
    how: Literal["sum", "weighted"],
    missing: Missing,
    digits: int,
    rounding: Rounding,
    start: Decimal = ZERO,
    floor: Decimal | None = None,
    cap: Decimal | None = None,
    line_digits: int | None = None,
) -> Total:
    """Add criteria up: ``start`` + the points, each times its weight when ``how`` is "weighted".

    ``line_digits`` rounds the points of every line before they are added (scores made from printed inputs);
    left out, only the total is rounded. Bounds apply before rounding.
    Raises: MissingInput when ``missing`` is ``refuse`` and a line lacks points, naming the lines, or when the
    group has no mean to stand in; ValueError when a weight or full points that the policy needs are lacking.

    >>> lines = [Line("a", "系统", Decimal("0.4"), Points(Decimal("95.53"), ())),
    ...          Line("b", "现场", Decimal("0.6"), Points(Decimal("91.01"), ()))]
    >>> done = combine(lines, how="weighted", missing=Missing.REFUSE, digits=2, rounding=Rounding.HALF_UP)
    >>> done.points, done.steps[-1]
    (Decimal('92.82'), '合计：0.4 × 95.53 + 0.6 × 91.01 = 92.818，四舍五入保留 2 位小数，得 92.82 分')
    """
    lacking = tuple(line.key for line in lines if line.points is None)
    if lacking and missing is Missing.REFUSE:
        raise _refusal([line for line in lines if line.points is None])
    steps = [f"{line.title}：{step}" for line in lines if line.points for step in line.points.steps]
    if lines and len(lacking) == len(lines):
        return Total(None, ("各项均无数据，不计分",), lacking)
    terms: list[_Term] = []
    for line in lines:
        term = _term(line, how, missing, line_digits, rounding)
        if line.points is None:
            steps.append(_missing_step(line, missing, term))
        if term is not None:
            terms.append(term)
    value, text = _added(terms, start)
    if lacking and missing is Missing.EXCLUDE_REWEIGHT:
        value, text = _reweighted(lines, terms, start)
    value, text = _within(value, text if text == show(value) else f"{text} {equals(value)}", floor, cap)
    points = rounded(value, digits, rounding)
    kept = f"保留 {digits} 位小数" if digits else "取整数"
    text = f"合计：{text}，{rounding.label}{kept}，得 {points} 分"
    return Total(points, (*steps, text), lacking)


def _refusal(lacking: Sequence[Line]) -> MissingInput:
    titles = "、".join(f"“{line.title}”" for line in lacking)
    fields = {line.key: "缺少得分。" for line in lacking}
    return MissingInput(f"缺少{titles}的得分，按规定不能合计，请补齐。", fields=fields)


def _weight(line: Line) -> Decimal:
    if line.weight is None:
        raise ValueError(f"line {line.key} needs a weight")
    return line.weight


def _term(
    line: Line, how: str, missing: Missing, line_digits: int | None, rounding: Rounding
) -> _Term | None:
    """Return what the line adds, None when it adds nothing."""
    factor = _weight(line) if how == "weighted" else Decimal(1)
    if line.points is not None:
        points = line.points.points
        return _Term(points if line_digits is None else rounded(points, line_digits, rounding), factor)
    if missing is Missing.NEUTRAL_MEAN:
        if line.neutral is None:
            raise _refusal([line])
        return _Term(line.neutral, factor)
    if missing is Missing.FULL:
        full = line.weight if line.full is None and how == "sum" else line.full
        if full is None:
            raise ValueError(f"line {line.key} needs full points")
        return _Term(full, factor)
    return None


def _missing_step(line: Line, missing: Missing, term: _Term | None) -> str:
    head = f"{line.title}：无数据，"
    if term is None:
        rest = "其权重由其他各项分担" if missing is Missing.EXCLUDE_REWEIGHT else "不计入"
        return head + rest
    word = "平均分" if missing is Missing.NEUTRAL_MEAN else "满分"
    return f"{head}按{'同组' if missing is Missing.NEUTRAL_MEAN else ''}{word} {show(term.points)} 分计"


def _added(terms: Sequence[_Term], start: Decimal) -> tuple[Decimal, str]:
    """Return the sum and its writing; negative plain terms are written as subtractions."""
    value = sum((term.value for term in terms), start)
    text = show(start) if start else ""
    for term in terms:
        if term.factor == 1 and term.points < 0 and text:
            text += f" − {show(-term.points)}"
        else:
            text += f" + {term.text}" if text else term.text
    return value, text or "0"


def _reweighted(lines: Sequence[Line], terms: Sequence[_Term], start: Decimal) -> tuple[Decimal, str]:
    """Return the sum scaled up from the weights that are present to all weights; ``start`` is not scaled."""
    every = sum((_weight(line) for line in lines), ZERO)
    present = sum((_weight(line) for line in lines if line.points is not None), ZERO)
    if present <= 0:
        raise ValueError("the weights present must add up to more than 0")
    value, text = _added(terms, ZERO)
    text = f"（{text}）" if len(terms) > 1 else text
    head = f"{show(start)} + " if start else ""
    return start + value * every / present, f"{head}{text} × {show(every)} ÷ {show(present)}"


def _within(value: Decimal, text: str, floor: Decimal | None, cap: Decimal | None) -> tuple[Decimal, str]:
    if floor is not None and value < floor:
        return floor, f"{text}，低于下限 {show(floor)}，计 {show(floor)}"
    if cap is not None and value > cap:
        return cap, f"{text}，高于上限 {show(cap)}，计 {show(cap)}"
    return value, text
