"""The kinds of values and the check that an expression fits them, done when a pack is loaded."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from enum import StrEnum
from typing import NoReturn

from luoshi.core.errors import ExpressionInvalid, nearest
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


class Kind(StrEnum):
    """What a name or an expression stands for."""

    NUMBER = "number"
    TEXT = "text"
    BOOL = "bool"
    DATE = "date"

    @property
    def label(self) -> str:
        """Return the Chinese word used in refusals.

        >>> Kind.NUMBER.label
        '数字'
        """
        return {"number": "数字", "text": "文字", "bool": "是否", "date": "日期"}[self.value]


def kind_of(node: Node, types: Mapping[str, Kind]) -> Kind | None:
    """Return the kind of a tree, None for one that is always absent.

    Raises: ExpressionInvalid for an unknown name (with the nearest known one) or a clash of kinds.
    """
    match node:
        case Num():
            return Kind.NUMBER
        case Str():
            return Kind.TEXT
        case Bool():
            return Kind.BOOL
        case Null():
            return None
        case Name():
            return _kind_of_name(node, types)
        case Neg(part=part):
            return _want(Kind.NUMBER, [part], types)
        case Bin(left=left, right=right):
            return _want(Kind.NUMBER, [left, right], types)
        case Not(part=part):
            return _want(Kind.BOOL, [part], types)
        case BoolOp(parts=parts):
            return _want(Kind.BOOL, parts, types)
        case Compare():
            return _kind_of_compare(node, types)
        case In(part=part, options=options):
            for option in options:
                _comparable(part, option, types)
            return Kind.BOOL
        case IfElse(condition=condition, then=then, other=other):
            _want(Kind.BOOL, [condition], types)
            return _same([then, other], types)
        case Call(function="coalesce", args=args):
            return _same(args, types)
    return _want(Kind.NUMBER, node.args, types)


def _kind_of_name(node: Name, types: Mapping[str, Kind]) -> Kind:
    found = types.get(node.name)
    if found is None:
        near = nearest(node.name, types)
        _refuse(f"没有“{node.name}”" + (f"，是否想写 {near}" if near else "，请先定义"), node.at)
    return found


def _kind_of_compare(node: Compare, types: Mapping[str, Kind]) -> Kind:
    left = node.first
    for op, right in node.rest:
        kind = _comparable(left, right, types)
        if op not in ("==", "!=") and kind in (Kind.TEXT, Kind.BOOL):
            _refuse(f"{kind.label}只能用 == 或 != 比较", right.at)
        left = right
    return Kind.BOOL


def _comparable(left: Node, right: Node, types: Mapping[str, Kind]) -> Kind | None:
    """Return the kind in which two operands are compared; a literal day counts as a date beside a date."""
    first, second = kind_of(left, types), kind_of(right, types)
    if first is None or second is None or first is second:
        return first or second
    for kind, other in ((first, right), (second, left)):
        if kind is Kind.DATE and isinstance(other, Str):
            if literal_date(other.value) is None:
                _refuse("日期请写作 '2023-01-31'", other.at)
            return Kind.DATE
    _refuse(f"{first.label}不能与{second.label}比较", right.at)


def literal_date(text: str) -> date | None:
    """Read ``2023-01-31``, the only spelling of a day in an expression.

    >>> literal_date("2023-01-31"), literal_date("20230131"), literal_date("2023-02-30")
    (datetime.date(2023, 1, 31), None, None)
    """
    if len(text) != len("2023-01-31"):
        return None
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if found.isoformat() == text else None


def _want(kind: Kind, parts: Iterable[Node], types: Mapping[str, Kind]) -> Kind:
    for part in parts:
        found = kind_of(part, types)
        if found not in (kind, None):
            _refuse(f"这里需要{kind.label}，给出的是{found.label}", part.at)
    return kind


def _same(parts: Iterable[Node], types: Mapping[str, Kind]) -> Kind | None:
    result: Kind | None = None
    for part in parts:
        found = kind_of(part, types)
        if result and found and found is not result:
            _refuse(f"各个结果须为同一类，前面是{result.label}，这里是{found.label}", part.at)
        result = result or found
    return result


def _refuse(message: str, offset: int) -> NoReturn:
    raise ExpressionInvalid(f"第 {offset + 1} 个字符处：{message}。", offset)
