"""Scoring a scheme from figures: totals, ranks, units set apart, and refusals that name what is missing."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest

from luoshi.core.errors import MissingInput
from luoshi.kernel.assess.compute import ScoredUnit, score


@dataclass(frozen=True)
class FakeFigure:
    value: Decimal | None
    base: int = 1
    unit: str = "分"

    @property
    def text(self) -> str:
        return "—" if self.value is None else f"{self.value}"


def units(*titles: str) -> list[ScoredUnit]:
    return [ScoredUnit(number, f"U{number}", title, number) for number, title in enumerate(titles, 1)]


def scheme(**changes: Any) -> dict[str, Any]:
    return {
        "title": "街道考核",
        "groups": [{"key": "all", "title": "全部街道", "of": "true"}],
        "criteria": [
            {"key": "system", "title": "系统得分", "input": "system", "calc": {"value": {}}, "weight": "0.4"},
            {"key": "onsite", "title": "现场得分", "input": "onsite", "calc": {"value": {}}, "weight": "0.6"},
        ],
        "combine": {"how": "weighted", "missing": "refuse", "digits": 2, "rounding": "half_up"},
        "rank": {"tie": "break", "by": ["system"], "better": "up"},
        **changes,
    }


def figures(**columns: tuple[str | None, ...]) -> dict[tuple[str, int], FakeFigure]:
    return {
        (key, number): FakeFigure(None if text is None else Decimal(text))
        for key, texts in columns.items()
        for number, text in enumerate(texts, 1)
    }


def test_weighted_total_is_rounded_once_and_ranked():
    sheets = score(scheme(), {"all": units("甲", "乙")}, figures(system=("90", "95"), onsite=("80", "90.01")))
    assert [(sheet.unit.title, sheet.total, sheet.rank) for sheet in sheets] == [
        ("乙", Decimal("92.01"), 1),
        ("甲", Decimal("84.00"), 2),
    ]


def test_equal_printed_totals_are_ordered_by_the_named_criterion():
    sheets = score(
        scheme(), {"all": units("甲", "乙")}, figures(system=("90.00", "90.03"), onsite=("80.02", "80.00"))
    )
    assert [(sheet.unit.title, sheet.total, sheet.rank) for sheet in sheets] == [
        ("乙", Decimal("84.01"), 1),
        ("甲", Decimal("84.01"), 2),
    ]


def test_every_point_has_its_steps():
    (sheet,) = score(scheme(), {"all": units("甲")}, figures(system=("90",), onsite=("80",)))
    assert all(line.steps for line in sheet.lines)
    assert "0.4" in "".join(sheet.steps) and "84" in "".join(sheet.steps)


def test_unit_without_filing_is_set_apart_and_pushes_nobody_down():
    known = figures(system=("90", "80", "70"), onsite=("90", "80", "70"))
    del known["system", 1], known["onsite", 1]
    sheets = score(scheme(), {"all": units("甲", "乙", "丙")}, known)
    assert [(sheet.unit.title, sheet.status, sheet.rank) for sheet in sheets] == [
        ("乙", "ranked", 1),
        ("丙", "ranked", 2),
        ("甲", "apart", None),
    ]
    assert "未报" in sheets[-1].reason


def test_missing_input_is_refused_naming_unit_and_criterion():
    with pytest.raises(MissingInput, match="甲缺现场得分"):
        score(scheme(), {"all": units("甲", "乙")}, figures(system=("90", "80"), onsite=(None, "80")))


def test_items_only_scheme_has_no_totals_and_no_ranks():
    (sheet,) = score(
        scheme(combine="none", rank="none"), {"all": units("甲")}, figures(system=("90",), onsite=(None,))
    )
    assert (sheet.status, sheet.total, sheet.rank) == ("items", None, None)
    assert [line.points is None for line in sheet.lines] == [False, True]


def test_scheme_without_units_is_refused():
    with pytest.raises(MissingInput, match="没有适用单位"):
        score(scheme(), {"all": []}, {})


def test_same_inputs_give_the_same_bytes():
    def run() -> list[bytes]:
        known = figures(system=("90", "80"), onsite=("70", "60"))
        return [sheet.canonical() for sheet in score(scheme(), {"all": units("甲", "乙")}, known)]

    assert run() == run()
