"""What every calculator shares: its inputs, its answer, the description of its parameters."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import ClassVar, TypeVar

from luoshi.core.canonical import decimal_text
from luoshi.core.errors import Invalid, MissingInput, nearest
from luoshi.core.formulas import rounded

SHOWN_DIGITS = 4

Found = TypeVar("Found")


@dataclass(frozen=True, slots=True)
class Inputs:
    """What one unit brings to one criterion.

    ``value`` the figure itself; ``peers`` the figures of the group, the unit's own included; ``parts`` named
    figures (sub-scores, months, judges); ``counts`` events or ballots by key; ``rank`` the place in the
    group; ``flags`` conditions by key; ``label`` the criterion and ``unit`` the unit of measure, both for
    sentences; ``titles`` the Chinese names of the keys of parts, counts and flags.
    """

    value: Decimal | None = None
    peers: tuple[Decimal, ...] = ()
    parts: Mapping[str, Decimal] = field(default_factory=dict)
    counts: Mapping[str, int] = field(default_factory=dict)
    rank: int | None = None
    flags: Mapping[str, bool] = field(default_factory=dict)
    label: str = ""
    unit: str = ""
    titles: Mapping[str, str] = field(default_factory=dict)

    def title(self, key: str) -> str:
        """Return the Chinese name of a key, or the key."""
        return self.titles.get(key, key)

    def needed_value(self) -> Decimal:
        """Return the value. Raises: MissingInput."""
        return self.needed(self.value, "value", "数值")

    def needed_part(self, key: str) -> Decimal:
        """Return one part. Raises: MissingInput."""
        return self.needed(self.parts.get(key), key, f"“{self.title(key)}”")

    def needed_flag(self, key: str) -> bool:
        """Return one flag. Raises: MissingInput."""
        return self.needed(self.flags.get(key), key, f"“{self.title(key)}”")

    def count_of(self, key: str) -> Decimal:
        """Return the count of an event, or the value when ``key`` is empty. Raises: MissingInput, Invalid."""
        if not key:
            count = self.needed_value()
            if count < 0 or count != count.to_integral_value():
                raise Invalid(f"“{self.label}”应为不小于 0 的整数，现为 {decimal_text(count)}，请核对。")
            return count
        return Decimal(self.needed(self.counts.get(key), key, f"“{self.title(key)}”的次数"))

    def needed(self, found: Found | None, key: str, what: str) -> Found:
        """Return ``found`` unless it is None. Raises: MissingInput naming the criterion and what lacks."""
        if found is None:
            raise MissingInput(f"“{self.label}”缺少{what}，请补报后再计分。", fields={key: "缺少这个值。"})
        return found


@dataclass(frozen=True, slots=True)
class Points:
    """Unrounded points and the sentences that explain them."""

    points: Decimal
    steps: tuple[str, ...]


class ParamKind(StrEnum):
    """What a pack may write as a parameter."""

    NUMBER = "number"
    COUNT = "count"
    TEXT = "text"
    BANDS = "bands"
    WEIGHTS = "weights"
    CHOICE = "choice"


@dataclass(frozen=True, slots=True)
class Param:
    """One parameter of a calculator. ``note`` says in English what it means, for the reference."""

    kind: ParamKind
    required: bool
    note: str
    choices: tuple[str, ...] = ()


def number(note: str, *, required: bool = True) -> Param:
    """Describe a parameter that is a number."""
    return Param(ParamKind.NUMBER, required, note)


def text(note: str, *, required: bool = True) -> Param:
    """Describe a parameter that is a key or a wording."""
    return Param(ParamKind.TEXT, required, note)


class Calculator(ABC):
    """Base of the calculators: frozen dataclasses of parameters, described under the same names."""

    PARAMS: ClassVar[Mapping[str, Param]] = {}

    @abstractmethod
    def score(self, inputs: Inputs) -> Points:
        """Return the points. Raises: MissingInput, EmptyDenominator, Invalid."""


def read_params(given: Mapping[str, object], params: Mapping[str, Param]) -> dict[str, object]:
    """Return the parameters in the types the calculators want.

    Raises: Invalid with one message per faulty parameter in ``fields``: unknown, missing, wrong kind.
    """
    faults = {name: _unknown(name, params) for name in given if name not in params}
    faults |= {n: "缺少这个参数。" for n, param in params.items() if param.required and n not in given}
    read: dict[str, object] = {}
    for name in given:
        if name in params:
            try:
                read[name] = _READERS[params[name].kind](given[name], params[name])
            except ValueError as error:
                faults[name] = str(error)
    if faults:
        listed = "；".join(f"{name}：{fault.rstrip('。')}" for name, fault in faults.items())
        raise Invalid(f"计分参数不对：{listed}。", fields=faults)
    return read


def _unknown(name: str, params: Mapping[str, Param]) -> str:
    near = nearest(name, params)
    return f"没有这个参数，是否想写 {near}。" if near else f"没有这个参数，可用 {'、'.join(params)}。"


def _number(given: object, _: Param) -> Decimal:
    if isinstance(given, bool) or not isinstance(given, (int, Decimal)) or not Decimal(given).is_finite():
        raise ValueError("应为数字。")
    return Decimal(given)


def _count(given: object, _: Param) -> int:
    if isinstance(given, bool) or not isinstance(given, int) or given < 1:
        raise ValueError("应为正整数。")
    return given


def _text(given: object, _: Param) -> str:
    if not isinstance(given, str) or not given.strip():
        raise ValueError("应为文字。")
    return given


def _choice(given: object, param: Param) -> str:
    if not isinstance(given, str) or given not in param.choices:
        raise ValueError(f"应为 {'、'.join(param.choices)} 之一。")
    return given


def _bands(given: object, param: Param) -> tuple[tuple[Decimal, Decimal], ...]:
    if not isinstance(given, (list, tuple)) or not given:
        raise ValueError("应为若干档，每档写作 [界限, 得分]。")
    bands: list[tuple[Decimal, Decimal]] = []
    for band in given:
        if not isinstance(band, (list, tuple)) or len(band) != 2:
            raise ValueError("每档应写作 [界限, 得分]。")
        bands.append((_number(band[0], param), _number(band[1], param)))
    limits = [limit for limit, _ in bands]
    if limits not in (sorted(set(limits)), sorted(set(limits), reverse=True)):
        raise ValueError("各档界限应依次递增或递减，不能重复。")
    return tuple(bands)


def _weights(given: object, param: Param) -> tuple[tuple[str, Decimal], ...]:
    if not isinstance(given, Mapping) or not given:
        raise ValueError("应为若干项，每项写作 名称: 数字。")
    return tuple((_text(name, param), _number(weight, param)) for name, weight in given.items())


_READERS: Mapping[ParamKind, Callable[[object, Param], object]] = {
    ParamKind.NUMBER: _number,
    ParamKind.COUNT: _count,
    ParamKind.TEXT: _text,
    ParamKind.CHOICE: _choice,
    ParamKind.BANDS: _bands,
    ParamKind.WEIGHTS: _weights,
}


def show(value: Decimal) -> str:
    """Return a number as sentences write it: at most four decimals, a real minus sign.

    >>> show(Decimal("14.8200")), show(Decimal(-2) / 3)
    ('14.82', '−0.6667')
    """
    return decimal_text(rounded(value, SHOWN_DIGITS)).replace("-", "−")


def operand(value: Decimal) -> str:
    """Return a number as it stands inside a calculation: negative ones in brackets.

    >>> operand(Decimal("-2")), operand(Decimal("2"))
    ('（−2）', '2')
    """
    return f"（{show(value)}）" if value < 0 else show(value)


def equals(value: Decimal) -> str:
    """Return "= 14.82", or "≈ 566.6667" when the digits shown are not all there are.

    >>> equals(Decimal("14.82")), equals(Decimal(1700) / 3)
    ('= 14.82', '≈ 566.6667')
    """
    return f"{'=' if rounded(value, SHOWN_DIGITS) == value else '≈'} {show(value)}"


def check(fits: bool, name: str, fault: str) -> None:
    """Refuse parameters that contradict one another. Raises: Invalid at the parameter ``name``."""
    if not fits:
        raise Invalid(f"计分参数不对：{name}：{fault}。", fields={name: f"{fault}。"})


def bounded(
    points: Decimal, sum_: str, *, floor: Decimal | None = None, cap: Decimal | None = None
) -> Points:
    """Return points kept within bounds; ``sum_`` is the calculation in words, a bound that bites is added.

    >>> bounded(Decimal("2.5"), "25 − 0.5 × 45", floor=Decimal("12.5")).steps
    ('25 − 0.5 × 45 = 2.5，低于下限 12.5，计 12.5 分',)
    """
    done = f"{sum_} {equals(points)}"
    if floor is not None and points < floor:
        return Points(floor, (f"{done}，低于下限 {show(floor)}，计 {show(floor)} 分",))
    if cap is not None and points > cap:
        return Points(cap, (f"{done}，高于上限 {show(cap)}，计 {show(cap)} 分",))
    return Points(points, (done,))
