"""Expressions of packs: a closed subset of Python syntax on decimals, checked before use, never executed.

Grammar: names and dotted names (``clock.total.first.verdict`` is one name), numbers (``0.5``, at most 30
digits), strings without backslash, ``true false none``, ``+ - * /``, comparisons (also chained), ``in`` and
``not in`` a literal list, ``and or not``, ``x if c else y``, and ``min max abs round coalesce``.
Anything else is refused with its position. At most 500 characters and 20 levels.

An absent value is ``none``. It runs through arithmetic, ``min``, ``max``, ``abs`` and ``round``; division by
zero gives it; every comparison with it, ``!=`` and ``not in`` included, is false; as a condition it is false.
So ``not (x == 1)`` is true for an absent ``x`` while ``x != 1`` is false. ``coalesce`` gives the first value
that is not absent. A date is compared with a string of the form ``2023-01-31``.
"""

from __future__ import annotations

from luoshi.core.expr.evaluate import Value
from luoshi.core.expr.expression import Explanation, Expr, parse
from luoshi.core.expr.kinds import Kind
from luoshi.core.expr.tree import (
    FUNCTIONS,
    Bin,
    Bool,
    BoolOp,
    Call,
    Compare,
    IfElse,
    In,
    Name,
    Neg,
    Node,
    Not,
    Null,
    Num,
    Str,
)

__all__ = [
    "FUNCTIONS",
    "Bin",
    "Bool",
    "BoolOp",
    "Call",
    "Compare",
    "Explanation",
    "Expr",
    "IfElse",
    "In",
    "Kind",
    "Name",
    "Neg",
    "Node",
    "Not",
    "Null",
    "Num",
    "Str",
    "Value",
    "parse",
]
