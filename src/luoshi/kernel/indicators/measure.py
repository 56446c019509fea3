"""What an indicator definition says, read once: the part that the SQL compiler and the plain fold share.

Meaning of a definition, for both of them:

* A row takes part when ``where`` is true for it. Null in ``where`` is not true.
* ``count: all`` counts rows. ``sum: expr`` adds. ``mean: expr`` is the sum over the number of rows.
  ``median: expr`` is the middle value, of two the mean. ``share: expr`` is ``num: expr`` with ``den: all``.
  ``num`` and ``den`` are each summed and divided once: a ratio of sums, never a mean of ratios. In both a
  numeric expression is summed and a boolean one counts the rows where it is true; ``den: all`` counts rows.
* An expression is empty in a row when it is numeric and null, or boolean and one of the fields it names is
  null. ``empty: as_no`` takes it as 0 (or no), ``skip`` leaves the row out altogether, ``refuse`` refuses the
  figure. ``base`` is the number of rows that were counted.
* A divisor is a constant whose reciprocal is a finite decimal, so every sum is exact on every database.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Context, Decimal
from enum import StrEnum
from typing import Any

from luoshi.core.errors import ExpressionInvalid, MissingInput
from luoshi.core.expr import Bin, Bool, BoolOp, Call, Compare, Expr, IfElse, In, Node, Not, Num, parse
from luoshi.core.expr.tree import children
from luoshi.core.formulas import Rounding, rounded

DASH = "—"
PERCENT = "%"
FULL = Decimal(100)
QUOTIENT = Context(prec=28, rounding=ROUND_HALF_EVEN)
EXACT = Context(prec=120)
WAYS = ("count", "sum", "mean", "median", "share", "num")


class How(StrEnum):
    """The ways to make one number of many rows."""

    COUNT = "count"
    SUM = "sum"
    MEAN = "mean"
    MEDIAN = "median"
    RATIO = "ratio"


class Empty(StrEnum):
    """What a row without a value does to the figure."""

    AS_NO = "as_no"
    SKIP = "skip"
    REFUSE = "refuse"


@dataclass(frozen=True, slots=True)
class Measure:
    """One definition, parsed. ``num`` None: each row counts one; ``den`` None: the number of rows."""

    title: str
    how: How
    where: Expr | None
    num: Expr | None
    den: Expr | None
    empty: Empty
    unit: str
    digits: int

    @property
    def divided(self) -> bool:
        """Say whether the figure has a denominator."""
        return self.how in (How.MEAN, How.MEDIAN, How.RATIO)

    @property
    def valued(self) -> tuple[Expr, ...]:
        """Return the expressions whose emptiness the ``empty`` rule is about."""
        return tuple(expr for expr in (self.num, self.den) if expr is not None)

    @property
    def names(self) -> frozenset[str]:
        """Return every name the definition reads."""
        parts = (*self.valued, *((self.where,) if self.where else ()))
        return frozenset().union(*(part.names for part in parts))


def measure_of(body: Mapping[str, Any]) -> Measure:
    """Read the body of an indicator definition.

    Raises: ExpressionInvalid for an expression that is no expression or whose sums would not be exact;
    ValueError for a body that the loader would have refused (two ways at once, unknown ``empty``).
    """
    ways = [way for way in WAYS if body.get(way) is not None]
    if len(ways) != 1 or (ways == ["num"]) != (body.get("den") is not None):
        raise ValueError(f"an indicator has exactly one of {', '.join(WAYS)}, and num has den")
    how = How.RATIO if ways[0] in ("num", "share") else How(ways[0])
    return Measure(
        title=str(body.get("title", "")),
        how=how,
        where=_expression(body.get("where")),
        num=_expression(body[ways[0]]),
        den=_expression(body.get("den")),
        empty=Empty(body["empty"]) if body.get("empty") else Empty.REFUSE,
        unit=str(body.get("unit") or ""),
        digits=int(body.get("digits") or 0),
    )


def _expression(text: object) -> Expr | None:
    if text is None or text == "all":
        return None
    expr = parse(str(text))
    check_exact(expr)
    return expr


def check_exact(expr: Expr) -> None:
    """Refuse a division that cannot be carried out exactly row by row.

    Raises: ExpressionInvalid naming the remedy: rates are num over den, never a mean of quotients.
    """
    waiting = [expr.tree]
    while waiting:
        node = waiting.pop()
        waiting.extend(children(node))
        if isinstance(node, Bin) and node.op == "/" and not _divides_exactly(node.right):
            raise ExpressionInvalid(
                f"算式“{expr.text}”逐行相除，合计会失真。除数只能是 2、4、5、100 这类除得尽的常数；"
                "求比率请分别写 num 与 den，比较大小请改写成乘法。"
            )


def _divides_exactly(divisor: Node) -> bool:
    if not isinstance(divisor, Num) or divisor.value == 0:
        return False
    rest = divisor.value.as_integer_ratio()[0]
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    return abs(rest) == 1


def is_boolean(node: Node) -> bool:
    """Say whether an expression is true or false, so that rows are counted, and not a number."""
    match node:
        case Compare() | BoolOp() | Not() | In() | Bool():
            return True
        case IfElse(then=then, other=other):
            return is_boolean(then) or is_boolean(other)
        case Call(function="coalesce", args=args):
            return any(map(is_boolean, args))
    return False


def value_of(measure: Measure, num: Decimal, den: Decimal | None, base: int) -> Decimal | None:
    """Return the unrounded value of a figure; None, printed as a dash, when there is nothing to state.

    Units: a ratio with unit "%" is multiplied by 100; all others are in the unit of the expression.
    A sum over no rows is None and not 0: nobody filed a zero. Exact when it ends within 28 digits,
    else rounded half-even to 28.
    """
    if measure.how is How.COUNT:
        return num
    if measure.how is How.SUM:
        return num if base else None
    if not den:
        return None
    times = FULL if measure.how is How.RATIO and measure.unit == PERCENT else Decimal(1)
    return plain(QUOTIENT.divide(QUOTIENT.multiply(num, times), den))


def plain(value: Decimal) -> Decimal:
    """Return ``value`` without trailing zeros and without an exponent.

    >>> plain(Decimal("98.0600")), plain(Decimal("1E+2"))
    (Decimal('98.06'), Decimal('100'))
    """
    short = value.normalize(EXACT)
    return short.quantize(Decimal(1), context=EXACT) if int(short.as_tuple().exponent) > 0 else short


def shown(value: Decimal | None, num: Decimal, den: Decimal | None, digits: int, unit: str) -> Decimal | None:
    """Return ``value`` cut to its printed digits, half up.

    A percentage is never rounded up to 100: that is printed only when numerator equals denominator.
    Source: 四平 2025H1, 254567 of 254592, printed 99.9%.

    >>> shown(Decimal("99.99018"), Decimal(254567), Decimal(254592), 1, "%")
    Decimal('99.9')
    >>> shown(Decimal("93.75"), Decimal(240), Decimal(256), 1, "%")
    Decimal('93.8')
    """
    if value is None:
        return None
    result = rounded(value, digits)
    if unit == PERCENT and result == FULL and num != den:
        return rounded(value, digits, Rounding.TRUNCATE)
    return result


def printed(value: Decimal | None, num: Decimal, den: Decimal | None, digits: int, unit: str) -> str:
    """Return a figure as a bulletin prints it; only "%" is attached, prose writes other units itself.

    >>> printed(Decimal("98.06"), Decimal("4144.0156"), Decimal(4226), 2, "%")
    '98.06%'
    >>> printed(None, Decimal(0), Decimal(0), 2, "%"), printed(Decimal(15262), Decimal(15262), None, 0, "件")
    ('—', '15262')
    """
    result = shown(value, num, den, digits, unit)
    if result is None:
        return DASH
    return f"{result:f}{PERCENT if unit == PERCENT else ''}"


def refuse_empty(measure: Measure, empties: int) -> None:
    """Refuse a figure whose definition wants every value and some rows lack one. Raises: MissingInput."""
    if empties and measure.empty is Empty.REFUSE:
        raise MissingInput(f"指标“{measure.title}”要求逐行有值，现有 {empties} 行空缺。请先补齐填报再计算。")
