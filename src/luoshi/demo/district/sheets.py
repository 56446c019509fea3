"""Two forms that a department makes in the browser: one is renewed, the other, doubling it, is stopped."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from luoshi.core.periods import Period
from luoshi.demo.district.habits import random_of
from luoshi.domains.admission.design import FieldDesign, RuleDesign

BROKEN = "SS01"
"""The element that both forms ask for: whoever filed the one confirms it in the other."""


@dataclass(frozen=True)
class Sheet:
    """One form: what it asks, when it was admitted, and what became of it.

    ``texts``: of the design. ``values``: unit and period → what is filed. ``first_day``: working days after
    the end of the period from which it is filed. ``renewed``: asked on, agreed on, until. ``stopped``: when.
    """

    ref: str
    asked_on: date
    admitted_on: date
    fields: tuple[FieldDesign, ...]
    rules: tuple[RuleDesign, ...]
    texts: Mapping[str, str]
    values: Callable[[str, Period], dict[str, str]]
    first_day: int
    renewed: tuple[date, date, date] | None = None
    stopped: date | None = None


def _patrol(unit: str, period: Period) -> dict[str, str]:
    chance = random_of("patrol values", unit, period.code)
    seen = chance.randint(60, 140)
    broken = chance.randint(3, 18)
    mended = broken - chance.randint(0, min(3, broken))
    kind = chance.choice(("道路", "路灯", "井盖", "护栏"))
    return {"f1": str(seen), "f2": str(broken), "f3": str(mended), "f4": kind, "f5": ""}


def _lamps(unit: str, period: Period) -> dict[str, str]:
    chance = random_of("lamps", unit, period.code)
    broken = int(_patrol(unit, period)["f2"])
    waiting = chance.randint(0, broken // 2)
    return {"f1": str(broken), "f2": str(waiting), "f3": str(chance.randint(1, 9))}


SHEETS = (
    Sheet(
        ref="local.x001",
        asked_on=date(2023, 3, 2),
        admitted_on=date(2023, 3, 6),
        fields=(
            FieldDesign("f1", "巡检处数", unit="处", least="0", help="本月到场巡检的公共设施"),
            FieldDesign("f2", "发现损坏", unit="处", least="0", element=BROKEN),
            FieldDesign("f3", "已修复", unit="处", least="0", help="本月发现的损坏中，月末已修复的"),
            FieldDesign("f4", "损坏最多的类别", "choice", options="道路\n路灯\n井盖\n护栏"),
            FieldDesign("f5", "需区级协调事项", "text", required=""),
        ),
        rules=(RuleDesign("f2", "le", "f1"), RuleDesign("f3", "le", "f2")),
        texts={
            "title": "街道公共设施巡检月报",
            "basis": "年度公共设施巡检工作方案",
            "source": "街道设施巡检台账",
            "minutes": "8",
            "until": "2024-12-31",
            "note": "代替原有的三张纸质巡检表，只留五项，由街道每月报一次。",
        },
        values=_patrol,
        first_day=2,
        renewed=(date(2023, 5, 16), date(2023, 5, 18), date(2025, 12, 31)),
    ),
    Sheet(
        ref="local.x002",
        asked_on=date(2023, 3, 9),
        admitted_on=date(2023, 3, 13),
        fields=(
            FieldDesign("f1", "发现损坏", unit="处", least="0", element=BROKEN),
            FieldDesign("f2", "其中待报废更换", unit="处", least="0"),
            FieldDesign("f3", "平均修复用时", unit="天", least="0"),
        ),
        rules=(RuleDesign("f2", "le", "f1"),),
        texts={
            "title": "街道公共设施报修月报",
            "basis": "年度公共设施巡检工作方案",
            "source": "街道设施巡检台账",
            "minutes": "5",
            "until": "2023-12-31",
            "note": "用于安排更换计划，试行一季。",
        },
        values=_lamps,
        first_day=4,
        stopped=date(2023, 6, 1),
    ),
)
