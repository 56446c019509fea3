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
        ("督办表单", "、".join(titles.of("form", key) for key in body["forms"])),
        ("文号", "级别名称〔年份〕序号，各级别按年从 1 起编，不跳号"),
    )
    rows = tuple(
        (each["title"], TONES[each["tone"]], str(each["after"]), str(each["reply"]))
        for each in body["levels"]
    )
    heads = ("级别", "颜色", "逾期超过（工作日）", "回复期限（工作日）")
    return Words(pairs, (Grid("级别", heads, rows, frozenset({2, 3})),))
