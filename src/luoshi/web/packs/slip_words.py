"""Rules of supervision slips in words: who issues, about what, and the days of each level."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from luoshi.web.packs.words import Grid, Titles, Words

TONES = {"blue": "蓝色", "orange": "橙色", "red": "红色"}


def slip_words(body: Mapping[str, Any], titles: Titles) -> Words:
    """One set of rules."""
    pairs = (
        ("发出单位", f"槽位“{titles.of('slot', body['organ'][1:])}”所对应的单位"),
        ("督办表单", "、".join(titles.of("form", key) for key in body["forms"]) or "—"),
        ("督办事项", "、".join(titles.of("item", key) for key in body.get("items") or ()) or "—"),
        ("文号", "级别名称〔年份〕序号，各级别按年从 1 起编，不跳号"),
    )
    names = {each["key"]: each["title"] for each in body["levels"]}
    rows = tuple(
        (each["title"], TONES[each["tone"]], _reasons(each, names), str(each["reply"]))
        for each in body["levels"]
    )
    heads = ("级别", "颜色", "情形", "回复期限（工作日）")
    return Words(pairs, (Grid("级别", heads, rows, frozenset({3})),))


def _reasons(level: Mapping[str, Any], names: Mapping[str, str]) -> str:
    """What proposes a slip of a level."""
    parts = [f"逾期超过 {level['after']} 个工作日"] if level["after"] is not None else []
    if level.get("unanswered"):
        parts.append("前一级到期未回复")
    if level.get("returns"):
        parts.append(f"退回满 {level['returns']} 次")
    if count := level.get("count"):
        parts.append(f"{count['days']} 日内{names[count['level']]}满 {count['times']} 份")
    return "；".join(parts) or "时限提请"
