"""From text to tree. Python's own parser reads; only what is listed here is let through."""

from __future__ import annotations

import ast
import re
from decimal import Decimal
from typing import NoReturn

from luoshi.core.errors import ExpressionInvalid, nearest
from luoshi.core.expr.tree import (
    FUNCTIONS,
    ArithmeticOp,
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

LONGEST = 500
DEEPEST = 20
MOST_DIGITS = 30
MOST_ROUND_DIGITS = 10

_ARITHMETIC: dict[type[ast.operator], ArithmeticOp] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
}
_COMPARE: dict[type[ast.cmpop], CompareOp] = {
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
}
_CONSTANT_NAMES: dict[str, bool | None] = {"true": True, "false": False, "none": None}
_REFUSED = {
    ast.Pow: "乘方（**）",
    ast.Mod: "取余（%）",
    ast.FloorDiv: "整除（//）",
    ast.Is: "is，请用 ==",
    ast.IsNot: "is not，请用 !=",
    ast.Lambda: "lambda",
    ast.ListComp: "推导式",
    ast.SetComp: "推导式",
    ast.DictComp: "推导式",
    ast.GeneratorExp: "推导式",
    ast.JoinedStr: "f 字符串",
    ast.NamedExpr: "赋值（:=）",
    ast.Subscript: "下标",
    ast.Starred: "星号展开",
}
_STRING = re.compile(r"'[^'\n]*'|\"[^\"\n]*\"")
_NUMBER = re.compile(r"\d+(\.\d+)?", re.ASCII)
_STUCK = re.compile(r"(?<![A-Za-z0-9_])\d[\d.]*[A-Za-z_]", re.ASCII)


def parse_tree(text: str) -> Node:
    """Return the tree of ``text``. Raises: ExpressionInvalid with the offset of the first fault."""
    _check_characters(text)
    try:
        read = ast.parse(text, mode="eval").body
    except SyntaxError as error:
        place = error.offset - 1 if error.offset else len(text)  # 0 or None: the text ends too early
        _refuse("表达式写法不对，请检查括号、引号和运算符", min(place, len(text)))
    except (RecursionError, MemoryError):
        _refuse(f"表达式嵌套超过 {DEEPEST} 层，请拆分", 0)
    return _Builder(text).build(read, 1)


def _check_characters(text: str) -> None:
    """Refuse what Python would read differently than it looks, or only with a warning."""
    if not text.strip():
        _refuse("表达式不能为空", 0)
    if len(text) > LONGEST:
        _refuse(f"表达式超过 {LONGEST} 个字符，请拆分", LONGEST)
    for offset, char in enumerate(text):
        if char == "\\" or not (char.isprintable() or char == " "):
            _refuse("表达式中不能有反斜杠、换行或控制字符", offset)
    bare = _STRING.sub(lambda found: '"' + " " * (len(found.group()) - 2) + '"', text)
    for offset, char in enumerate(bare):
        if not char.isascii():
            _refuse(f"“{char}”只能写在引号内，名称和符号请用半角", offset)
        if char == "#":
            _refuse("表达式中不能写注释", offset)
    stuck = _STUCK.search(bare)
    if stuck:
        _refuse("数字后面不能直接跟字母", stuck.end() - 1)


def _refuse(message: str, offset: int) -> NoReturn:
    raise ExpressionInvalid(f"第 {offset + 1} 个字符处：{message}。", offset)


class _Builder:
    """Turns Python's tree into ours. One per text, which it needs for the spelling of literals."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.bytes = text.encode()

    def at(self, node: ast.expr) -> int:
        """Return the offset in characters; Python counts bytes."""
        return len(self.bytes[: node.col_offset].decode())

    def spelling(self, node: ast.expr) -> str:
        return self.bytes[node.col_offset : node.end_col_offset].decode()

    def build(self, node: ast.expr, depth: int) -> Node:
        at = self.at(node)
        if depth > DEEPEST:
            _refuse(f"表达式嵌套超过 {DEEPEST} 层，请拆分", at)
        match node:
            case ast.Constant():
                return self.constant(node, at)
            case ast.Name() | ast.Attribute():
                return self.name(node, at)
            case ast.UnaryOp():
                return self.unary(node, at, depth)
            case ast.BinOp():
                left, right = self.build(node.left, depth + 1), self.build(node.right, depth + 1)
                operator = _ARITHMETIC.get(type(node.op)) or self.refuse_part(node.op, at)
                return Bin(operator, left, right, at)
            case ast.Compare():
                return self.compare(node, at, depth)
            case ast.BoolOp():
                parts = tuple(self.build(part, depth + 1) for part in node.values)
                return BoolOp("and" if isinstance(node.op, ast.And) else "or", parts, at)
            case ast.IfExp():
                condition, then = self.build(node.test, depth + 1), self.build(node.body, depth + 1)
                return IfElse(condition, then, self.build(node.orelse, depth + 1), at)
            case ast.Call():
                return self.call(node, at, depth)
        return self.refuse_part(node, at)

    def refuse_part(self, part: ast.AST, at: int) -> NoReturn:
        _refuse(f"不允许{_REFUSED.get(type(part), '这种写法')}", at)

    def constant(self, node: ast.Constant, at: int) -> Num | Str | Bool | Null:
        if node.value is None:
            return Null(at)
        if isinstance(node.value, bool):
            return Bool(node.value, at)
        spelling = self.spelling(node)
        if isinstance(node.value, str) and _STRING.fullmatch(spelling):
            return Str(node.value, at)
        if not _NUMBER.fullmatch(spelling):
            _refuse("数字请写作 12 或 0.5，文字用一对引号", at)
        if len(spelling.replace(".", "")) > MOST_DIGITS:
            _refuse(f"数字超过 {MOST_DIGITS} 位", at)
        return Num(Decimal(spelling), at)

    def name(self, node: ast.expr, at: int) -> Name | Bool | Null:
        parts: list[str] = []
        step = node
        while isinstance(step, ast.Attribute):
            parts.append(step.attr)
            step = step.value
        if not isinstance(step, ast.Name):
            _refuse("点号前面只能是名称", at)
        parts.append(step.id)
        if len(parts) == 1 and step.id in _CONSTANT_NAMES:
            value = _CONSTANT_NAMES[step.id]
            return Null(at) if value is None else Bool(value, at)
        if any(part.startswith("_") or part in _CONSTANT_NAMES for part in parts):
            _refuse("名称不能以下划线开头，也不能含 true、false、none", at)
        return Name(".".join(reversed(parts)), at)

    def unary(self, node: ast.UnaryOp, at: int, depth: int) -> Neg | Not:
        part = self.build(node.operand, depth + 1)
        match node.op:
            case ast.USub():
                return Neg(part, at)
            case ast.Not():
                return Not(part, at)
        _refuse("数字前面只能用负号", at)

    def compare(self, node: ast.Compare, at: int, depth: int) -> Compare | In:
        first = self.operand(node.left, depth)
        if isinstance(node.ops[0], ast.In | ast.NotIn) and len(node.ops) == 1:
            options = self.options(node.comparators[0])
            return In(first, options, isinstance(node.ops[0], ast.NotIn), at)
        rest: list[tuple[CompareOp, Node]] = []
        for op, right in zip(node.ops, node.comparators, strict=True):
            if isinstance(op, ast.In | ast.NotIn):
                _refuse("in 不能与其他比较连写，请加 and", self.at(right))
            operator = _COMPARE.get(type(op)) or self.refuse_part(op, self.at(right))
            rest.append((operator, self.operand(right, depth)))
        return Compare(first, tuple(rest), at)

    def operand(self, node: ast.expr, depth: int) -> Node:
        found = self.build(node, depth + 1)
        if isinstance(found, Null):
            _refuse("与 none 比较总是不成立，请用 coalesce 给出替代值", found.at)
        return found

    def options(self, node: ast.expr) -> tuple[Num | Str, ...]:
        if not isinstance(node, ast.Tuple | ast.List) or not node.elts:
            _refuse("in 后面须列出至少一个值，如 ('a', 'b')", self.at(node))
        return tuple(self.option(part) for part in node.elts)

    def option(self, node: ast.expr) -> Num | Str:
        found: Node | None = None
        if isinstance(node, ast.Constant):
            found = self.constant(node, self.at(node))
        elif isinstance(node, ast.UnaryOp) and isinstance(node.operand, ast.Constant):
            found = self.unary(node, self.at(node), 1)
        match found:
            case Num() | Str():
                return found
            case Neg(part=Num(value=value)):
                return Num(-value, found.at)
        _refuse("in 后面只能列出数字或文字", self.at(node))

    def call(self, node: ast.Call, at: int, depth: int) -> Call:
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        if name not in FUNCTIONS:
            near = nearest(name, FUNCTIONS)
            hint = f"，是否想写 {near}" if near else ""
            _refuse(f"没有这个函数，可用 {'、'.join(FUNCTIONS)}{hint}", at)
        if node.keywords:
            _refuse(f"{name} 的参数不能带名称", at)
        args = tuple(self.build(part, depth + 1) for part in node.args)
        fewest, most = FUNCTIONS[name]
        if len(args) < fewest or (most is not None and len(args) > most):
            wanted = (
                f"至少 {fewest} 个" if most is None else f" {fewest} 个" if most == fewest else " 1 至 2 个"
            )
            _refuse(f"{name} 需要{wanted}参数", at)
        if name == "round" and len(args) == 2:
            self.check_round_digits(args[1])
        return Call(name, args, at)

    def check_round_digits(self, digits: Node) -> None:
        if not isinstance(digits, Num) or digits.value not in range(MOST_ROUND_DIGITS + 1):
            _refuse(f"round 的位数只能是 0 至 {MOST_ROUND_DIGITS} 的整数", digits.at)
