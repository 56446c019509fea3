"""Lists of responsibilities in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from luoshi.core.rhythm import rhythm_words
from luoshi.web.packs.words import UNIT_NAMES, Grid, Titles, Words, expression_words

HOLDERS = {"team": "领导班子", "head": "第一责任人", "member": "班子成员", "watch": "监督责任"}
LIST_KINDS = {"common": "共性清单", "own": "个性清单", "negative": "负面清单"}


def list_words(body: Mapping[str, Any], titles: Titles) -> Words:
    """A list that a district may adopt."""
    pairs = (
        ("类别", LIST_KINDS[body["kind"]]),
        ("责任人", "、".join(HOLDERS[each] for each in body["holders"])),
        ("适用单位", expression_words(body["to"], UNIT_NAMES, titles.units)),
        ("依据", body["basis"]),
    )
    rows = tuple(
        (
            item["code"],
            item["aspect"],
            item["requirement"],
            "、".join(HOLDERS[each] for each in item["holders"]),
            rhythm_words(item["frequency"], "" if item["due"] == "none" else item["due"]),
            answer_words(item["answer"], titles),
        )
        for item in body["items"]
    )
    return Words(pairs, (Grid("事项", ("编码", "方面", "要求", "责任人", "频次和时限", "办理方式"), rows),))


def answer_words(answer: str, titles: Titles) -> str:
    """How an item of a list is answered."""
    how, _, name = answer.partition(":")
    if how == "form":
        return f"填报《{titles.of('form', name)}》"
    return f"由记录得出（{name}）" if how == "element" else "提示，不需填报"
