"""Reports in words: their lines, with what stands in each hole."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from luoshi.web.packs.words import Grid, Titles, Words


def report_words(body: Mapping[str, Any], titles: Titles) -> Words:
    """A report: its outline, with the holes named."""
    scheme = body.get("scheme")
    pairs = (
        ("标题", holes_words("".join(body["title"]), titles)),
        ("版式", "党政机关公文格式（GB/T 9704）"),
        ("考核方案", titles.of("scheme", scheme) if scheme and scheme != "none" else "无"),
        ("附注", holes_words(" ".join(body.get("notes") or ()), titles) or "—"),
    )
    rows = tuple(line_words(line, titles) for line in body["lines"])
    return Words(pairs, (Grid("正文", ("种类", "内容"), rows),))


def line_words(line: Mapping[str, Any], titles: Titles) -> tuple[str, str]:
    """One line of a report."""
    for key, title in (("h1", "一级标题"), ("h2", "二级标题"), ("h3", "三级标题"), ("p", "正文")):
        if key in line:
            return title, holes_words(line[key], titles)
    if "q" in line:
        return "引文", f"{line['q']}（来源：{line['source']}）"
    kind, title = ("table", "表") if "table" in line else ("chart", "图")
    return title, holes_words(line[kind]["title"], titles)


def holes_words(text: str, titles: Titles) -> str:
    """Name the holes of a line."""
    fixed = {
        "period": "期间",
        "scheme.count": "参评单位数",
        "scheme.mean": "平均分",
        "scheme.first.unit": "首位单位",
        "scheme.first.total": "首位得分",
        "scheme.last.unit": "末位单位",
        "scheme.last.total": "末位得分",
    }
    parts = {"num": "的分子", "den": "的分母", "base": "的计入行数"}

    def name(match: re.Match[str]) -> str:
        hole = match[1]
        key, _, part = hole.partition(".")
        return f"〔{fixed.get(hole) or titles.of('indicator', key) + parts.get(part, '')}〕"

    return re.sub(r"\{([^{}]+)\}", name, text)
