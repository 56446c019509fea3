"""Holds a pack file against the models of its sections and says, with places, what does not fit."""

from __future__ import annotations

import typing
from collections.abc import Callable, Mapping
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from luoshi.core.errors import nearest
from luoshi.kernel.loader.nodes import Faults, Node, join
from luoshi.kernel.loader.sections import PackFile

Loc = tuple[int | str, ...]

_PATTERNS: Mapping[str, str] = {
    "key": "应为小写字母开头的英文代码（a-z、0-9、_）",
    "owner": "应写作 unit:@槽位",
    "organ": "应写作 @槽位",
    "who": "应写作 post:@槽位、unit:@槽位 或 duty:角色[.head|.super]",
    "zone": "应为时区名称，如 Asia/Shanghai",
    "type": "应为 int、decimal:N、percent:N、money、text、date、vocab:选项表、rows:行数、files:份数 之一，"
    "事项还可为 moment",
    "until": "应写作 2027-12-31",
    "hour": "应写作 08:30",
    "element": "应为大写字母开头的数据元编码",
    "code": "应为大写字母开头的事项编码，如 A01",
    "review": "应写作 @槽位 或 none",
    "answer": "应写作 plain、form:表单 或 element:数据元编码",
    "number": "应由字母、数字、〔〕号与 {year}、{month}、{seq}、{seq:05} 组成",
    "need": "应为字段代码、note、basis、duty.职责或 evidence:1",
    "may": "应为字段代码、note、basis 或 duty.职责",
    "edit": "应为字段代码、title 或 duty.职责",
    "start": "应写作 move.动作.first、move.动作.last、state.状态 或 stage.阶段",
    "stop": "应写作 move.动作.first、move.动作.last、state.状态 或 stage.阶段",
    "budget": "应写作 15 workday、60 calendar_day、4 work_hour 或 24 hour",
    "upto": "应写作 10 workday 这样的时长",
    "cutoff": "应写作 17:00",
    "hours": "应写作 08:30-12:00 13:30-17:30",
    "on_reopen": "应写作 none、new 或 new 5 workday",
    "within": "应写作 10 workday、3 calendar_day 或 48 hour",
    **dict.fromkeys(("open", "due"), "应写作 end + 10 workday 这样的日期算式"),
    "at": "应写作 end + 10 workday 这样的日期算式，时限的步骤写作 -3 workday、80% 或 due",
    **dict.fromkeys(("rows", "want", "units"), "应为包内文件的相对路径，如 fixtures/a.csv"),
}
# mappings whose every entry is spelled alike
_ENTRIES: Mapping[str, str] = {"duty": "应写作 1 unit、0..n unit、1..3 post"}


def check_shape(root: Node, faults: Faults) -> PackFile | None:
    """Return the pack as models, None when its shape is faulty; every fault is noted with its place."""
    try:
        return PackFile.model_validate(root.plain())
    except ValidationError as error:
        for detail in error.errors(include_url=False, include_context=True):
            _note(root, detail, faults)
        return None


def _note(root: Node, detail: ErrorDetails, faults: Faults) -> None:
    node, parents, rest = _walk(root, detail["loc"])
    kind = detail["type"]
    if kind == "extra_forbidden":
        known = _keys_at(detail["loc"][:-1])
        near = nearest(str(detail["loc"][-1]), known)
        hint = f"是否想写 {near}" if near else f"可用 {'、'.join(sorted(known))}"
        faults.add(node.head, f"没有“{detail['loc'][-1]}”这个键", hint)
    elif kind == "missing":
        name = str(rest[-1]) if rest else ""
        unknown = node.names() - _keys_at(detail["loc"][:-1])
        # a mistyped key is told once, where it stands
        if name not in node.lost and nearest(name, unknown) is None:
            faults.add(node.head, f"缺少 {name}", path=join(node.path, name))
    elif rest and rest[-1] == "[key]":
        faults.add(node.head, f"代码“{_last(node.path)}”{_PATTERNS['key']}，最长四十个字符")
    elif not any(parent.lost for parent in parents if detail["type"] == "model_type"):
        faults.add(node.place, _message(detail, node), _hint(detail))


def _walk(root: Node, loc: Loc) -> tuple[Node, list[Node], list[int | str]]:
    """Follow a pydantic location as far as the file goes: (node, the nodes above it, what is left over)."""
    node, above, rest = root, [root], []
    for part in loc:
        inner: Node | None = None
        if isinstance(part, int) and isinstance(node.value, list) and part < len(node.value):
            inner = node.value[part]
        elif isinstance(part, str):
            inner = node.get(part)
        if inner is None:
            rest.append(part)
        else:
            node, rest = inner, []
            above.append(node)
    return node, above, rest


def _keys_at(loc: Loc) -> set[str]:
    """Return the keys that the models allow at a location."""
    models: set[type[BaseModel]] = {PackFile}
    for part in loc:
        fields = [
            field.annotation
            for model in models
            for name, field in model.model_fields.items()
            if part == (field.alias or name)
        ]
        if fields:
            models = {found for annotation in fields for found in _models_in(annotation)}
    return {field.alias or name for model in models for name, field in model.model_fields.items()}


def _models_in(annotation: Any) -> set[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return {annotation}
    return {found for part in typing.get_args(annotation) for found in _models_in(part)}


def _message(detail: ErrorDetails, node: Node) -> str:
    kind, context = detail["type"], detail.get("ctx", {})
    spelling = _PATTERNS.get(_last(node.path)) or _ENTRIES.get(_last(node.path.rpartition(".")[0]))
    if kind in ("string_pattern_mismatch", "string_type") and spelling:
        return f"{_shown(node)}不对，{spelling}"
    told = _MESSAGES.get(kind)
    if told is None:
        return f"{_shown(node)}不合规定（{detail['msg']}）"
    return f"{_shown(node)}{told(context)}"


def _hint(detail: ErrorDetails) -> str:
    if detail["type"] != "literal_error" or not isinstance(detail["input"], str):
        return ""
    near = nearest(detail["input"], _options(detail["ctx"]))
    return f"是否想写 {near}" if near else ""


def _options(context: Mapping[str, Any]) -> list[str]:
    return [part.strip("' ") for part in str(context.get("expected", "")).replace(" or ", ",").split(",")]


def _shown(node: Node) -> str:
    if isinstance(node.value, (dict, list)):
        return ""
    value = _WORDS.get(node.value, node.value) if isinstance(node.value, bool | None) else node.value
    text = str(value)
    return f"“{text if len(text) <= 30 else text[:30] + '…'}”"


def _last(path: str) -> str:
    return path.rpartition(".")[2].partition("[")[0]


_WORDS: Mapping[bool | None, str] = {True: "true", False: "false", None: "null"}

_MESSAGES: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "string_type": lambda _: "应为文字，需要时请加引号",
    "int_type": lambda _: "应为整数",
    "number": lambda _: "应为数字",
    "bool_type": lambda _: "应为 true 或 false",
    "list_type": lambda _: "应为列表 [ ]",
    "dict_type": lambda _: "应为键值 { }",
    "model_type": lambda _: "应为键值 { }",
    "model_attributes_type": lambda _: "应为键值 { }",
    "literal_error": lambda context: (
        f"应为 {'、'.join(_options(context))}" + " 之一" * (len(_options(context)) > 1)
    ),
    "string_pattern_mismatch": lambda _: f"写法不对，{_PATTERNS['key']}",
    "string_too_short": lambda _: "不能为空",
    "string_too_long": lambda context: f"太长，最多 {context['max_length']} 个字符",
    "too_short": lambda context: f"至少要有 {context['min_length']} 项",
    "too_long": lambda context: f"最多 {context['max_length']} 项",
    "greater_than": lambda context: f"应大于 {context['gt']}",
    "greater_than_equal": lambda context: f"应不小于 {context['ge']}",
    "less_than_equal": lambda context: f"应不大于 {context['le']}",
}
