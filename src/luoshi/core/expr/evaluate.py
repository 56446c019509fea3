"""The value of a tree. Total: every tree that passed the kind check has a value for every environment."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import ROUND_HALF_EVEN, Context, Decimal
from operator import eq, ge, gt, le, lt, ne
from typing import Any, TypeAlias

from luoshi.core.errors import MissingInput
from luoshi.core.expr.kinds import literal_date
from luoshi.core.expr.tree import (
    Bin,
    Bool,
    BoolOp,
    Call,
    Compare,
    CompareOp,
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
from luoshi.core.formulas import rounded

Value: TypeAlias = Decimal | str | bool | date | None

ARITHMETIC = Context(prec=34, rounding=ROUND_HALF_EVEN)
"""34 digits, as IEEE decimal128: enough that 30-digit inputs add exactly."""

_COMPARE = {"==": eq, "!=": ne, "<": lt, "<=": le, ">": gt, ">=": ge}


def value_of(node: Node, env: Mapping[str, object]) -> Value:
    """Return the value of a tree.

    Raises: MissingInput for a name that ``env`` does not know (None is a known absence); TypeError for a
    value of a foreign type or, when the kind check was left out, of a wrong kind.
    """
    match node:
        case Num(value=number):
            return number
        case Str(value=text):
            return text
        case Bool(value=truth):
            return truth
        case Null():
            return None
        case Name(name=name):
            return input_value(name, env)
        case Neg(part=part):
            found = _number(part, env)
            return None if found is None else ARITHMETIC.minus(found)
        case Bin():
            return _arithmetic(node, env)
        case Not(part=part):
            return not _truth(part, env)
        case BoolOp(op="and", parts=parts):
            return all(_truth(part, env) for part in parts)
        case BoolOp(parts=parts):
            return any(_truth(part, env) for part in parts)
        case Compare():
            return _compare(node, env)
        case In(part=part, options=options, negated=negated):
            given = value_of(part, env)
            return given is not None and negated != any(_holds("==", given, o.value) for o in options)
        case IfElse(condition=condition, then=then, other=other):
            return value_of(then if _truth(condition, env) else other, env)
    return _call(node, env)


def input_value(name: str, env: Mapping[str, object]) -> Value:
    """Return the value of a name as this language sees it; integers become decimals."""
    if name not in env:
        raise MissingInput(f"缺少“{name}”的值，请补充后再计算。", fields={name: "缺少这个值。"})
    value = env[name]
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, int):
        return Decimal(value)
    if isinstance(value, Decimal) and value.is_finite():
        return value
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    raise TypeError(f"{name} is {value!r}, which is no value of this language")


def _number(node: Node, env: Mapping[str, object]) -> Decimal | None:
    value = value_of(node, env)
    if value is None or isinstance(value, Decimal):
        return value
    raise TypeError(f"{value!r} is not a number")


def _truth(node: Node, env: Mapping[str, object]) -> bool:
    value = value_of(node, env)
    if value is None or isinstance(value, bool):
        return bool(value)
    raise TypeError(f"{value!r} is not true or false")


def _arithmetic(node: Bin, env: Mapping[str, object]) -> Decimal | None:
    left, right = _number(node.left, env), _number(node.right, env)
    if left is None or right is None:
        return None
    match node.op:
        case "+":
            return ARITHMETIC.add(left, right)
        case "-":
            return ARITHMETIC.subtract(left, right)
        case "*":
            return ARITHMETIC.multiply(left, right)
    return None if right == 0 else ARITHMETIC.divide(left, right)


def _compare(node: Compare, env: Mapping[str, object]) -> bool:
    left = value_of(node.first, env)
    for op, operand in node.rest:
        right = value_of(operand, env)
        if left is None or right is None or not _holds(op, left, right):
            return False
        left = right
    return True


def _holds(op: CompareOp, left: Decimal | str | bool | date, right: Decimal | str | bool | date) -> bool:
    first: Any = left
    second: Any = right
    if isinstance(left, date) and isinstance(right, str):
        second = literal_date(right)
    elif isinstance(right, date) and isinstance(left, str):
        first = literal_date(left)
    if type(first) is not type(second):
        raise TypeError(f"{left!r} cannot be compared with {right!r}")
    return bool(_COMPARE[op](first, second))


def _call(node: Call, env: Mapping[str, object]) -> Value:
    if node.function == "coalesce":
        values = (value_of(part, env) for part in node.args)
        return next((value for value in values if value is not None), None)
    numbers = [_number(part, env) for part in node.args]
    present = [number for number in numbers if number is not None]
    if len(present) < len(numbers):
        return None
    match node.function:
        case "min":
            return min(present)
        case "max":
            return max(present)
        case "abs":
            return abs(present[0])
    return rounded(present[0], int(present[1]) if len(present) > 1 else 0)
