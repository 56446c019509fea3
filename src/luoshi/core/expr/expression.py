"""The parsed expression: what the rest of the program holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from luoshi.core.errors import ExpressionInvalid
from luoshi.core.expr.evaluate import Value, input_value, value_of
from luoshi.core.expr.explain import written
from luoshi.core.expr.kinds import Kind, kind_of
from luoshi.core.expr.parser import parse_tree
from luoshi.core.expr.tree import Node, names


@dataclass(frozen=True, slots=True)
class Explanation:
    """A value with the inputs it came from, in order of first use, and the calculation written out."""

    value: Value
    inputs: tuple[tuple[str, Value], ...]
    text: str


@dataclass(frozen=True)
class Expr:
    """A parsed expression: its ``text`` and its ``tree``, which compilers walk."""

    text: str
    tree: Node

    @cached_property
    def names(self) -> frozenset[str]:
        """The names it needs values for, dotted ones whole."""
        return frozenset(names(self.tree))

    def check(self, types: Mapping[str, Kind]) -> Kind:
        """Return the kind of the result when names have these kinds.

        Raises: ExpressionInvalid for unknown names (with the nearest known one) and clashes of kinds.

        >>> parse("fixed <= found").check({"fixed": Kind.NUMBER, "found": Kind.NUMBER})
        <Kind.BOOL: 'bool'>
        >>> parse("fixd <= 1").check({"fixed": Kind.NUMBER})
        Traceback (most recent call last):
        luoshi.core.errors.ExpressionInvalid: 第 1 个字符处：没有“fixd”，是否想写 fixed。
        """
        kind = kind_of(self.tree, types)
        if kind is None:
            raise ExpressionInvalid("表达式的结果总是空，请补充。", 0)
        return kind

    def value(self, env: Mapping[str, object]) -> Value:
        """Return the value; ``env`` maps every name to a Decimal, int, str, bool, date or None.

        Raises: MissingInput for a name without entry; TypeError for floats and other foreign types.

        >>> parse("0.4 * a + 0.6 * b").value({"a": 90, "b": 80})
        Decimal('84.0')
        >>> parse("a / b").value({"a": 1, "b": 0}) is None
        True
        """
        return value_of(self.tree, env)

    def explain(self, env: Mapping[str, object]) -> Explanation:
        """Return the value, the inputs and the calculation with values put in. Raises as ``value``.

        >>> from decimal import Decimal
        >>> done = parse("0.4 * (sys + 1) - 2").explain({"sys": Decimal("95.65")})
        >>> print(done.text, "=", done.value)
        0.4 × （95.65 + 1） − 2 = 36.660
        >>> done.inputs
        (('sys', Decimal('95.65')),)
        """
        inputs = tuple((name, input_value(name, env)) for name in dict.fromkeys(names(self.tree)))
        return Explanation(self.value(env), inputs, written(self.tree, env))


def parse(text: str) -> Expr:
    """Read an expression. Raises: ExpressionInvalid with ``offset``; see the package for the grammar.

    >>> sorted(parse("stage != 'void' and clock.total.first.verdict == 'met'").names)
    ['clock.total.first.verdict', 'stage']
    >>> parse("2 ** 3")
    Traceback (most recent call last):
    luoshi.core.errors.ExpressionInvalid: 第 1 个字符处：不允许乘方（**）。
    """
    text = text.strip()
    return Expr(text, parse_tree(text))
