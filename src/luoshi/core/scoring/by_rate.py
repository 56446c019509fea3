"""Calculators that turn a rate, an amount or a rank into points."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from luoshi.core.errors import EmptyDenominator, Invalid
from luoshi.core.scoring.base import (
    Calculator,
    Inputs,
    Param,
    ParamKind,
    Points,
    bounded,
    check,
    equals,
    number,
    operand,
    show,
    text,
)

ZERO = Decimal(0)
HUNDRED = Decimal(100)


@dataclass(frozen=True)
class Tier(Calculator):
    """Points by bands; below all bands ``otherwise``, or ``flag_points`` when a condition holds there.

    Input: the value; the flag when one is named. With ``better="down"`` a band is reached from above.
    Source: 瑞安 2012 民主测评 (≥90% 200, ≥80% 190 …; else 160, or 130 when a third voted low).

    >>> bands = ((Decimal(90), Decimal(200)), (Decimal(80), Decimal(190)))
    >>> rule = Tier(bands=bands, otherwise=Decimal(160))
    >>> rule.score(Inputs(value=Decimal(85), label="优秀率", unit="%")).steps
    ('“优秀率”85%，达到 80%，得 190 分',)
    """

    bands: tuple[tuple[Decimal, Decimal], ...]
    otherwise: Decimal
    better: str = "up"
    flag: str = ""
    flag_points: Decimal | None = None

    PARAMS = {
        "bands": Param(
            ParamKind.BANDS, True, "list of [limit, points]; the limit itself belongs to the band"
        ),
        "otherwise": number("points when no band is reached"),
        "better": Param(ParamKind.CHOICE, False, "direction, default up", ("up", "down")),
        "flag": text("key of a condition that matters only when no band is reached", required=False),
        "flag_points": number("points when no band is reached and the condition holds", required=False),
    }

    def __post_init__(self) -> None:
        check(bool(self.flag) == (self.flag_points is not None), "flag_points", "应与 flag 同时给出")

    def score(self, inputs: Inputs) -> Points:
        """Return the points of the best band reached. Raises: MissingInput."""
        value = inputs.needed_value()
        head, up = f"“{inputs.label}”{show(value)}{inputs.unit}", self.better == "up"
        for limit, points in sorted(self.bands, reverse=up):
            if value >= limit if up else value <= limit:
                word = "达到" if up else "不高于"
                return Points(points, (f"{head}，{word} {show(limit)}{inputs.unit}，得 {show(points)} 分",))
        head += "，未达到任何一档"
        if self.flag_points is not None and inputs.needed_flag(self.flag):
            points = self.flag_points
            return Points(points, (f"{head}，且“{inputs.title(self.flag)}”成立，得 {show(points)} 分",))
        return Points(self.otherwise, (f"{head}，得 {show(self.otherwise)} 分",))


@dataclass(frozen=True)
class ShareOfBest(Calculator):
    """The own figure as a share of the group's best. Input: the value and the peers, own included.

    Source: 瑞安 2012 重要项目, 600 × own / best.

    >>> inputs = Inputs(value=Decimal(850), peers=(Decimal(850), Decimal(900)), label="重要项目")
    >>> ShareOfBest(points=Decimal(600)).score(inputs).steps
    ('“重要项目”850，同组最高 900：600 × 850 ÷ 900 ≈ 566.6667',)
    """

    points: Decimal

    PARAMS = {"points": number("points of the best")}

    def __post_init__(self) -> None:
        check(self.points > 0, "points", "应大于 0")

    def score(self, inputs: Inputs) -> Points:
        """Return the share. Raises: MissingInput; EmptyDenominator when nobody is above 0."""
        value = inputs.needed_value()
        best = max(inputs.peers, default=value)
        if best <= 0:
            raise EmptyDenominator(f"“{inputs.label}”同组最高值为 {show(best)}，不能按占比计分。")
        points = self.points * value / best
        sum_ = f"{show(self.points)} × {operand(value)} ÷ {show(best)}"
        head = f"“{inputs.label}”{show(value)}{inputs.unit}，同组最高 {show(best)}{inputs.unit}"
        return Points(points, (f"{head}：{sum_} {equals(points)}",))


@dataclass(frozen=True)
class RankStep(Calculator):
    """Full points for the first, a step less for each lower rank. Input: the rank, or ``parts`` judge → rank.

    Several judges: the mean of the points each rank gives.
    Source: 温州 2013, 5% of the full points a rank; 瑞安 2012, 2% a rank, mean over judges.

    >>> rule = RankStep(first=Decimal(30), step=Decimal(5), per="percent")
    >>> rule.score(Inputs(rank=4, label="当月排名")).steps
    ('“当月排名”第 4 名，第一名 30 分，每降 1 名减 1.5 分：30 − 1.5 × 3 = 25.5',)
    """

    first: Decimal
    step: Decimal
    per: str
    floor: Decimal = ZERO

    PARAMS = {
        "first": number("points of the first rank"),
        "step": number("points, or percent of first, less for each lower rank"),
        "per": Param(ParamKind.CHOICE, True, "what step is in", ("percent", "points")),
        "floor": number("fewest points, default 0", required=False),
    }

    def __post_init__(self) -> None:
        check(self.step > 0, "step", "应大于 0")
        check(self.floor <= self.first, "floor", "下限不能大于 first")

    def score(self, inputs: Inputs) -> Points:
        """Return the points. Raises: MissingInput without rank and judges; Invalid below rank 1."""
        if inputs.rank is not None or not inputs.parts:
            rank = inputs.needed(inputs.rank, "rank", "名次")
            return self._of(Decimal(rank), f"“{inputs.label}”", inputs)
        given = [self._of(rank, f"“{inputs.title(judge)}”评", inputs) for judge, rank in inputs.parts.items()]
        return mean(given, inputs.label)

    def _of(self, rank: Decimal, who: str, inputs: Inputs) -> Points:
        if rank < 1:
            raise Invalid(f"“{inputs.label}”的名次应从 1 起，现为 {show(rank)}，请核对。")
        step = self.first * self.step / HUNDRED if self.per == "percent" else self.step
        head = f"{who}第 {show(rank)} 名，第一名 {show(self.first)} 分，每降 1 名减 {show(step)} 分"
        sum_ = f"{head}：{show(self.first)} − {show(step)} × {show(rank - 1)}"
        return bounded(self.first - step * (rank - 1), sum_, floor=self.floor)


def mean(given: Sequence[Points], label: str) -> Points:
    """Return the mean of several points; the steps are theirs and the sum. ``given`` is not empty."""
    points = sum((each.points for each in given), ZERO) / len(given)
    terms = " + ".join(operand(each.points) for each in given)
    steps = [step for each in given for step in each.steps]
    return Points(points, (*steps, f"“{label}”平均：（{terms}） ÷ {len(given)} {equals(points)}"))


@dataclass(frozen=True)
class LinearToTarget(Calculator):
    """Nothing at ``low``, full points at ``target``, in proportion between and, up to ``cap``, beyond.

    Input: the value. ``target`` may lie below ``low``: then less is better.

    >>> rule = LinearToTarget(low=Decimal(50), target=Decimal(100), points=Decimal(20))
    >>> rule.score(Inputs(value=Decimal(70), label="投资完成", unit="亿元")).steps
    ('“投资完成”70亿元，起点 50，目标 100：20 × （70 − 50） ÷ （100 − 50） = 8',)
    """

    low: Decimal
    target: Decimal
    points: Decimal
    cap: Decimal | None = None

    PARAMS = {
        "low": number("value that gives 0 points"),
        "target": number("value that gives full points"),
        "points": number("full points"),
        "cap": number("most points beyond the target, default the full points", required=False),
    }

    def __post_init__(self) -> None:
        check(self.low != self.target, "target", "不能等于 low")
        check(self.points > 0, "points", "应大于 0")
        check(self.cap is None or self.cap >= self.points, "cap", "不能小于 points")

    def score(self, inputs: Inputs) -> Points:
        """Return the points. Raises: MissingInput."""
        value = inputs.needed_value()
        points = self.points * (value - self.low) / (self.target - self.low)
        low, target = operand(self.low), operand(self.target)
        head = f"“{inputs.label}”{show(value)}{inputs.unit}，起点 {show(self.low)}，目标 {show(self.target)}"
        sum_ = f"{head}：{show(self.points)} × （{operand(value)} − {low}） ÷ （{target} − {low}）"
        return bounded(points, sum_, floor=ZERO, cap=self.points if self.cap is None else self.cap)


@dataclass(frozen=True)
class PerPoint(Calculator):
    """Full points from a threshold on; below it points off for each percentage point, down to a floor.

    max(floor, weight − slope × max(0, threshold − value)). Input: the value, a rate in percent.
    Source: 连云港 12345 bulletins 2021-07 … 2023-01, recovered from 14 published item scores.

    >>> rule = PerPoint(weight=Decimal(20), threshold=Decimal(95), slope=Decimal(1), floor=Decimal(0))
    >>> rule.score(Inputs(value=Decimal("89.82"), label="按时办结率")).steps
    ('按时办结率 89.82，低于 95，每低 1 个百分点扣 1 分：20 − 1 × 5.18 = 14.82',)
    """

    weight: Decimal
    threshold: Decimal
    slope: Decimal
    floor: Decimal

    PARAMS = {
        "weight": number("full points"),
        "threshold": number("rate in percent from which points are full"),
        "slope": number("points off for each percentage point below the threshold"),
        "floor": number("fewest points"),
    }

    def __post_init__(self) -> None:
        check(self.slope > 0, "slope", "应大于 0")
        check(self.floor <= self.weight, "floor", "下限不能大于 weight")

    def score(self, inputs: Inputs) -> Points:
        """Return the points. Raises: MissingInput."""
        value = inputs.needed_value()
        head = f"{inputs.label} {show(value)}"
        if value >= self.threshold:
            return Points(
                self.weight, (f"{head}，达到 {show(self.threshold)}，得满分 {show(self.weight)} 分",)
            )
        gap = self.threshold - value
        rule = f"低于 {show(self.threshold)}，每低 1 个百分点扣 {show(self.slope)} 分"
        sum_ = f"{head}，{rule}：{show(self.weight)} − {show(self.slope)} × {show(gap)}"
        return bounded(self.weight - self.slope * gap, sum_, floor=self.floor)
