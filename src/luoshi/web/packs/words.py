"""Definitions of a pack in words, for who reads no YAML. One kind, one writer: see ``writers``."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from luoshi.kernel.definitions.queries import Def
from luoshi.kernel.org.kinds import KINDS as UNIT_KINDS
from luoshi.web.shell.names import without_holes

OPERATORS = {
    "==": "为",
    "!=": "不为",
    "<=": "不大于",
    ">=": "不小于",
    "<": "小于",
    ">": "大于",
    "and": "，且",
    "or": "，或",
    "not": "不是",
    "in": "属于",
    "*": "×",
    "/": "÷",
    "True": "是",
    "False": "否",
    "true": "是",
    "false": "否",
}
UNIT_NAMES = {
    "unit.code": "单位编码",
    "unit.kind": "单位类别",
    "unit.branch": "所属分支",
    "unit.parent": "上级编码",
}
PERIODS = {"month": "月", "quarter": "季", "half": "半年", "year": "年", "node": "节点", "range": "若干个月"}
TOKEN = re.compile(r"'[^']*'|\"[^\"]*\"|[A-Za-z_][\w.]*|\d+(?:\.\d+)?|[<>=!]=|[<>*/+\-(),\[\]]|\S")
NONE = "不设"
# Fields of items stand beside those of forms, which may have the same key.
ITEM_FIELDS = "item:"


@dataclass(frozen=True)
class Grid:
    """A small table; ``right`` are the places of number columns."""

    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    right: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Words:
    """One definition: pairs of label and text, then tables."""

    pairs: tuple[tuple[str, str], ...]
    grids: tuple[Grid, ...] = ()


@dataclass(frozen=True)
class Titles:
    """What things of one pack are called. ``fields``: form key → field key → title."""

    by_kind: Mapping[tuple[str, str], str]
    fields: Mapping[str, Mapping[str, str]]
    units: Mapping[str, str]

    @classmethod
    def of_pack(cls, found: Iterable[Def], units: Mapping[str, str] | None = None) -> Titles:
        """Collect the titles of everything a pack defines; a template is called like its form.

        ``units``: code → title, for the units that expressions name.
        """
        known = list(found)
        forms = {each.key: each.title for each in known if each.kind == "form"}
        by_kind = {(each.kind, each.key): without_holes(each.title) for each in known}
        items = {each.key: each.title for each in known if each.kind == "item"}
        by_kind |= {
            ("import", each.key): items.get(each.body["item"], each.key)
            if "item" in each.body
            else forms.get(each.body["form"], each.key)
            for each in known
            if each.kind == "import"
        }
        fields = {
            (each.key if each.kind == "form" else f"{ITEM_FIELDS}{each.key}"): {
                field["key"]: field["title"] for field in each.body["fields"]
            }
            for each in known
            if each.kind in ("form", "item")
        }
        return cls(by_kind, fields, units or {})

    def of(self, kind: str, key: str) -> str:
        """Return the title of a definition, its key when it has none."""
        return self.by_kind.get((kind, key), key)

    def field(self, form: str, key: str) -> str:
        """Return the title of a field."""
        return self.fields.get(form, {}).get(key, key)

    def name(self, found: Def) -> str:
        """Return what a definition is called; a test like the template it imports by."""
        return (
            self.of("import", str(found.body["import"]))
            if found.kind == "test"
            else self.of(found.kind, found.key)
        )


def expression_words(text: str, names: Mapping[str, str], units: Mapping[str, str] | None = None) -> str:
    """Return an expression with names, operators and codes of kinds and units in Chinese.

    >>> expression_words("unit.branch == 'PJ' and unit.kind != 'group'", UNIT_NAMES, {"PJ": "盘锦"})
    '所属分支为盘锦，且单位类别不为分组'
    >>> expression_words("assigned * done / 100", {"assigned": "转办件数", "done": "办结率"})
    '转办件数×办结率÷100'
    """
    if text == "all":
        return "填报份数"
    words = []
    for token in TOKEN.findall(text):
        if token[0] in "'\"":
            words.append(UNIT_KINDS.get(token[1:-1]) or (units or {}).get(token[1:-1], token[1:-1]))
        else:
            words.append(OPERATORS.get(token) or names.get(token, token))
    return "".join(words)


def slot_words(body: Mapping[str, Any], titles: Titles) -> Words:
    """A slot."""
    return Words((("对应", {"post": "岗位", "unit": "单位"}[body["kind"]]),))


def vocab_words(body: Mapping[str, Any], titles: Titles) -> Words:
    """A list of options."""
    options: Mapping[str, Any] = body.get("options") or body
    return Words(
        (), (Grid("选项", ("代码", "名称"), tuple((key, str(title)) for key, title in options.items())),)
    )


def role_words(body: Mapping[str, Any], titles: Titles) -> Words:
    """A role."""
    kind, _, rest = str(body["who"]).partition(":")
    if kind == "unit" and rest == "any":
        return Words((("由谁担任", "任何单位；登记后由登记单位主办"),))
    if rest.startswith("@"):
        holder = {"post": "岗位", "unit": "单位"}[kind]
        return Words((("由谁担任", f"槽位“{titles.of('slot', rest[1:])}”所对应的{holder}"),))
    duty, _, part = rest.partition(".")
    holder = {"head": "负责人", "super": "上级单位"}.get(part, "承担单位")
    return Words((("由谁担任", f"职责 {duty} 的{holder}"),))


def test_words(body: Mapping[str, Any], titles: Titles) -> Words:
    """A worked example of the pack."""
    pairs = [
        ("导入模板", titles.of("import", str(body["import"]))),
        ("期间", str(body["period"])),
        ("样例数据", str(body["rows"])),
    ]
    if body.get("scheme"):
        pairs.append(("考核方案", titles.of("scheme", body["scheme"])))
    if body.get("refused"):
        pairs.append(("应当拒绝，并指出", "、".join(body["refused"])))
    rows: Sequence[tuple[str, ...]] = [
        (each["unit"], each["column"], str(each["published"]), str(each["computed"]), each["why"])
        for each in body.get("differs") or ()
    ]
    grids = (
        (Grid("与公布数不同之处", ("单位", "列", "公布", "计算", "原因"), tuple(rows), frozenset({2, 3})),)
        if rows
        else ()
    )
    return Words(tuple(pairs), grids)
