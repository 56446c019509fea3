"""Item types in words: duties, fields, states, and every move with what it asks for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from luoshi.kernel.items.hooks import guard_titles
from luoshi.kernel.items.schema import (
    BASIS,
    DUTY_PREFIX,
    NOTE,
    STAGE_TITLES,
    Stage,
    after_of,
    child_rule,
    duty_rule,
    evidence_needed,
    is_condition,
    within_of,
)
from luoshi.web.packs.form_words import range_words, type_words
from luoshi.web.packs.words import Grid, Titles, Words

COMMON = {NOTE: "说明", BASIS: "依据", "title": "事由", "number": "编号", "stage": "阶段", "state": "状态",
          "created": "登记日期"}  # fmt: skip
UNITS = {"workday": "个工作日", "calendar_day": "日", "hour": "小时"}
LEVELS = {"person": "不得为同一人", "unit": "不得为同一单位"}


def item_words(body: Mapping[str, Any], titles: Titles) -> Words:
    """An item type."""
    states = {each["key"]: each["title"] for each in body["states"]}
    moves = {each["do"]: each["title"] for each in body["moves"]}
    names = COMMON | {each["key"]: each["title"] for each in body["fields"]}
    pairs = (
        ("编号格式", f"{body['number']}{'，不跳号' if body['gapless'] else ''}"),
        ("职责", "；".join(duty_words(key, text) for key, text in body["duty"].items())),
        ("对外公开", "、".join(names.get(key, key) for key in body["public"]) or "不公开"),
    )
    fields = tuple(
        (
            each["title"],
            number_words(each) if each["type"].startswith("int:") else type_words(each["type"]),
            each.get("unit") or "—",
            length_words(each) if each["type"] == "text" else range_words(each),
            "加密另存" if each["pii"] else "可统计" if each["fact"] else "—",
        )
        for each in body["fields"]
    )
    lives = tuple(
        (
            each["title"],
            STAGE_TITLES[Stage(each["stage"])],
            "、".join(need_words(key, names) for key in each["edit"]) or "—",
            "、".join(titles.of("role", key) for key in listed(each["by"])) or "—",
        )
        for each in body["states"]
    )
    steps = tuple(
        (
            each["title"],
            "、".join(states.get(key, key) for key in listed(each["from"])) or "新件",
            states.get(each["to"], each["to"]),
            "、".join(titles.of("role", key) for key in listed(each["by"])),
            "、".join(need_words(key, names) for key in each["need"]) or "—",
            limits_words(each, moves),
        )
        for each in body["moves"]
    )
    rules = tuple(
        ("、".join(moves.get(key, key) for key in each["on"]), each["say"])
        for each in body.get("rules") or ()
    )
    return Words(
        pairs,
        (
            Grid("字段", ("字段", "类型", "计量单位", "范围", "保管"), fields),
            Grid("状态", ("状态", "阶段", "可修改", "由谁修改"), lives),
            Grid("流转动作", ("动作", "从", "到", "由谁", "须提供", "限制"), steps),
            *((Grid("规则", ("办理", "要求"), rules),) if rules else ()),
        ),
    )


def migrate_words(body: Mapping[str, Any], titles: Titles) -> Words:
    """What open items of earlier versions become."""
    return Words((), (Grid("状态衔接", ("原状态", "现状态"), tuple(sorted(body["states"].items()))),))


def listed(value: Any) -> Sequence[str]:
    """Return one key or a list of keys as a list; nothing for null."""
    return [] if value is None else [value] if isinstance(value, str) else list(value)


def duty_words(role: str, text: str) -> str:
    """A duty with how many hold it."""
    rule = duty_rule(role, text)
    who = "岗位" if rule.post else "单位"
    if rule.most is None:
        return f"{role}：不限个数{who}" if not rule.least else f"{role}：至少 {rule.least} 个{who}"
    if rule.most == rule.least:
        return f"{role}：{rule.least} 个{who}"
    return f"{role}：{rule.least} 至 {rule.most} 个{who}"


def need_words(text: str, names: Mapping[str, str]) -> str:
    """One thing a move asks for."""
    if number := evidence_needed(text):
        return f"佐证 {number} 份"
    if text.startswith(DUTY_PREFIX):
        return f"职责 {text.removeprefix(DUTY_PREFIX)}"
    if is_condition(text):
        key, done = child_rule(text)
        return f"所属{key or '事项'}{'全部办结' if done else '已登记'}"
    return names.get(text, text)


def limits_words(move: Mapping[str, Any], moves: Mapping[str, str]) -> str:
    """What keeps a move from being taken."""
    parts = [f"与“{moves.get(each['move'], each['move'])}”{LEVELS[each['level']]}" for each in move["apart"]]
    if move["max"]:
        parts.append(f"至多 {move['max']} 次")
    if move.get("when"):
        parts.append(f"仅限 {move['when']}")
    if move.get("after"):
        after = after_of(move["after"])
        parts.append(f"满 {after.amount or after.field} {UNITS[after.unit]}后")
    if move["within"]:
        rule = within_of(move["within"])
        parts.append(f"{rule.amount} {UNITS[rule.unit]}内")
    parts += [guard_titles().get(name, name) for name in move.get("guard") or ()]
    return "；".join(parts) or "—"


def number_words(field: Mapping[str, Any]) -> str:
    """An integer with its bounds."""
    least, _, most = field["type"].partition(":")[2].partition("-")
    return f"整数，{least} 至 {most}"


def length_words(field: Mapping[str, Any]) -> str:
    """The least length of a text."""
    return f"不少于 {field['min']} 字" if field.get("min") else "—"
