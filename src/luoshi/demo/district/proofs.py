"""What a unit of the sample hands in with its quarter: rows of what is stuck, a list of what was done."""

from __future__ import annotations

import json
from datetime import timedelta

from luoshi.core.periods import Period
from luoshi.demo.district.habits import random_of
from luoshi.kernel.evidence.actions import Proof

SHARE = 0.6
CAUSES = ("fund", "land", "permit", "partner", "other")
MATTERS = (
    "老旧小区雨污管网改造",
    "社区养老服务站选址",
    "背街小巷路灯补建",
    "闲置厂房消防整改",
    "农贸市场排水修缮",
    "公共停车位划设",
    "档案室温湿度设备更新",
    "办事窗口无障碍改造",
)


def proof_of(unit: str, period: Period, done: int) -> Proof | None:
    """Return the list of what a unit closed in a quarter, as a table; None when it hands none in."""
    draw = random_of("proof", unit, period.code)
    if draw.random() > SHARE:
        return None
    days = (period.end - period.start).days
    closed = sorted(period.start + timedelta(days=draw.randint(0, days)) for _ in range(done))
    lines = [f"{number},{draw.choice(MATTERS)},{day:%Y-%m-%d}" for number, day in enumerate(closed, start=1)]
    text = "\r\n".join(["序号,事项,办结日期", *lines, ""])
    return Proof(
        kind="sheet",
        title=f"{period.title}办结事项清单",
        occurred_on=period.end,
        file_name=f"{unit} {period.title}办结事项清单.csv",
        content=b"\xef\xbb\xbf" + text.encode(),
    )


def matters_of(unit: str, period: Period, stuck: int) -> str:
    """Return the rows of what is stuck, as the page types them; "" for none."""
    draw = random_of("matters", unit, period.code)
    rows = [
        {
            "what": draw.choice(MATTERS),
            "cause": draw.choice(CAUSES),
            "since": f"{period.start + timedelta(days=draw.randint(0, 60)):%Y-%m-%d}",
        }
        for _ in range(stuck)
    ]
    return json.dumps(rows, ensure_ascii=False) if rows else ""
