"""The calculators by the name a pack uses."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from luoshi.core.errors import Invalid, nearest
from luoshi.core.scoring.base import Calculator, read_params
from luoshi.core.scoring.by_event import AddPer, CountThreshold, DeductPer, Manual, Value, VoteGrade, YesNo
from luoshi.core.scoring.by_parts import Cap, Floor, MeanOver, Multiplier, Veto, WeightedSum
from luoshi.core.scoring.by_rate import LinearToTarget, PerPoint, RankStep, ShareOfBest, Tier

CALCULATORS: dict[str, type[Calculator]] = {
    "yes_no": YesNo,
    "count_threshold": CountThreshold,
    "deduct_per": DeductPer,
    "add_per": AddPer,
    "tier": Tier,
    "share_of_best": ShareOfBest,
    "rank_step": RankStep,
    "linear_to_target": LinearToTarget,
    "per_point": PerPoint,
    "mean_over": MeanOver,
    "vote_grade": VoteGrade,
    "weighted_sum": WeightedSum,
    "multiplier": Multiplier,
    "cap": Cap,
    "floor": Floor,
    "veto": Veto,
    "manual": Manual,
    "value": Value,
}


def calculator(name: str, params: Mapping[str, object]) -> Calculator:
    """Return the calculator ``name`` with parameters as a pack gives them (int, Decimal, str, list, dict).

    Raises: Invalid; ``fields`` names each faulty parameter, or ``calc`` for an unknown calculator.

    >>> from decimal import Decimal
    >>> calculator("value", {"weight": Decimal("0.3")})
    Value(weight=Decimal('0.3'))
    >>> calculator("value", {"wieght": 1})
    Traceback (most recent call last):
    luoshi.core.errors.Invalid: 计分参数不对：wieght：没有这个参数，是否想写 weight。
    """
    found = CALCULATORS.get(name)
    if found is None:
        near = nearest(name, CALCULATORS)
        hint = f"，是否想写 {near}" if near else f"，可用 {'、'.join(CALCULATORS)}"
        raise Invalid(f"没有计分方法“{name}”{hint}。", fields={"calc": "没有这个计分方法。"})
    make: Callable[..., Calculator] = found
    return make(**read_params(params, found.PARAMS))
