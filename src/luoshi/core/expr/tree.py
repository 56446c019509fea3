"""The nodes of an expression. ``at`` is the offset in the text; it takes no part in equality."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal, TypeAlias

ArithmeticOp = Literal["+", "-", "*", "/"]
CompareOp = Literal["==", "!=", "<", "<=", ">", ">="]

FUNCTIONS: dict[str, tuple[int, int | None]] = {
    "min": (2, None),
    "max": (2, None),
    "abs": (1, 1),
    "round": (1, 2),
    "coalesce": (2, None),
}
"""Function → fewest and most arguments. The second argument of ``round`` is a literal 0..10, default 0."""


@dataclass(frozen=True, slots=True)
class Num:
    """A number as it was written, exactly."""

    value: Decimal
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Str:
    """A text; also a date when it stands against one."""

    value: str
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Bool:
    """``true`` or ``false``."""

    value: bool
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Null:
    """``none``."""

    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Name:
    """A name whose value comes from outside; dots belong to the name."""

    name: str
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Neg:
    """Minus ``part``."""

    part: Node
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Not:
    """True when ``part`` is false or absent."""

    part: Node
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Bin:
    """Arithmetic on two numbers."""

    op: ArithmeticOp
    left: Node
    right: Node
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Compare:
    """``first`` against the next operand, that against the one after, and so on; all must hold."""

    first: Node
    rest: tuple[tuple[CompareOp, Node], ...]
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class BoolOp:
    """``and`` or ``or`` over two or more parts."""

    op: Literal["and", "or"]
    parts: tuple[Node, ...]
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class In:
    """Membership in literals; with ``negated``, present and not among them."""

    part: Node
    options: tuple[Num | Str, ...]
    negated: bool
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class IfElse:
    """``then`` when ``condition`` is true, else ``other``."""

    condition: Node
    then: Node
    other: Node
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Call:
    """One of ``FUNCTIONS`` on its arguments."""

    function: str
    args: tuple[Node, ...]
    at: int = field(default=0, compare=False)


Node: TypeAlias = Num | Str | Bool | Null | Name | Neg | Not | Bin | Compare | BoolOp | In | IfElse | Call


def children(node: Node) -> tuple[Node, ...]:
    """Return the parts of a node in the order of the text."""
    match node:
        case Neg(part=part) | Not(part=part):
            return (part,)
        case Bin(left=left, right=right):
            return (left, right)
        case Compare(first=first, rest=rest):
            return (first, *(operand for _, operand in rest))
        case BoolOp(parts=parts):
            return parts
        case In(part=part, options=options):
            return (part, *options)
        case IfElse(condition=condition, then=then, other=other):
            return (then, condition, other)
        case Call(args=args):
            return args
    return ()


def names(node: Node) -> Iterator[str]:
    """Yield the names of a tree in the order of the text, repeated ones again."""
    if isinstance(node, Name):
        yield node.name
    for part in children(node):
        yield from names(part)
