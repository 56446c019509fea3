"""Rates, rounding and ranks. Exact: computed on fractions, rounded once, at the end."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Generic, Literal, TypeVar

from luoshi.core.errors import EmptyDenominator

Key = TypeVar("Key", bound=Hashable)
Better = Literal["up", "down"]

MOST_DIGITS = 30
FULL = Decimal(100)


class Rounding(StrEnum):
    """How a number is cut to its printed digits. Both occur in published bulletins."""

    HALF_UP = "half_up"
    TRUNCATE = "truncate"

    @property
    def label(self) -> str:
        """Return the Chinese name, for explanations.

        >>> Rounding.HALF_UP.label, Rounding.TRUNCATE.label
        ('四舍五入', '截尾')
        """
        return "四舍五入" if self is Rounding.HALF_UP else "截尾"


class Tie(StrEnum):
    """What equal scores do to ranks: 1,2,2,4 · 1,2,2,3 · the scores of ``RankRow.tiebreak`` decide."""

    SHARE_LOW = "share_low"
    DENSE = "dense"
    BREAK = "break"


@dataclass(frozen=True, slots=True)
class RankRow(Generic[Key]):
    """One row to be ranked. ``tiebreak``: further scores, the weightiest first, as many in every row."""

    key: Key
    score: Decimal
    tiebreak: tuple[Decimal, ...] = ()


def rounded(value: Decimal | Fraction, digits: int, rounding: Rounding = Rounding.HALF_UP) -> Decimal:
    """Return ``value`` with exactly ``digits`` decimals (0..30).

    Half up rounds away from zero at the half; truncation cuts towards zero.
    Raises: ValueError for digits outside 0..30 and for NaN or infinity.

    >>> rounded(Decimal("12.795"), 2), rounded(Decimal("92.936"), 2, Rounding.TRUNCATE)
    (Decimal('12.80'), Decimal('92.93'))
    >>> rounded(Decimal("-0.125"), 2), rounded(Decimal("-0.001"), 2)
    (Decimal('-0.13'), Decimal('0.00'))
    """
    if not 0 <= digits <= MOST_DIGITS:
        raise ValueError(f"digits must be 0..{MOST_DIGITS}, not {digits}")
    if isinstance(value, Decimal) and not value.is_finite():
        raise ValueError(f"{value} cannot be rounded")
    scaled = abs(Fraction(value)) * 10**digits
    whole = int(scaled + Fraction(1, 2)) if rounding is Rounding.HALF_UP else int(scaled)
    sign = 1 if value < 0 and whole else 0
    return Decimal((sign, tuple(map(int, str(whole))), -digits))


def percent(part: int, whole: int, digits: int = 2, rounding: Rounding = Rounding.HALF_UP) -> Decimal:
    """Return ``part`` of ``whole`` as a percentage.

    Units: counts in, percent (0..100) out. Rounding: half up, as official reports do, but a result is never
    rounded up to 100 while something is open: it is then truncated. So 100 means all, at any ``digits``.
    Source: 解决率 97.65% (published figure of the 2020 report); 四平 2025H1, 254567 of 254592, 99.9%.
    Raises: EmptyDenominator when ``whole`` is 0; ValueError when part is outside 0..whole.

    >>> percent(1788, 1831), percent(1829, 1831)
    (Decimal('97.65'), Decimal('99.89'))
    >>> percent(254567, 254592, digits=1), percent(254592, 254592, digits=1)
    (Decimal('99.9'), Decimal('100.0'))
    """
    if whole == 0:
        raise EmptyDenominator("分母为 0，不能计算百分比，应显示为“—”。")
    if not 0 <= part <= whole:
        raise ValueError(f"part {part} is outside 0..{whole}")
    share = Fraction(100 * part, whole)
    result = rounded(share, digits, rounding)
    if result == FULL and part < whole:
        return rounded(share, digits, Rounding.TRUNCATE)
    return result


def ratio(
    num: Decimal,
    den: Decimal,
    digits: int = 2,
    rounding: Rounding = Rounding.HALF_UP,
    *,
    scale: int = 1,
) -> Decimal:
    """Return ``scale`` × ``num`` ÷ ``den``; for amounts and growth, where the part may exceed the whole.

    Units: those of num per den, times ``scale`` (100 gives percent).
    Raises: EmptyDenominator when ``den`` is 0.

    >>> ratio(Decimal("41.14"), Decimal("4")), ratio(Decimal("7"), Decimal("150"), scale=100)
    (Decimal('10.29'), Decimal('4.67'))
    """
    if den == 0:
        raise EmptyDenominator("分母为 0，不能计算比值，应显示为“—”。")
    return rounded(Fraction(num) * scale / Fraction(den), digits, rounding)


def fits_print(count: int, denominator: int, published: Decimal, decimals: int) -> bool:
    """Say whether a printed percentage can be ``count`` of ``denominator``, rounded half up or truncated.

    Raises: EmptyDenominator when ``denominator`` is 0.

    >>> fits_print(96, 150, Decimal("64.0"), 2), fits_print(7, 150, Decimal("9.33"), 2)
    (True, False)
    >>> fits_print(254567, 254592, Decimal("99.9"), 1)
    True
    """
    part, whole = Decimal(count), Decimal(denominator)
    return any(ratio(part, whole, decimals, how, scale=100) == published for how in Rounding)


def rank(rows: Sequence[RankRow[Key]], tie: Tie, better: Better = "up") -> dict[Key, int]:
    """Return the rank of each key, 1 is best; ordered by rank, equal ranks in the order given.

    ``better="down"`` puts the lowest score first; tie-breaking scores are higher-first in both cases.
    Scores that stay equal after every tie-breaker share the lower number, as ``SHARE_LOW`` does:
    ``shared_ranks`` names them, so that a bulletin can say so.
    Raises: ValueError for a key given twice or tie-breakers of different length.

    >>> rows = [RankRow("a", Decimal(9)), RankRow("b", Decimal(8)), RankRow("c", Decimal(8)),
    ...         RankRow("d", Decimal(7))]
    >>> rank(rows, Tie.SHARE_LOW), rank(rows, Tie.DENSE)
    ({'a': 1, 'b': 2, 'c': 2, 'd': 4}, {'a': 1, 'b': 2, 'c': 2, 'd': 3})
    >>> pair = [RankRow("钟秀", Decimal("94.31"), (Decimal("95.20"),)),
    ...         RankRow("新开", Decimal("94.31"), (Decimal("95.32"),))]
    >>> rank(pair, Tie.BREAK)
    {'新开': 1, '钟秀': 2}
    """
    if len({row.key for row in rows}) != len(rows):
        raise ValueError("a key is given twice")
    if len({len(row.tiebreak) for row in rows}) > 1:
        raise ValueError("tie-breakers differ in length")
    places: dict[Key, int] = {}
    last: tuple[Decimal, ...] | None = None
    place = 0
    for count, (strength, row) in enumerate(_best_first(rows, tie, better), start=1):
        if strength != last:
            place = place + 1 if tie is Tie.DENSE else count
            last = strength
        places[row.key] = place
    return places


def _best_first(
    rows: Sequence[RankRow[Key]], tie: Tie, better: Better
) -> list[tuple[tuple[Decimal, ...], RankRow[Key]]]:
    """Pair each row with what decides its rank, strongest first; equal ones stay in the order given."""
    sign = 1 if better == "up" else -1
    breakers = tie is Tie.BREAK
    pairs = [((sign * row.score, *(row.tiebreak if breakers else ())), row) for row in rows]
    return sorted(pairs, key=lambda pair: pair[0], reverse=True)


def shared_ranks(places: Mapping[Key, int]) -> list[tuple[Key, ...]]:
    """Return the groups of keys that share a rank, best first.

    >>> shared_ranks({"a": 1, "b": 2, "c": 2})
    [('b', 'c')]
    """
    groups: dict[int, list[Key]] = {}
    for key, place in places.items():
        groups.setdefault(place, []).append(key)
    return [tuple(group) for _, group in sorted(groups.items()) if len(group) > 1]
