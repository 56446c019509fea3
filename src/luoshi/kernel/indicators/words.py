"""A definition in Chinese words: every name by its title, every code by what it stands for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from luoshi.core.canonical import decimal_text
from luoshi.core.expr import (
    Bin,
    Bool,
    BoolOp,
    Call,
    Compare,
    Expr,
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
from luoshi.kernel.definitions.fields import Field
from luoshi.kernel.filings.models import Answer, Timing
from luoshi.kernel.indicators.grains import ITEM, OF_ITEMS, Grain
from luoshi.kernel.indicators.item_names import ROUNDS
from luoshi.kernel.items.schema import STAGE_TITLES
from luoshi.kernel.items.types import ItemType
from luoshi.kernel.org.kinds import KINDS

VERDICTS = {"running": "计时中", "paused": "挂起", "met": "按时", "missed": "逾期", "void": "不再计时"}
UNIT_TITLES = {
    "unit.code": "单位编码",
    "unit.kind": "单位类别",
    "unit.branch": "所属分支",
    "unit.parent": "上级单位编码",
}
FILING_TITLES = UNIT_TITLES | {"period": "期间", "answer": "答复", "timing": "时效"}
ITEM_TITLES = {
    "number": "编号",
    "state": "状态",
    "stage": "阶段",
    "lead.code": "主办单位编码",
    "lead.kind": "主办单位类别",
    "lead.branch": "主办单位所属分支",
    "lead.parent": "主办单位的上级单位编码",
    "created": "登记日期",
    "reopened": "重启次数",
    "merged": "已并入他件",
}
MOVE_TITLES = {"first": "首次{}的日期", "last": "最近一次{}的日期", "count": "{}的次数"}
CLOCK_TITLES = {
    "verdict": "{}的结果",
    "due": "{}的到期日",
    "stop": "{}的停止日期",
    "net": "{}的净用时",
    "gross": "{}的总用时",
    "late_days": "{}的超期天数",
}
PART_TITLES = {
    "move": "动作",
    "nth": "第几次",
    "taken": "办理日期",
    "from_state": "原状态",
    "to_state": "现状态",
    "from_stage": "原阶段",
    "to_stage": "现阶段",
    "by.unit": "经办单位编码",
    "verdict": "时限结果",
    "newest": "最近一次",
    "round": "第几次",
    "start": "起算日期",
    "due": "到期日",
    "stop": "停止日期",
    "net": "净用时",
    "gross": "总用时",
    "late_days": "超期天数",
}
TURN_TITLES = dict(zip(ROUNDS, ("首次", "最近一次", "全程"), strict=True))
_ARITHMETIC = {"+": ("+", 5), "-": ("-", 5), "*": ("×", 6), "/": ("÷", 6)}
_COMPARE = {"==": "=", "!=": "≠", "<": "<", "<=": "≤", ">": ">", ">=": "≥"}
_CALLS = {"min": "取小", "max": "取大", "abs": "绝对值", "coalesce": "首个有值"}
_IF, _OR, _AND, _NOT, _COMPARISON, _NEG, _ATOM = 0, 1, 2, 3, 4, 7, 8


@dataclass(frozen=True, slots=True)
class Titles:
    """How names are called, and what the codes of each stand for."""

    names: Mapping[str, str]
    options: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


def filing_titles(fields: tuple[Field, ...]) -> Titles:
    """Return the words of filings of a form with these fields."""
    options: dict[str, Mapping[str, str]] = {each.key: each.options for each in fields if each.options}
    options |= {"answer": dict(Answer.choices), "timing": dict(Timing.choices), "unit.kind": KINDS}
    return Titles(FILING_TITLES | {each.key: each.title for each in fields}, options)


def item_titles(of: ItemType, grain: Grain = ITEM) -> Titles:
    """Return the words of items of a type, and of their moves or clocks where those are counted."""
    names = ITEM_TITLES | {key: each.title for key, each in of.fields.items()}
    options: dict[str, Mapping[str, str]] = {
        key: each.options for key, each in of.fields.items() if each.options
    }
    options |= {
        "stage": {stage.value: title for stage, title in STAGE_TITLES.items()},
        "state": {key: state.title for key, state in of.states.items()},
        "lead.kind": KINDS,
    }
    for key, move in of.moves.items():
        names |= {f"move.{key}.{part}": text.format(f"“{move.title}”") for part, text in MOVE_TITLES.items()}
    for key, clock in of.clocks.items():
        for turn, word in TURN_TITLES.items():
            called = f"“{clock.title}”（{word}）"
            parts = CLOCK_TITLES.items()
            names |= {f"clock.{key}.{turn}.{part}": text.format(called) for part, text in parts}
            options[f"clock.{key}.{turn}.verdict"] = VERDICTS
    if grain.word in OF_ITEMS:
        names |= PART_TITLES
        options["move"] = {key: move.title for key, move in of.moves.items()}
        options["verdict"] = VERDICTS
        options |= dict.fromkeys(("from_state", "to_state"), options["state"])
        options |= dict.fromkeys(("from_stage", "to_stage"), options["stage"])
    return Titles(names, options)


def in_words(expr: Expr | None, titles: Titles, counted: str = "填报份数") -> str:
    """Return an expression in words; None stands for counting every row.

    >>> from luoshi.core.expr import parse
    >>> titles = Titles({"a": "件数", "b": "比率", "kind": "类型"}, {"kind": {"x": "紧急"}})
    >>> in_words(parse("a * b / 100 if kind == 'x' else 0"), titles)
    '若 类型 = 紧急 则 件数 × 比率 ÷ 100 否则 0'
    >>> in_words(parse("kind not in ('x', 'y') and not (a > 0)"), titles)
    '类型 不属于（紧急、y） 且 并非（件数 > 0）'
    """
    return counted if expr is None else _said(expr.tree, titles)[0]


def _said(node: Node, titles: Titles) -> tuple[str, int]:
    """Return the words of a tree and how tightly they bind."""
    match node:
        case Num(value=value):
            return decimal_text(value), _ATOM
        case Str(value=text):
            return text, _ATOM
        case Bool(value=truth):
            return ("是" if truth else "否"), _ATOM
        case Null():
            return "空", _ATOM
        case Name(name=name):
            return titles.names.get(name, name), _ATOM
        case Neg(part=part):
            return f"-{_bracketed(part, titles, _NEG)}", _NEG
        case Bin(op=op, left=left, right=right):
            sign, level = _ARITHMETIC[op]
            return f"{_bracketed(left, titles, level)} {sign} {_bracketed(right, titles, level + 1)}", level
        case Not(part=part):
            return f"并非（{_said(part, titles)[0]}）", _NOT
        case BoolOp(op=op, parts=parts):
            level, joint = (_AND, " 且 ") if op == "and" else (_OR, " 或 ")
            return joint.join(_bracketed(part, titles, level + 1) for part in parts), level
        case Compare(first=first, rest=rest):
            return _compared(first, rest, titles), _COMPARISON
        case In(part=part, options=options, negated=negated):
            listed = "、".join(_coded(option, part, titles) for option in options)
            among = "不属于" if negated else "属于"
            return f"{_bracketed(part, titles, _COMPARISON + 1)} {among}（{listed}）", _COMPARISON
        case IfElse(condition=condition, then=then, other=other):
            texts = [_bracketed(part, titles, _IF + 1) for part in (condition, then, other)]
            return "若 {} 则 {} 否则 {}".format(*texts), _IF
        case Call():
            return _called(node, titles), _ATOM


def _compared(first: Node, rest: tuple[tuple[str, Node], ...], titles: Titles) -> str:
    text, left = _coded(first, rest[0][1], titles), first
    for op, right in rest:
        text += f" {_COMPARE[op]} {_coded(right, left, titles)}"
        left = right
    return text


def _coded(node: Node, beside: Node, titles: Titles) -> str:
    """Return an operand; a code stands by its title when the name beside it has options."""
    if isinstance(node, Str) and isinstance(beside, Name):
        return titles.options.get(beside.name, {}).get(node.value, node.value) or "空白"
    return _bracketed(node, titles, _COMPARISON + 1)


def _called(node: Call, titles: Titles) -> str:
    if node.function == "round":
        digits = _said(node.args[1], titles)[0] if len(node.args) > 1 else "0"
        return f"四舍五入（{_said(node.args[0], titles)[0]}，{digits} 位）"
    return f"{_CALLS[node.function]}（{'，'.join(_said(part, titles)[0] for part in node.args)}）"


def _bracketed(node: Node, titles: Titles, level: int) -> str:
    text, binds = _said(node, titles)
    return text if binds >= level else f"（{text}）"
