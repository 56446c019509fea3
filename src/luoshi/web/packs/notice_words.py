"""Reminder rules in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from luoshi.kernel.filings.reminders import step_offset
from luoshi.web.packs.words import Grid, Titles, Words

ANCHORS = {"open": "开放", "due": "截止", "sign": "提交待审签", "review": "报送待审核", "returned": "退回"}
TOLD = {"filler": "填报岗", "head": "负责人", "coach": "包联领导", "reviewer": "审核岗", "owner": "牵头单位"}
LEVELS = {"blue": "提示", "yellow": "预警", "red": "告警（不可关闭）"}


def moment_words(text: str) -> str:
    """Return when a step falls due.

    >>> moment_words("due - 5 workday"), moment_words("returned"), moment_words("review + 3 day")
    ('截止前 5 个工作日', '退回当时', '报送待审核后 3 天')
    """
    offset = step_offset(text)
    anchor = ANCHORS[offset.anchor]
    if not offset.amount:
        return f"{anchor}当日" if offset.anchor in ("due", "open") else f"{anchor}当时"
    side = "前" if offset.amount < 0 else "后"
    return f"{anchor}{side} {abs(offset.amount)} {'个工作日' if offset.workdays else '天'}"


def notice_words(body: Mapping[str, Any], titles: Titles) -> Words:
    """A reminder rule: of which form, and its steps."""
    pairs = (("表单", titles.of("form", str(body["form"]))), ("每日提醒时间", str(body["hour"])))
    steps = tuple(
        (moment_words(step["at"]), "、".join(TOLD[name] for name in step["tell"]), LEVELS[step["level"]])
        for step in body["steps"]
    )
    return Words(pairs, (Grid("提醒步骤", ("时点", "告知", "级别"), steps),))
