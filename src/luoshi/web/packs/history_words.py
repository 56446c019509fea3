"""Imports of items in words: which columns become fields, which activities become moves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from luoshi.web.packs.words import ITEM_FIELDS, NONE, Grid, Titles, Words


def history_words(body: Mapping[str, Any], titles: Titles) -> Words:
    """A template of histories: columns and fields, times and activities."""
    steps = body["activity"]
    pairs = (
        ("事项", titles.of("item", body["item"])),
        ("原编号列", body["number"]),
        ("事由列", body["title"]),
        ("经办列", body["who"] or NONE),
        ("说明列", body["note"] or NONE),
        ("环节列", f"{steps['column']}，时间列 {steps['time']}" if steps else NONE),
        ("时间所属时区", body["zone"]),
        ("早于登记的步骤", "登记按第一步的时间计" if body["earlier"] == "first" else "整件不收"),
        ("不读取的列", "、".join(body["ignore"]) or "无"),
    )
    fields = [
        (column, titles.field(f"{ITEM_FIELDS}{body['item']}", key)) for key, column in body["columns"].items()
    ]
    duties = [(column, f"职责 {role}") for role, column in body["duties"].items()]
    times = [(column, f"动作 {move} 的时间") for move, column in body["times"].items()]
    grids = [Grid("列与内容", ("表头", "内容"), (*fields, *duties, *times))]
    if steps:
        rows = tuple((each["is"], _moves(each["do"])) for each in steps["moves"])
        grids.append(Grid("环节与动作", ("环节", "动作"), rows))
    return Words(pairs, tuple(grids))


def _moves(do: str | list[str]) -> str:
    return do if isinstance(do, str) else "、".join(do)
