"""Does a printed table agree with itself? Shares against their counts, totals against their parts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from luoshi.core.canonical import decimal_text
from luoshi.core.formulas import fits_print, ratio


@dataclass(frozen=True, slots=True)
class ShareRow:
    """A printed percentage: ``published`` with ``decimals`` digits is said to be count of denominator."""

    place: str
    item: str
    count: int
    denominator: int
    published: Decimal
    decimals: int


@dataclass(frozen=True, slots=True)
class SumRow:
    """A printed total and the parts that are said to make it up; ``identity`` names the sum."""

    place: str
    identity: str
    total: Decimal
    parts: tuple[Decimal, ...]


@dataclass(frozen=True, slots=True)
class Contradiction:
    """A printed number that its own table refutes. ``computed`` is None when nothing can be computed."""

    place: str
    item: str
    published: Decimal
    computed: Decimal | None
    message: str


def share_contradictions(rows: Sequence[ShareRow]) -> list[Contradiction]:
    """Return the shares that fit neither by rounding half up nor by truncation, in the order given.

    >>> row = ShareRow("常州 2014", "商务局", 7, 150, Decimal("9.33"), 2)
    >>> print(share_contradictions([row])[0].message)
    常州 2014“商务局”印为 9.33%，按 7/150 计算应为 4.67%。
    >>> share_contradictions([ShareRow("常州 2014", "公安局", 4, 150, Decimal("2.67"), 2)])
    []
    """
    found = (_share_contradiction(row) for row in rows)
    return [contradiction for contradiction in found if contradiction]


def _share_contradiction(row: ShareRow) -> Contradiction | None:
    printed = f"{row.place}“{row.item}”印为 {row.published}%"
    if row.denominator == 0:
        return Contradiction(row.place, row.item, row.published, None, f"{printed}，但分母为 0，应留空。")
    if fits_print(row.count, row.denominator, row.published, row.decimals):
        return None
    computed = ratio(Decimal(row.count), Decimal(row.denominator), row.decimals, scale=100)
    message = f"{printed}，按 {row.count}/{row.denominator} 计算应为 {computed}%。"
    return Contradiction(row.place, row.item, row.published, computed, message)


def sum_contradictions(rows: Sequence[SumRow]) -> list[Contradiction]:
    """Return the totals that differ from the sum of their parts, in the order given.

    >>> row = SumRow("连云港 2019-06", "63458=55978+5844", Decimal(63458), (Decimal(55978), Decimal(5844)))
    >>> print(sum_contradictions([row])[0].message)
    连云港 2019-06“63458=55978+5844”总数印为 63458，各部分之和为 61822，相差 1636。
    """
    return [_sum_contradiction(row) for row in rows if sum(row.parts) != row.total]


def _sum_contradiction(row: SumRow) -> Contradiction:
    computed = sum(row.parts, Decimal(0))
    total, added, gap = map(decimal_text, (row.total, computed, abs(row.total - computed)))
    message = f"{row.place}“{row.identity}”总数印为 {total}，各部分之和为 {added}，相差 {gap}。"
    return Contradiction(row.place, row.identity, row.total, computed, message)
