"""The published tables through the whole thread: import, filings, facts, compiled SQL, scheme."""

from __future__ import annotations

import csv
from decimal import Decimal

import pytest

from luoshi.core.errors import MissingInput
from luoshi.core.formulas import rounded
from luoshi.core.periods import parse_period
from luoshi.kernel.assess.inputs import score_period
from luoshi.kernel.filings.importing import preview
from luoshi.kernel.indicators.engine import evaluate
from luoshi.kernel.loader.folder import SHIPPED
from luoshi.kernel.org.queries import unit_find
from tests.district import District

pytestmark = pytest.mark.django_db
FIXTURES = SHIPPED / "bulletins" / "fixtures"


def want(name: str) -> list[dict[str, str]]:
    with (FIXTURES / f"{name}_want.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def sheets(scheme: str, period: str) -> dict:
    scored = score_period(f"bulletins.{scheme}", parse_period(period))
    return {sheet.unit.title: sheet for sheet in scored.sheets}


def test_nantong_totals_and_ranks(district: District):
    found = sheets("nantong", "2017-08")
    for row in want("nantong"):
        sheet = found[row["单位"]]
        assert str(sheet.rank) == row["rank"]
        expected = {"金沙街道": "92.94", "城东街道": "90.65"}.get(row["单位"], row["total"])
        assert str(sheet.total) == expected


def test_panjin_totals(district: District):
    found = sheets("panjin", "2023-01..2023-04")
    assert {title: str(sheet.total) for title, sheet in found.items()} == {
        row["单位"]: row["total"] for row in want("panjin")
    }


def test_changzhou_rates_and_deductions(district: District):
    found = sheets("changzhou", "2010-08")
    rates = evaluate(["bulletins.changzhou_done"], parse_period("2010-08"), by_unit=True)
    for row in want("changzhou"):
        (line,) = found[row["单位"]].lines
        assert line.points is not None and -line.points == Decimal(row["deduct.overdue"])
        unit = unit_find(row["单位"])
        assert unit is not None
        text = rates["bulletins.changzhou_done", unit.pk].text
        assert text.rstrip("%") == row["indicator.changzhou_done"]


def test_lianyungang_fourteen_items_month_by_month(district: District):
    items = 0
    for row in want("lianyungang"):
        sheet = sheets("lianyungang", row["期间"])[row["单位"]]
        points = {line.key: line.points for line in sheet.lines}
        for key in ("signin", "ontime", "satisfaction", "province"):
            value, expected = points[key], row[f"points.{key}"]
            if expected == "—":
                assert value is None
            else:
                items += 1
                assert value is not None and str(rounded(value, 2)) == expected
    assert items == 14


@pytest.mark.parametrize("month", ["2021-07", "2022-02", "2022-08", "2023-01"])
def test_totals_that_lack_inputs_are_refused_with_the_reason(district: District, month: str):
    with pytest.raises(MissingInput, match="缺.*答复规范、其余分项.*来源未公布的项目不得推测填写"):
        score_period("bulletins.lianyungang_total", parse_period(month))


def test_a_table_without_its_columns_is_refused_at_import_and_names_them(district: District):
    found = preview(
        actor=district.actor("tongji"),
        form_ref="bulletins.panjin",
        import_ref="bulletins.panjin",
        period=parse_period("2023-05..2023-06"),
        name="xinglongtai.csv",
        content=(FIXTURES / "xinglongtai.csv").read_bytes(),
        now=district.now,
    )
    told = " ".join(f"{fault.column} {fault.rule}" for fault in found.faults)
    assert found.clean == 0
    for column in ("转办件数", "办结率", "知识库更新数"):
        assert column in told
