"""The core reproduces what real bulletins printed, and names the one row that it cannot."""

from __future__ import annotations

from decimal import Decimal

import pytest

from luoshi.core.errors import MissingInput
from luoshi.core.formulas import RankRow, Rounding, Tie, percent, rank, rounded
from luoshi.core.scoring import Inputs, Line, Missing, Points, calculator, combine
from tests.core.tables import table

D = Decimal

NANTONG = calculator(
    "weighted_sum",
    {
        "weights": {"system_score_w40": D("0.4"), "onsite_score_w40": D("0.4"), "duty_score_w20": D("0.2")},
        "total": 1,
    },
)
PANJIN = {
    "done_rate": D("0.20"),
    "satisfaction_rate": D("0.30"),
    "ontime_feedback_rate": D("0.25"),
    "valid_callback_rate": D("0.25"),
}
LIANYUNGANG = {
    "按时办结率": calculator("per_point", {"weight": 20, "threshold": 95, "slope": 1, "floor": 0}),
    "及时签收率": calculator("per_point", {"weight": 10, "threshold": 95, "slope": 1, "floor": 0}),
    "回访满意率": calculator(
        "per_point", {"weight": 25, "threshold": 95, "slope": D("0.5"), "floor": D("12.5")}
    ),
    "省派工单满意率": calculator(
        "per_point", {"weight": 25, "threshold": 98, "slope": D("0.5"), "floor": D("12.5")}
    ),
}


def nantong_scores() -> dict[str, Decimal]:
    keys = ("system_score_w40", "onsite_score_w40", "duty_score_w20")
    return {
        row["unit"]: rounded(NANTONG.score(Inputs(parts={key: D(row[key]) for key in keys})).points, 2)
        for row in table("t01_nantong_2017-08_streets")
    }


def test_nantong_totals_fit_but_for_the_truncated_one() -> None:
    computed = nantong_scores()
    printed = {r["unit"]: r["published_total"] for r in table("t01_nantong_2017-08_streets")}
    complete = {unit: D(total) for unit, total in printed.items() if total}
    misfits = {unit: computed[unit] for unit, total in complete.items() if computed[unit] != total}
    assert len(complete) == 19
    assert misfits == {"金沙街道": D("92.94")}
    assert complete["金沙街道"] == rounded(D("92.936"), 2, Rounding.TRUNCATE)


def test_nantong_ranks_fit_when_the_system_score_breaks_the_tie() -> None:
    table_rows = table("t01_nantong_2017-08_streets")
    scores = nantong_scores()
    rows = [RankRow(r["unit"], scores[r["unit"]], (D(r["system_score_w40"]),)) for r in table_rows]
    assert rank(rows, Tie.BREAK) == {r["unit"]: int(r["published_rank"]) for r in table_rows}
    shared = rank(rows, Tie.SHARE_LOW)
    assert (shared["新开街道"], shared["钟秀街道"]) == (4, 4)


def test_panjin_scores_fit() -> None:
    rows = table("t05_panjin_2023-01_04")
    assert len(rows) == 6
    for row in rows:
        lines = [Line(key, key, weight, Points(D(row[key]), ())) for key, weight in PANJIN.items()]
        total = combine(lines, how="weighted", missing=Missing.REFUSE, digits=1, rounding=Rounding.HALF_UP)
        assert total.points == D(row["published_score"]), row["unit"]


def test_lianyungang_item_scores_fit() -> None:
    rows = table("t03_lianyungang_rate_to_score")
    assert len(rows) == 14
    for row in rows:
        points = (
            LIANYUNGANG[row["metric"]].score(Inputs(value=D(row["rate_pct"]), label=row["metric"])).points
        )
        assert rounded(points, 2) == D(row["published_item_score"]), row


def test_lianyungang_totals_lack_inputs_and_are_refused() -> None:
    columns = {"按时办结率": "ontime_rate", "及时签收率": "signin_rate", "回访满意率": "satisfaction_rate"}
    for row in table("t03b_lianyungang_unit_totals"):
        with pytest.raises(MissingInput):
            for title, column in columns.items():
                LIANYUNGANG[title].score(Inputs(value=D(row[column]) if row[column] else None, label=title))


def test_changzhou_rates_and_deductions_fit_and_the_unit_without_cases_stays_blank() -> None:
    deduct = calculator("deduct_per", {"amount": D("0.5")})
    rows = table("t08_changzhou_2010-08_units")
    assert [row["unit"] for row in rows if not row["published_done_rate_pct"]] == ["计生委"]
    for row in rows:
        cases, overdue, other = (int(row[key]) for key in ("cases", "overdue_n", "other_overdue_n"))
        assert deduct.score(Inputs(value=D(overdue))).points == -D(row["overdue_deduction"])
        printed = row["published_done_rate_pct"]
        assert (cases == 0) == (printed == "")
        if cases:
            assert percent(cases - overdue - other, cases, 1) == D(printed), row["unit"]
