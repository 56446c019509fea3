"""An expression in the notation of a score sheet, with the values put in."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from luoshi.core.canonical import decimal_text
from luoshi.core.expr.evaluate import Value, input_value
from luoshi.core.expr.tree import (
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

_ARITHMETIC = {"+": ("+", 5), "-": ("−", 5), "*": ("×", 6), "/": ("÷", 6)}
_COMPARE = {"==": "=", "!=": "≠", "<": "<", "<=": "≤", ">": ">", ">=": "≥"}
_CALLS = {"min": "取小", "max": "取大", "abs": "绝对值", "coalesce": "首个有值"}
_IF, _OR, _AND, _NOT, _COMPARISON, _NEG, _ATOM = 0, 1, 2, 3, 4, 7, 8


def written(node: Node, env: Mapping[str, object]) -> str:
    """Return the tree as text with values in place of names. Raises what evaluating the names raises."""
    return _write(node, env)[0]


def shown(value: Value) -> str:
    """Return one value as a reader sees it.

    >>> from datetime import date
    >>> [shown(value) for value in (Decimal("95.650"), "是", True, None, date(2023, 1, 31))]
    ['95.65', '“是”', '是', '空', '2023-01-31']
    """
    if value is None:
        return "空"
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, Decimal):
        return decimal_text(value)
    return f"“{value}”" if isinstance(value, str) else value.isoformat()


def _write(node: Node, env: Mapping[str, object]) -> tuple[str, int]:
    """Return the text of a tree and how tightly it binds."""
    match node:
        case Num(value=value) | Str(value=value) | Bool(value=value):
            return _literal(value)
        case Null():
            return _literal(None)
        case Name(name=name):
            return _literal(input_value(name, env))
        case Neg(part=part):
            return f"−{_bracketed(part, env, _NEG)}", _NEG
        case Bin(op=op, left=left, right=right):
            sign, level = _ARITHMETIC[op]
            return f"{_bracketed(left, env, level)} {sign} {_bracketed(right, env, level + 1)}", level
        case Not(part=part):
            return f"非 {_bracketed(part, env, _NOT)}", _NOT
        case BoolOp(op=word, parts=parts):
            level, joint = (_AND, " 且 ") if word == "and" else (_OR, " 或 ")
            return joint.join(_bracketed(part, env, level + 1) for part in parts), level
        case Compare(first=first, rest=rest):
            tail = "".join(f" {_COMPARE[op]} {_bracketed(x, env, _COMPARISON + 1)}" for op, x in rest)
            return _bracketed(first, env, _COMPARISON + 1) + tail, _COMPARISON
        case In(part=part, options=options, negated=negated):
            listed = "、".join(shown(option.value) for option in options)
            among = "不属于" if negated else "属于"
            return f"{_bracketed(part, env, _COMPARISON + 1)} {among}（{listed}）", _COMPARISON
        case IfElse(condition=condition, then=then, other=other):
            texts = [_bracketed(part, env, _IF + 1) for part in (condition, then, other)]
            return "若 {} 则 {} 否则 {}".format(*texts), _IF
        case Call(function="round", args=args):
            digits = shown(args[1].value) if len(args) > 1 and isinstance(args[1], Num) else "0"
            return f"四舍五入（{written(args[0], env)}，{digits} 位）", _ATOM
    return f"{_CALLS[node.function]}（{'，'.join(written(part, env) for part in node.args)}）", _ATOM


def _literal(value: Value) -> tuple[str, int]:
    text = shown(value)
    if isinstance(value, Decimal) and text.startswith("-"):
        return f"−{text[1:]}", _NEG
    return text, _ATOM


def _bracketed(node: Node, env: Mapping[str, object], level: int) -> str:
    text, binds = _write(node, env)
    return text if binds >= level else f"（{text}）"
