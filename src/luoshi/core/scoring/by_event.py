"""Calculators that count: conditions, events, ballots, and marks given by hand."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from luoshi.core.canonical import decimal_text
from luoshi.core.errors import EmptyDenominator, Invalid, MissingInput
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


@dataclass(frozen=True)
class YesNo(Calculator):
    """Full points when a condition holds. Input: the flag, or a value of 1 or 0.

    >>> YesNo(points=Decimal(3)).score(Inputs(value=Decimal(1), label="制定年度计划")).steps
    ('“制定年度计划”：是，得 3 分',)
    """

    points: Decimal
    otherwise: Decimal = ZERO
    flag: str = ""

    PARAMS = {
        "points": number("points when it holds"),
        "otherwise": number("points when it does not, default 0", required=False),
        "flag": text("key of the flag; without it the value decides, 1 or 0", required=False),
    }

    def score(self, inputs: Inputs) -> Points:
        """Return one of the two. Raises: MissingInput; Invalid for a value other than 1 and 0."""
        met = inputs.needed_flag(self.flag) if self.flag else _yes(inputs)
        points = self.points if met else self.otherwise
        return Points(points, (f"“{inputs.label}”：{'是' if met else '否'}，得 {show(points)} 分",))


def _yes(inputs: Inputs) -> bool:
    value = inputs.needed_value()
    if value not in (0, 1):
        raise Invalid(f"“{inputs.label}”应为 1（是）或 0（否），现为 {decimal_text(value)}，请核对。")
    return value == 1


@dataclass(frozen=True)
class CountThreshold(Calculator):
    """Points from a number of times on, more for each further time. Input: the count or the value.

    >>> rule = CountThreshold(least=Decimal(4), points=Decimal(2), each=Decimal(1), cap=Decimal(5))
    >>> rule.score(Inputs(value=Decimal(6), label="专题研究")).steps
    ('“专题研究”6 次，达到 4 次得 2 分，每多 1 次加 1 分：2 + 1 × 2 = 4',)
    """

    least: Decimal
    points: Decimal
    cap: Decimal
    each: Decimal = ZERO
    event: str = ""

    PARAMS = {
        "least": number("number of times from which points are given"),
        "points": number("points at that number"),
        "cap": number("most points"),
        "each": number("points for each further time, default 0", required=False),
        "event": text("key of the count; without it the value is the count", required=False),
    }

    def __post_init__(self) -> None:
        check(self.cap >= self.points, "cap", "上限不能小于 points")

    def score(self, inputs: Inputs) -> Points:
        """Return 0 below the threshold. Raises: MissingInput; Invalid for a value that is no count."""
        count = inputs.count_of(self.event)
        head = f"“{inputs.label}”{show(count)} {inputs.unit or '次'}"
        if count < self.least:
            return Points(ZERO, (f"{head}，不足 {show(self.least)} {inputs.unit or '次'}，得 0 分",))
        head += f"，达到 {show(self.least)} {inputs.unit or '次'}得 {show(self.points)} 分"
        if not self.each:
            return Points(self.points, (head,))
        more = count - self.least
        head += f"，每多 1 {inputs.unit or '次'}加 {show(self.each)} 分"
        sum_ = f"{head}：{show(self.points)} + {show(self.each)} × {show(more)}"
        return bounded(self.points + self.each * more, sum_, cap=self.cap)


@dataclass(frozen=True)
class DeductPer(Calculator):
    """So many points off for each event. Input: the count of ``event`` or the value.

    With ``base`` 0 the points are a deduction, to be added to a start value by ``combine``.

    >>> rule = DeductPer(amount=Decimal("0.5"))
    >>> rule.score(Inputs(value=Decimal(6), label="超时", unit="件"))
    Points(points=Decimal('-3.0'), steps=('“超时”6 件，每件扣 0.5 分：0 − 0.5 × 6 = −3',))
    """

    amount: Decimal
    base: Decimal = ZERO
    floor: Decimal | None = None
    cap: Decimal | None = None
    event: str = ""

    PARAMS = {
        "amount": number("points off for each event"),
        "base": number("full points, default 0", required=False),
        "floor": number("fewest points; no floor when left out", required=False),
        "cap": number("most points off; no cap when left out", required=False),
        "event": text("key of the count; without it the value is the count", required=False),
    }

    def __post_init__(self) -> None:
        check(self.amount > 0, "amount", "应大于 0")
        check(self.floor is None or self.floor <= self.base, "floor", "下限不能大于 base")
        check(self.cap is None or self.cap > 0, "cap", "扣分上限应大于 0")

    def score(self, inputs: Inputs) -> Points:
        """Return ``base`` less the deductions. Raises: MissingInput; Invalid for a value that is no count."""
        count = inputs.count_of(self.event)
        unit = inputs.unit or "次"
        head = f"“{inputs.label}”{show(count)} {unit}，每{unit}扣 {show(self.amount)} 分"
        off, written = self.amount * count, f"{show(self.amount)} × {show(count)}"
        if self.cap is not None and off > self.cap:
            head += f"，最多扣 {show(self.cap)} 分"
            off, written = self.cap, show(self.cap)
        return bounded(self.base - off, f"{head}：{show(self.base)} − {written}", floor=self.floor)


@dataclass(frozen=True)
class AddPer(Calculator):
    """So many points for each event up to a cap, which is obligatory: open-ended bonuses breed quotas.

    >>> AddPer(amount=Decimal(5), cap=Decimal(10)).score(Inputs(value=Decimal(3), label="经验推广")).steps
    ('“经验推广”3 次，每次加 5 分：5 × 3 = 15，高于上限 10，计 10 分',)
    """

    amount: Decimal
    cap: Decimal
    event: str = ""

    PARAMS = {
        "amount": number("points for each event"),
        "cap": number("most points"),
        "event": text("key of the count; without it the value is the count", required=False),
    }

    def __post_init__(self) -> None:
        check(self.amount > 0, "amount", "应大于 0")
        check(self.cap > 0, "cap", "应大于 0")

    def score(self, inputs: Inputs) -> Points:
        """Return the bonus. Raises: MissingInput; Invalid for a value that is no count."""
        count = inputs.count_of(self.event)
        unit = inputs.unit or "次"
        head = f"“{inputs.label}”{show(count)} {unit}，每{unit}加 {show(self.amount)} 分"
        sum_ = f"{head}：{show(self.amount)} × {show(count)}"
        return bounded(self.amount * count, sum_, cap=self.cap)


@dataclass(frozen=True)
class VoteGrade(Calculator):
    """Mean value of graded ballots, such as 100/80/60/40. Input: ``counts`` of each grade.

    >>> rule = VoteGrade(values=(("a", Decimal(100)), ("b", Decimal(80))))
    >>> rule.score(Inputs(counts={"a": 3, "b": 1}, titles={"a": "好", "b": "较好"}, label="测评")).steps
    ('“测评”有效票 4 张：（100 × 3（好） + 80 × 1（较好）） ÷ 4 = 95',)
    """

    values: tuple[tuple[str, Decimal], ...]
    ballots: int = 1

    PARAMS = {
        "values": Param(ParamKind.WEIGHTS, True, "grade: worth of one ballot"),
        "ballots": Param(ParamKind.COUNT, False, "fewest valid ballots, default 1; fewer give no score"),
    }

    def score(self, inputs: Inputs) -> Points:
        """Return the mean. Raises: MissingInput for a grade or too few ballots; EmptyDenominator for none."""
        counts = {grade: inputs.count_of(grade) for grade, _ in self.values}
        valid = sum(counts.values(), ZERO)
        if valid == 0:
            raise EmptyDenominator(f"“{inputs.label}”没有有效票，不能计分，应显示为“—”。")
        if valid < self.ballots:
            raise MissingInput(
                f"“{inputs.label}”有效票 {show(valid)} 张，不足 {self.ballots} 张，按规定不计分。",
                fields={grade: "有效票不足。" for grade in counts},
            )
        points = sum((worth * counts[grade] for grade, worth in self.values), ZERO) / valid
        terms = " + ".join(f"{show(w)} × {show(counts[g])}（{inputs.title(g)}）" for g, w in self.values)
        head = f"“{inputs.label}”有效票 {show(valid)} 张：（{terms}） ÷ {show(valid)}"
        return Points(points, (f"{head} {equals(points)}",))


@dataclass(frozen=True)
class Manual(Calculator):
    """Points given by a reviewer within a range; the reason is kept by the caller. Input: the value.

    >>> Manual(low=Decimal(0), high=Decimal(20)).score(Inputs(value=Decimal(18), label="领导评价")).steps
    ('“领导评价”评定 18 分（范围 0 至 20 分）',)
    """

    low: Decimal
    high: Decimal

    PARAMS = {
        "low": number("fewest points that may be given"),
        "high": number("most points that may be given"),
    }

    def __post_init__(self) -> None:
        check(self.low < self.high, "high", "应大于 low")

    def score(self, inputs: Inputs) -> Points:
        """Return the points given. Raises: MissingInput; Invalid outside the range."""
        value = inputs.needed_value()
        bounds = f"{show(self.low)} 至 {show(self.high)} 分"
        if not self.low <= value <= self.high:
            raise Invalid(f"“{inputs.label}”评定 {show(value)} 分，超出范围 {bounds}，请改正。")
        return Points(value, (f"“{inputs.label}”评定 {show(value)} 分（范围 {bounds}）",))


@dataclass(frozen=True)
class Value(Calculator):
    """The figure itself times a weight. Input: the value.

    >>> Value(weight=Decimal("0.2")).score(Inputs(value=Decimal("98.06"), label="办结率")).steps
    ('“办结率”0.2 × 98.06 = 19.612',)
    """

    weight: Decimal = Decimal(1)

    PARAMS = {"weight": number("factor, default 1", required=False)}

    def score(self, inputs: Inputs) -> Points:
        """Return the product. Raises: MissingInput."""
        value = inputs.needed_value()
        if self.weight == 1:
            return Points(value, (f"“{inputs.label}”{show(value)}",))
        points = self.weight * value
        sum_ = f"{operand(self.weight)} × {operand(value)}"
        return Points(points, (f"“{inputs.label}”{sum_} {equals(points)}",))
