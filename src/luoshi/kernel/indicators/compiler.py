"""From an expression tree to SQL over integers, with the meaning of ``core.expr`` kept to the letter.

Every number is an integer times a power of ten known beforehand (``scale``), so sums are exact on every
database. ``bound`` is the largest amount a number can have; an expression that could leave 64 bits is refused
when it is compiled, not noticed when it overflows. Comparisons are never null: with an absent value they are
false, as in the language. Texts go in as parameters, never into the SQL.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NoReturn

from luoshi.core.errors import ExpressionInvalid, nearest
from luoshi.core.expr import (
    Bin,
    Bool,
    BoolOp,
    Call,
    Compare,
    Expr,
    IfElse,
    In,
    Kind,
    Name,
    Neg,
    Node,
    Not,
    Null,
    Num,
    Str,
)
from luoshi.kernel.indicators.dialects import Dialect

LARGEST = 2**63 - 1
LONGEST_SQL = 20_000


@dataclass(frozen=True, slots=True)
class Column:
    """What a name stands for in the fact table. Numbers: value = column / 10^scale, at most ``bound``.

    ``needs``: the join without which the column is not there; empty for columns of the fact table.
    """

    sql: str
    kind: Kind
    scale: int = 0
    bound: int = 0
    needs: str = ""


@dataclass(frozen=True, slots=True)
class Sql:
    """A piece of SQL. ``kind`` None: always null. ``sure``: a boolean that is never null."""

    text: str
    params: tuple[Any, ...]
    kind: Kind | None
    scale: int = 0
    bound: int = 0
    sure: bool = False


ABSENT = Sql("NULL", (), None)


class Compiler:
    """Compiles expressions over one set of names for one database."""

    def __init__(self, names: Mapping[str, Column], dialect: Dialect) -> None:
        self.names = names
        self.dialect = dialect
        self.text = ""

    def compile(self, expr: Expr) -> Sql:
        """Return the SQL of an expression.

        Raises: ExpressionInvalid for unknown names (with the nearest known), kinds that do not fit, numbers
        that could leave 64 bits, and expressions whose SQL grows beyond 20,000 characters.
        """
        self.text = expr.text
        return self._build(expr.tree)

    def truth(self, expr: Expr) -> Sql:
        """Return the SQL of a condition, null taken as false."""
        self.text = expr.text
        return self._truth(expr.tree)

    def scaled(self, sql: Sql, scale: int) -> Sql:
        """Return a number written with ``scale`` decimals (not fewer than it has)."""
        factor = 10 ** (scale - sql.scale)
        if factor == 1 or sql.kind is None:
            return sql
        return self._number(f"({sql.text} * {self._integer(factor)})", [sql], scale, sql.bound * factor)

    def _build(self, node: Node) -> Sql:
        match node:
            case Num(value=value):
                scale = max(0, -int(value.as_tuple().exponent))
                amount = int(value.scaleb(scale))
                return self._number(self._integer(amount), [], scale, abs(amount))
            case Str(value=value):
                return Sql("%s", (value,), Kind.TEXT)
            case Bool(value=truth):
                return Sql("TRUE" if truth else "FALSE", (), Kind.BOOL, sure=True)
            case Null():
                return ABSENT
            case Name(name=name):
                return self._name(name)
            case Neg(part=part):
                inner = self._numeric(part)
                return self._number(f"(-{inner.text})", [inner], inner.scale, inner.bound)
            case Bin():
                return self._arithmetic(node)
            case IfElse(condition=condition, then=then, other=other):
                return self._if(condition, then, other)
            case Call():
                return self._call(node)
        return self._condition(node)

    def _condition(self, node: Node) -> Sql:
        match node:
            case Not(part=part):
                inner = self._truth(part)
                return self._boolean(f"(NOT {inner.text})", [inner])
            case BoolOp(op=op, parts=parts):
                truths = [self._truth(part) for part in parts]
                return self._boolean("(" + f" {op.upper()} ".join(t.text for t in truths) + ")", truths)
            case Compare(first=first, rest=rest):
                return self._compare(first, rest)
            case In(part=part, options=options, negated=negated):
                return self._in(part, options, negated)
        raise TypeError(f"{type(node).__name__} is no node of an expression")

    def _name(self, name: str) -> Sql:
        column = self.names.get(name)
        if column is None:
            near = nearest(name, self.names)
            hint = f"是否想写 {near}？" if near else "可用的字段须标 fact: true。"
            self._refuse(f"没有可统计的字段“{name}”。{hint}")
        return Sql(column.sql, (), column.kind, column.scale, column.bound)

    def _arithmetic(self, node: Bin) -> Sql:
        if node.op == "/":
            if not isinstance(node.right, Num):
                self._refuse("除数只能是常数。")
            return self._times(self._numeric(node.left), self._build(Num(Decimal(1) / node.right.value)))
        left, right = self._numeric(node.left), self._numeric(node.right)
        if node.op == "*":
            return self._times(left, right)
        left, right = self._aligned([left, right])
        text = f"({left.text} {node.op} {right.text})"
        return self._number(text, [left, right], left.scale, left.bound + right.bound)

    def _times(self, left: Sql, right: Sql) -> Sql:
        text = f"({left.text} * {right.text})"
        return self._number(text, [left, right], left.scale + right.scale, left.bound * right.bound)

    def _compare(self, first: Node, rest: Sequence[tuple[str, Node]]) -> Sql:
        pairs: list[Sql] = []
        left = self._build(first)
        for op, node in rest:
            right = self._build(node)
            one, other = self._comparable(left, right)
            sign = {"==": "=", "!=": "<>"}.get(op, op)
            pairs.append(
                self._boolean(f"COALESCE({self._ordered(one)} {sign} {other.text}, FALSE)", [one, other])
            )
            left = right
        if len(pairs) == 1:
            return pairs[0]
        return self._boolean("(" + " AND ".join(pair.text for pair in pairs) + ")", pairs)

    def _comparable(self, left: Sql, right: Sql) -> list[Sql]:
        kinds = {part.kind for part in (left, right) if part.kind is not None}
        if len(kinds) > 1:
            self._refuse("比较的两边须同为数字或同为文字。")
        return self._aligned([left, right]) if kinds == {Kind.NUMBER} else [left, right]

    def _in(self, part: Node, options: Sequence[Num | Str], negated: bool) -> Sql:
        listed = [self._build(option) for option in options]
        given = self._build(part)
        if any(option.kind is not given.kind for option in listed) and given.kind is not None:
            self._refuse("in 后面列出的值须与前面同为数字或同为文字。")
        if given.kind is Kind.NUMBER:
            given, *listed = self._aligned([given, *listed])
        word = "NOT IN" if negated else "IN"
        text = f"COALESCE({self._ordered(given)} {word} ({', '.join(o.text for o in listed)}), FALSE)"
        return self._boolean(text, [given, *listed])

    def _if(self, condition: Node, then: Node, other: Node) -> Sql:
        test = self._truth(condition)
        one, two = self._alike([self._build(then), self._build(other)])
        text = f"(CASE WHEN {test.text} THEN {one.text} ELSE {two.text} END)"
        return self._like([one, two], text, [test, one, two])

    def _call(self, node: Call) -> Sql:
        if node.function == "coalesce":
            parts = self._alike([self._build(part) for part in node.args])
            return self._like(parts, f"COALESCE({', '.join(part.text for part in parts)})", parts)
        if node.function == "round":
            digits = int(node.args[1].value) if len(node.args) > 1 and isinstance(node.args[1], Num) else 0
            return self._round(self._numeric(node.args[0]), digits)
        numbers = self._aligned([self._numeric(part) for part in node.args])
        if node.function == "abs":
            (value,) = numbers
            return self._number(f"ABS({value.text})", [value], value.scale, value.bound)
        function = self.dialect.least if node.function == "min" else self.dialect.greatest
        absent = " OR ".join(f"{number.text} IS NULL" for number in numbers)
        listed = ", ".join(number.text for number in numbers)
        text = f"(CASE WHEN {absent} THEN NULL ELSE {function}({listed}) END)"
        bound = max(number.bound for number in numbers)
        return self._number(text, [*numbers, *numbers], numbers[0].scale, bound)

    def _round(self, value: Sql, digits: int) -> Sql:
        """Round half away from zero: integer division cuts towards zero on every database."""
        if value.scale <= digits:
            return value
        unit = 10 ** (value.scale - digits)
        self._number(value.text, [], value.scale, value.bound + unit)
        half, divisor = self._integer(unit // 2), self._integer(unit)
        sign = f"(CASE WHEN {value.text} < 0 THEN -1 ELSE 1 END)"
        text = f"({sign} * ((ABS({value.text}) + {half}) {self.dialect.whole} {divisor}))"
        return self._number(text, [value, value], digits, value.bound // unit + 1)

    def _truth(self, node: Node) -> Sql:
        found = self._build(node)
        if found.kind is None:
            return Sql("FALSE", (), Kind.BOOL, sure=True)
        if found.kind is not Kind.BOOL:
            self._refuse("条件须是比较或判断，不能是数字或文字。")
        return found if found.sure else self._boolean(f"COALESCE({found.text}, FALSE)", [found])

    def _numeric(self, node: Node) -> Sql:
        found = self._build(node)
        if found.kind is None:
            return Sql("CAST(NULL AS BIGINT)", (), Kind.NUMBER)
        if found.kind is not Kind.NUMBER:
            self._refuse("只有数字可以加减乘除。")
        return found

    def _alike(self, parts: Sequence[Sql]) -> list[Sql]:
        kinds = {part.kind for part in parts if part.kind is not None}
        if len(kinds) > 1:
            self._refuse("几种取值须同为数字或同为文字。")
        return self._aligned(parts) if kinds == {Kind.NUMBER} else list(parts)

    def _aligned(self, parts: Sequence[Sql]) -> list[Sql]:
        scale = max(part.scale for part in parts)
        return [self.scaled(part, scale) for part in parts]

    def _like(self, models: Sequence[Sql], text: str, used: Sequence[Sql]) -> Sql:
        """Return SQL of the kind of ``models``, of which it is one or the other."""
        known = [model for model in models if model.kind is not None]
        if not known:
            return ABSENT
        params = tuple(param for part in used for param in part.params)
        self._check(text, max(model.bound for model in known))
        return Sql(text, params, known[0].kind, known[0].scale, max(model.bound for model in known))

    def _ordered(self, sql: Sql) -> str:
        return f"{sql.text}{self.dialect.by_bytes}" if sql.kind is Kind.TEXT else sql.text

    def _integer(self, amount: int) -> str:
        text = self.dialect.integer.format(abs(amount))
        return f"(-{text})" if amount < 0 else text

    def _number(self, text: str, used: Sequence[Sql], scale: int, bound: int) -> Sql:
        self._check(text, bound)
        return Sql(text, tuple(p for part in used for p in part.params), Kind.NUMBER, scale, bound)

    def _boolean(self, text: str, used: Sequence[Sql]) -> Sql:
        self._check(text, 0)
        return Sql(text, tuple(p for part in used for p in part.params), Kind.BOOL, sure=True)

    def _check(self, text: str, bound: int) -> None:
        if bound > LARGEST:
            self._refuse("可能超出可精确计算的范围，请为相乘的字段写明 max。")
        if len(text) > LONGEST_SQL:
            self._refuse("过于复杂，请拆成几个指标。")

    def _refuse(self, reason: str) -> NoReturn:
        raise ExpressionInvalid(f"算式“{self.text}”：{reason}")
