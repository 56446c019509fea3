"""The one grammar for narrowing items down: typed in lists, kept as saved filters, used by exports.

    state:doing,wait lead:P1 created>=2023-07-01 -kind:urgent rating<60 tag:重点 银行 续贷

``name:value`` with values joined by commas means any of them; ``-`` in front means none of them; dates and
numbers also take ``< <= > >=``. Values with blanks stand in double quotes. ``due<=2023-07-01``,
``overdue:yes``, ``light:red``, ``paused:yes`` and ``clock.total.verdict:missed`` ask how clocks stand now.
What is left is text, all of which must occur in number, title or fields of text. ``expression_of`` gives the
same condition in the language of indicators.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from luoshi.core.errors import Invalid, nearest
from luoshi.kernel.definitions.fields import Field, FieldKind, Unfit
from luoshi.kernel.items.lights import LIGHT_TITLES
from luoshi.kernel.items.schema import STAGE_TITLES, Stage
from luoshi.kernel.items.types import LEAD, ItemType

LONGEST = 300
MOST_TERMS = 20
_TERM = re.compile(r'(-?)([a-z][a-z0-9_.]*)(:|<=|>=|<|>)("[^"]*"|\S*)|"([^"]*)"|(\S+)')
COMMON: Mapping[str, str] = {
    "state": "状态",
    "stage": "阶段",
    "lead": "主办单位编码",
    "unit": "任一责任单位编码",
    "number": "编号",
    "tag": "标签",
    "created": "登记日期",
    "moved": "最近办理日期",
    "reopened": "重启次数",
    "merged": "是否并入他件（yes/no）",
    "due": "到期日期",
    "overdue": "是否逾期（yes/no）",
    "light": "时限状态",
    "paused": "是否挂起（yes/no）",
    "watch": "我的关注（mine）",
}
DATES = frozenset({"created", "moved", "due"})
CLOCKED = frozenset({"due", "overdue", "light", "paused"})
NO_EXPRESSION = frozenset({"tag", "watch", "unit", "number", "moved", *CLOCKED})
VERDICT_TITLES: Mapping[str, str] = {
    "running": "计时中",
    "paused": "已挂起",
    "met": "按时",
    "missed": "逾期",
    "void": "不再计时",
}


@dataclass(frozen=True, slots=True)
class Term:
    """One condition; ``values`` are canonical: codes, ISO dates, plain numbers."""

    name: str
    op: str
    values: tuple[str, ...]
    negated: bool
    field: Field | None = None

    @property
    def clocked(self) -> bool:
        """Say whether the condition asks how clocks stand, which takes a moment to ask for."""
        return self.name in CLOCKED or self.name.startswith("clock.")


@dataclass(frozen=True, slots=True)
class Filter:
    """A read filter; ``texts``: words that must occur in number or title."""

    terms: tuple[Term, ...]
    texts: tuple[str, ...]

    def asks(self, name: str) -> tuple[str, ...]:
        """Return the values plainly asked for by name, for the choices of a page."""
        return next((term.values for term in self.terms if term.name == name and not term.negated), ())


def filter_read(kind: ItemType, text: str) -> Filter:
    """Read a filter for a type. Raises: Invalid naming the word, with the nearest name or value."""
    if len(text) > LONGEST:
        raise Invalid(f"筛选条件最多 {LONGEST} 个字符，请精简。", fields={"q": "太长。"})
    terms: list[Term] = []
    texts: list[str] = []
    for found in _TERM.finditer(text):
        minus, name, op, value, quoted, word = found.groups()
        if name is None:
            texts.append(quoted if quoted is not None else word)
        else:
            terms.append(_term(kind, name, op, value.strip('"'), bool(minus)))
    if len(terms) + len(texts) > MOST_TERMS:
        raise Invalid(f"一次最多 {MOST_TERMS} 个条件，请精简。")
    return Filter(tuple(terms), tuple(part for part in texts if part))


def names_of(kind: ItemType) -> dict[str, str]:
    """Return every name a filter of a type may use, with its title, for help beside the box."""
    common = COMMON if kind.clocks else {key: title for key, title in COMMON.items() if key not in CLOCKED}
    clocks = {f"clock.{rule.key}.verdict": f"{rule.title}的结果" for rule in kind.clocks.values()}
    return {**common, **clocks, **{field.key: field.title for field in kind.facts}}


def _term(kind: ItemType, name: str, op: str, value: str, negated: bool) -> Term:
    known = names_of(kind)
    if name not in known:
        near = nearest(name, known)
        raise Invalid(
            f"筛选条件里没有“{name}”，{f'是否指 {near}' if near else '可用：' + '、'.join(known)}。"
        )
    field = next((each for each in kind.facts if each.key == name), None)
    ordered = (
        name in DATES
        or name == "reopened"
        or (field is not None and (field.numeric or field.kind is FieldKind.DATE))
    )
    if op != ":" and not ordered:
        raise Invalid(f"“{known[name]}”只能写作 {name}:值，不能用 {op} 比较。")
    values = tuple(part for part in value.split(",") if part) if op == ":" else (value,)
    if not values or not values[0]:
        raise Invalid(f"“{known[name]}”后面没有写值，请写作 {name}{op}值。")
    return Term(name, op, tuple(_value(kind, name, field, each) for each in values), negated, field)


def _value(kind: ItemType, name: str, field: Field | None, text: str) -> str:
    """Return a value as facts hold it; codes may be given by their title."""
    if name == "state":
        return _code(text, {key: state.title for key, state in kind.states.items()}, "状态")
    if name == "stage":
        return _code(text, {stage.value: STAGE_TITLES[stage] for stage in Stage}, "阶段")
    if name == "merged":
        return _code(text, {"yes": "是", "no": "否"}, "是否并入")
    if name in ("overdue", "paused"):
        return _code(text, {"yes": "是", "no": "否"}, COMMON[name].partition("（")[0])
    if name == "light":
        return _code(text, LIGHT_TITLES, "时限状态")
    if name.startswith("clock."):
        return _code(text, VERDICT_TITLES, "时限结果")
    if name in DATES:
        try:
            return date.fromisoformat(text).isoformat()
        except ValueError:
            raise Invalid(f"“{text}”不是日期，请写作 2023-07-01。") from None
    if name == "reopened" and not (text.isascii() and text.isdigit()):
        raise Invalid(f"“{text}”不是次数，请写整数。")
    if field is not None:
        try:
            return field.read(text) or ""
        except Unfit as unfit:
            raise Invalid(f"{field.title}：{unfit.problem}。") from unfit
    return text


def _code(text: str, titles: Mapping[str, str], noun: str) -> str:
    if text in titles:
        return text
    found = next((code for code, title in titles.items() if title == text), None)
    if found is None:
        near = nearest(text, [*titles, *titles.values()])
        hint = f"是否指 {near}" if near else f"可用：{'、'.join(titles.values())}"
        raise Invalid(f"没有{noun}“{text}”，{hint}。")
    return found


def expression_of(asked: Filter) -> str:
    """Return the condition in the closed expression language, as an indicator's ``where`` takes it.

    Raises: Invalid for what facts cannot say: text, tags, watch lists, duties besides the lead.
    """
    if asked.texts:
        raise Invalid("文字检索不能用于统计口径，请改用字段条件。")
    for term in asked.terms:
        if term.field is not None and term.field.kind is FieldKind.SET:
            raise Invalid(f"“{term.field.title}”一件可有多项，不能用于统计口径。")
    parts = [_expressed(term) for term in asked.terms]
    return " and ".join(parts) or "true"


def _expressed(term: Term) -> str:
    if term.name in NO_EXPRESSION:
        raise Invalid(f"“{COMMON[term.name]}”不能用于统计口径。")
    name = {LEAD: "unit.code"}.get(term.name, term.name)
    if name.startswith("clock."):
        name = name.replace(".verdict", ".last.verdict")
    number = (term.field is not None and term.field.numeric) or term.name == "reopened"
    if term.name == "merged":
        said = "merged" if term.values[0] == "yes" else "not merged"
        return f"not ({said})" if term.negated else said
    values = [str(Decimal(value)) if number else f"'{value}'" for value in term.values]
    if term.op != ":":
        said = f"{name} {term.op} {values[0]}"
    elif len(values) == 1:
        said = f"{name} == {values[0]}"
    else:
        said = f"{name} in ({', '.join(values)})"
    return f"not ({said})" if term.negated else said
