"""Designs in words: places of faults, differences between two versions of a form."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from luoshi.domains.admission.compose import PERIODS
from luoshi.domains.admission.design import Design
from luoshi.kernel.loader.diff import Change
from luoshi.web.packs.form_words import type_words
from luoshi.web.packs.words import UNIT_NAMES, expression_words

TONES: Mapping[str, str] = {"asked": "doing", "admitted": "ok", "refused": "bad", "withdrawn": ""}
PARTS: Mapping[str, str] = {
    "title": "名称",
    "basis": "发文依据",
    "period": "周期",
    "to": "填报范围",
    "audience": "填报范围",
    "open": "开放",
    "due": "截止",
    "lock": "锁定",
    "window": "填报时限",
    "fill": "填报人",
    "sign": "审签",
    "review": "审核",
    "returns": "退回次数",
    "apart": "填报审签分开",
    "nil": "零报告",
    "minutes": "预计用时",
    "until": "有效期",
    "owner": "责任单位",
    "source": "数据来源",
    "note": "申请说明",
    "fields": "填报项",
    "rules": "校验",
    "type": "种类",
    "kind": "种类",
    "unit": "计量单位",
    "min": "最小",
    "max": "最大",
    "least": "最小",
    "most": "最大",
    "digits": "小数位数",
    "jump": "变动幅度",
    "blank": "可空",
    "fact": "可统计",
    "element": "数据元",
    "keep": "带出上期值",
    "options": "选项",
    "help": "填写说明",
    "must": "判断",
    "say": "提示",
    "mode": "方式",
    "at": "时间",
    "need": "须附",
    "kinds": "佐证种类",
    "open_days": "开放",
    "due_days": "截止",
    "lock_days": "锁定",
}
_STEP = re.compile(r"(\w+)(?:\[(\w+)\])?")


def place_words(place: str, design: Design) -> str:
    """Return where a fault of a design stands, in words.

    >>> from luoshi.domains.admission.design import FieldDesign
    >>> place_words("fields.0.least", Design(fields=(FieldDesign("f1", "处数"),)))
    '填报项“处数”的最小'
    """
    head, _, rest = place.partition(".")
    number, _, name = rest.partition(".")
    if head == "fields" and number.isdigit() and int(number) < len(design.fields):
        title = design.fields[int(number)].title.strip()
        which = f"填报项“{title}”" if title else f"第 {int(number) + 1} 个填报项"
        return f"{which}的{PARTS.get(name, name)}"
    if head == "rules" and number.isdigit():
        return f"第 {int(number) + 1} 条校验"
    return PARTS.get(head, "整张表")


def anchor_of(place: str, design: Design) -> str:
    """Return the id of the input that a fault stands beside."""
    head, _, rest = place.partition(".")
    number, _, name = rest.partition(".")
    if head == "fields" and number.isdigit() and int(number) < len(design.fields):
        return f"id_{design.fields[int(number)].key}.{name}"
    if head == "rules" and number.isdigit():
        return f"id_rule.{number}.left"
    return {"audience": "audience", "fields": "fields"}.get(head, f"id_{head}" if head else "builder")


def change_rows(changes: Iterable[Change], body: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """Return what differs between two versions of a form: (where, before, after)."""
    titles = {row["key"]: row["title"] for row in body["fields"]}
    return [
        (_where(change.path, titles), _value(change.path, change.before), _value(change.path, change.after))
        for change in changes
        if change.path
    ]


def _where(path: str, titles: Mapping[str, str]) -> str:
    words = []
    for name, inner in (found.groups() for found in _STEP.finditer(path)):
        title = PARTS.get(name, name)
        words.append(f"{title}“{titles.get(inner, inner)}”" if inner else title)
    return " · ".join(words)


def _value(path: str, value: str | None) -> str:
    if value is None:
        return "—"
    last = path.rpartition(".")[2]
    if last == "to":
        return expression_words(value, UNIT_NAMES)
    if last == "period":
        return PERIODS.get(value, value)
    if last == "type":
        return type_words(value)
    return {"true": "是", "false": "否", "null": "—", "": "—", "none": "不设"}.get(value, value)
