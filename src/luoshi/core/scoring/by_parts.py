"""Calculators that work on points already found: means, sums, factors, bounds, vetoes."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from luoshi.core.errors import MissingInput
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
class MeanOver(Calculator):
    """Mean of the parts: members, months, quarters or judges. Input: ``parts``.

    >>> parts = {"01": Decimal(30), "02": Decimal(27)}
    >>> MeanOver(expected=2).score(Inputs(parts=parts, label="月度得分")).steps
    ('“月度得分”平均：（30 + 27） ÷ 2 = 28.5',)
    """

    expected: int | None = None

    PARAMS = {
        "expected": Param(ParamKind.COUNT, False, "how many parts there must be; any number when left out")
    }

    def score(self, inputs: Inputs) -> Points:
        """Return the mean. Raises: MissingInput for no parts or another number than expected."""
        parts = tuple(inputs.parts.values())
        wanted = self.expected or max(len(parts), 1)
        if len(parts) != wanted:
            raise MissingInput(f"“{inputs.label}”应有 {wanted} 项，现有 {len(parts)} 项，请补齐后再计分。")
        points = sum(parts, ZERO) / len(parts)
        terms = " + ".join(map(operand, parts))
        return Points(points, (f"“{inputs.label}”平均：（{terms}） ÷ {len(parts)} {equals(points)}",))


@dataclass(frozen=True)
class WeightedSum(Calculator):
    """Sum of parts times weights. Input: ``parts`` by key.

    Source: 南通 2017-08 street bulletin, 0.4 / 0.4 / 0.2 as printed in its head.

    >>> rule = WeightedSum(weights=(("sys", Decimal("0.4")), ("site", Decimal("0.6"))))
    >>> parts = {"sys": Decimal("95.65"), "site": Decimal("93.73")}
    >>> rule.score(Inputs(parts=parts, titles={"sys": "系统", "site": "现场"}, label="总分")).steps
    ('“总分”0.4 × 95.65（系统） + 0.6 × 93.73（现场） = 94.498',)
    """

    weights: tuple[tuple[str, Decimal], ...]
    total: Decimal | None = None

    PARAMS = {
        "weights": Param(ParamKind.WEIGHTS, True, "part: weight"),
        "total": number("what the weights must add up to; not checked when left out", required=False),
    }

    def __post_init__(self) -> None:
        added = sum((weight for _, weight in self.weights), ZERO)
        check(self.total in (None, added), "weights", f"各项权重之和为 {show(added)}，与 total 不符")

    def score(self, inputs: Inputs) -> Points:
        """Return the sum. Raises: MissingInput naming the part."""
        parts = [(key, weight, inputs.needed_part(key)) for key, weight in self.weights]
        points = sum((weight * part for _, weight, part in parts), ZERO)
        terms = (f"{operand(w)} × {operand(part)}（{inputs.title(key)}）" for key, w, part in parts)
        return Points(points, (f"“{inputs.label}”{' + '.join(terms)} {equals(points)}",))


@dataclass(frozen=True)
class Multiplier(Calculator):
    """The value, times a factor when a condition holds. Input: the value and the flag.

    Source: a district's 督查考核细则: deductions doubled for units that have listed matters only.

    >>> only = {"flags": {"only": True}, "titles": {"only": "仅有列项事项"}}
    >>> inputs = Inputs(value=Decimal(-15), label="扣分", **only)
    >>> Multiplier(factor=Decimal(2), flag="only").score(inputs).steps
    ('“扣分”（−15），因“仅有列项事项”乘以 2：（−15） × 2 = −30',)
    """

    factor: Decimal
    flag: str

    PARAMS = {"factor": number("factor when the condition holds"), "flag": text("key of the condition")}

    def __post_init__(self) -> None:
        check(self.factor > 0, "factor", "应大于 0")

    def score(self, inputs: Inputs) -> Points:
        """Return the product or the value itself. Raises: MissingInput."""
        value, title = inputs.needed_value(), inputs.title(self.flag)
        head = f"“{inputs.label}”{operand(value)}"
        if not inputs.needed_flag(self.flag):
            return Points(value, (f"{head}，“{title}”不成立，不加倍",))
        points = value * self.factor
        sum_ = f"{operand(value)} × {show(self.factor)} {equals(points)}"
        return Points(points, (f"{head}，因“{title}”乘以 {show(self.factor)}：{sum_}",))


@dataclass(frozen=True)
class Cap(Calculator):
    """The value, at most ``cap``. Input: the value.

    >>> Cap(cap=Decimal(100)).score(Inputs(value=Decimal(104), label="总分")).steps
    ('“总分” = 104，高于上限 100，计 100 分',)
    """

    cap: Decimal

    PARAMS = {"cap": number("most points")}

    def score(self, inputs: Inputs) -> Points:
        """Return the smaller. Raises: MissingInput."""
        return bounded(inputs.needed_value(), f"“{inputs.label}”", cap=self.cap)


@dataclass(frozen=True)
class Floor(Calculator):
    """The value, at least ``floor``. Input: the value.

    >>> Floor(floor=Decimal(0)).score(Inputs(value=Decimal(-3), label="总分")).steps
    ('“总分” = −3，低于下限 0，计 0 分',)
    """

    floor: Decimal

    PARAMS = {"floor": number("fewest points")}

    def score(self, inputs: Inputs) -> Points:
        """Return the larger. Raises: MissingInput."""
        return bounded(inputs.needed_value(), f"“{inputs.label}”", floor=self.floor)


@dataclass(frozen=True)
class Veto(Calculator):
    """The value, held at ``cap`` when a condition holds (一票否决). Input: the value and the flag.

    The legal basis is obligatory: a veto must come from a list of a higher level.

    >>> rule = Veto(flag="accident", cap=Decimal(59), basis="市考核办法第9条")
    >>> rule.score(Inputs(value=Decimal(90), flags={"accident": True}, label="总分")).steps
    ('“总分”90，“accident”成立，一票否决（依据：市考核办法第9条），最高计 59 分，计 59 分',)
    """

    flag: str
    cap: Decimal
    basis: str

    PARAMS = {
        "flag": text("key of the condition"),
        "cap": number("most points when it holds"),
        "basis": text("the rule the veto comes from"),
    }

    def score(self, inputs: Inputs) -> Points:
        """Return the value or the cap. Raises: MissingInput."""
        value, title = inputs.needed_value(), inputs.title(self.flag)
        head = f"“{inputs.label}”{show(value)}"
        if not inputs.needed_flag(self.flag):
            return Points(value, (f"{head}，“{title}”不成立，未触发一票否决",))
        points = min(value, self.cap)
        most = f"最高计 {show(self.cap)} 分，计 {show(points)} 分"
        return Points(points, (f"{head}，“{title}”成立，一票否决（依据：{self.basis}），{most}",))
