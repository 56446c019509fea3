"""What a printed number may stand for, and whether a computed one can have been printed so.

Tolerance: a printed number may have been rounded half up or cut off, so a true value from half a step below
it to one step above it fits. Counts of things are exact; amounts (万元, 亩, 公里) and rates are not.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction

from luoshi.core.canonical import decimal_text
from luoshi.core.figlint.model import Quantity
from luoshi.core.formulas import rounded

Range = tuple[Fraction, Fraction]


def meant(quantity: Quantity) -> Range:
    """Return the least and the greatest true value of a printed number."""
    value = Fraction(quantity.value)
    if quantity.counted:
        return value, value
    return value - Fraction(quantity.step) / 2, value + Fraction(quantity.step)


def prints_as(computed: Range, value: Decimal, step: Decimal) -> bool:
    """Say whether some true value in ``computed`` is printed as ``value`` with last digit ``step``.

    >>> third = (Fraction(100, 3), Fraction(100, 3))
    >>> prints_as(third, Decimal("33.3"), Decimal("0.1")), prints_as(third, Decimal("33.4"), Decimal("0.1"))
    (True, False)
    """
    low, high = computed
    least, beyond = Fraction(value) - Fraction(step) / 2, Fraction(value) + Fraction(step)
    return high >= least and low < beyond


def fits(computed: Range, quantity: Quantity) -> bool:
    """Say whether a quantity as printed can be the computed value."""
    if quantity.counted:
        return computed[0] <= Fraction(quantity.value) <= computed[1]
    return prints_as(computed, quantity.value, quantity.step)


def sum_range(quantities: Iterable[Quantity]) -> Range:
    """Return the range of a sum."""
    ranges = [meant(each) for each in quantities]
    return sum((low for low, _ in ranges), Fraction(0)), sum((high for _, high in ranges), Fraction(0))


def share_range(part: Quantity, whole: Quantity) -> Range | None:
    """Return the range of ``part`` of ``whole`` in percent; None when the whole is nothing."""
    (part_low, part_high), (whole_low, whole_high) = meant(part), meant(whole)
    if whole_low <= 0:
        return None
    return 100 * part_low / whole_high, 100 * part_high / whole_low


def growth_range(now: Quantity, then: Quantity) -> Range | None:
    """Return the range of the change from ``then`` to ``now`` in percent, without its sign."""
    (now_low, now_high), (then_low, then_high) = meant(now), meant(then)
    if then_low <= 0:
        return None
    low, high = 100 * (now_low / then_high - 1), 100 * (now_high / then_low - 1)
    return (low, high) if now.value >= then.value else (-high, -low)


def gap_range(now: Quantity, then: Quantity) -> Range:
    """Return the range of the difference, without its sign."""
    (now_low, now_high), (then_low, then_high) = meant(now), meant(then)
    low, high = now_low - then_high, now_high - then_low
    return (low, high) if now.value >= then.value else (-high, -low)


def shown(value: Fraction, digits: int) -> str:
    """Return a computed number with the digits of the printed one."""
    return str(rounded(value, min(max(digits, 0), 10)))


def plain(value: Decimal | Fraction) -> str:
    """Return a number without superfluous zeros.

    >>> plain(Decimal("1200.50")), plain(Fraction(3))
    ('1200.5', '3')
    """
    if isinstance(value, Fraction):
        value = rounded(value, 6)
    return decimal_text(value)


def like(value: Fraction, pattern: Quantity) -> str:
    """Return a computed value in the unit of a printed quantity: "1.25万元" beside "1.3万元".

    The scale is read off the printed step; the number keeps the digits of the pattern.
    """
    step = Fraction(pattern.step)
    scale = step * 10**pattern.digits
    tail = pattern.text.lstrip("0123456789.,０１２３４５６７８９，．")
    return f"{shown(value / scale, pattern.digits)}{tail}"
