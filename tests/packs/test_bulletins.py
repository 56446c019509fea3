"""The four bulletins by plain arithmetic, without any of the machinery that the pack goes through."""

from __future__ import annotations

import csv
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

import pytest

from luoshi.kernel.files.sheets import read_table
from luoshi.kernel.loader.check import pack_check
from luoshi.kernel.loader.folder import SHIPPED
from luoshi.kernel.org.importing import units_preview

FIXTURES = SHIPPED / "bulletins" / "fixtures"


def rows(name: str) -> list[dict[str, str]]:
    with (FIXTURES / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def want(name: str) -> dict[str, dict[str, str]]:
    return {row["单位"] + row.get("期间", ""): row for row in rows(f"{name}_want")}


def half_up(value: Decimal, places: str) -> Decimal:
    return value.quantize(Decimal(places), ROUND_HALF_UP)


def test_nantong_eighteen_of_nineteen_totals_and_all_ranks():
    """0.4 / 0.4 / 0.2; 金沙 is 92.936 and printed 92.93; the total of 城东 is cut off in print."""
    totals = {}
    for row in rows("nantong"):
        system, onsite, duty = (Decimal(row[f"{part}考评得分"]) for part in ("系统", "实地", "履职"))
        totals[row["单位"]] = (half_up((system * 4 + onsite * 4 + duty * 2) / 10, "0.01"), system)
    wanted = want("nantong")
    differ = [unit for unit in totals if wanted[unit]["total"] not in ("", str(totals[unit][0]))]
    assert differ == ["金沙街道"] and [unit for unit in totals if not wanted[unit]["total"]] == ["城东街道"]
    order = sorted(totals, key=lambda unit: totals[unit], reverse=True)
    assert [wanted[unit]["rank"] for unit in order] == [str(place) for place in range(1, 21)]


def test_panjin_six_of_six():
    for row in rows("panjin"):
        done, satisfied, feedback, callback = (
            Decimal(row[name]) for name in ("办结率", "满意率", "按时反馈率", "有效回访率")
        )
        score = (done * 20 + satisfied * 30 + feedback * 25 + callback * 25) / 100
        assert str(half_up(score, "0.1")) == want("panjin")[row["单位"]]["total"] == row["公布得分"]


def test_panjin_cannot_tell_how_the_last_half_is_split():
    """Every split of 0.50 between the last two rates gives the same six scores: the pack says so."""
    for share in range(0, 51, 5):
        for row in rows("panjin"):
            done, satisfied, feedback, callback = (
                Decimal(row[name]) for name in ("办结率", "满意率", "按时反馈率", "有效回访率")
            )
            score = (done * 20 + satisfied * 30 + feedback * share + callback * (50 - share)) / 100
            assert str(half_up(score, "0.1")) == row["公布得分"]
    (scheme,) = (
        entry.body
        for entry in pack_check(SHIPPED / "bulletins").entries
        if (entry.kind, entry.key) == ("scheme", "panjin")
    )
    assert "无法由公布数据判定" in scheme["basis"]
    assert all("无法判定" in each["note"] for each in scheme["criteria"][2:])


def test_changzhou_all_rates_all_deductions_and_the_blank_one():
    for row in rows("changzhou"):
        cases, overdue, other = (int(row[name]) for name in ("受理件数", "超期件数", "其他超期件数"))
        wanted = want("changzhou")[row["单位"]]
        assert Decimal(overdue) / 2 == Decimal(wanted["deduct.overdue"]) == Decimal(row["超期扣分"])
        if cases:
            rate = half_up(Decimal(100 * (cases - overdue - other)) / cases, "0.1")
            assert str(rate) == wanted["indicator.changzhou_done"] == row["公布结案率"]
        else:
            assert (wanted["indicator.changzhou_done"], row["公布结案率"]) == ("—", "")


RULES = {
    "ontime": ("按时办结率", 20, 95, Decimal(1), Decimal(0)),
    "signin": ("及时签收率", 10, 95, Decimal(1), Decimal(0)),
    "satisfaction": ("回访满意率", 25, 95, Decimal("0.5"), Decimal("12.5")),
    "province": ("省派工单满意率", 25, 98, Decimal("0.5"), Decimal("12.5")),
}


def test_lianyungang_fourteen_of_fourteen_items():
    items = 0
    for row in rows("lianyungang"):
        wanted = want("lianyungang")[row["单位"] + row["期间"]]
        for key, (column, full, threshold, slope, floor) in RULES.items():
            if row[column]:
                items += 1
                points = max(floor, full - slope * max(Decimal(0), threshold - Decimal(row[column])))
                assert str(half_up(points, "0.01")) == wanted[f"points.{key}"]
            else:
                assert wanted[f"points.{key}"] == "—"
    assert items == 14


@pytest.mark.django_db
def test_the_unit_table_is_taken_by_the_import_of_units_without_a_fault():
    preview = units_preview(
        read_table("units.csv", (FIXTURES / "units.csv").read_bytes()), on=date(2004, 1, 1)
    )
    assert preview.faults == () and preview.new == len(rows("units")) == 54
