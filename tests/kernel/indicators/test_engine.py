"""Figures over real filings: value, printed form, fingerprint, as-of, and the rows behind."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from luoshi.core.errors import MissingInput, NotFound
from luoshi.core.periods import parse_period
from luoshi.kernel.filings.actions import filing_correct
from luoshi.kernel.filings.models import FilingFact
from luoshi.kernel.indicators.engine import evaluate, rows_behind
from luoshi.kernel.indicators.queries import figure_row, figures_of, indicator_card
from luoshi.kernel.ledger.actions import sequence
from tests.harness.times import NOW
from tests.kernel.filings.helpers import (
    DECEMBER,
    DESK,
    OFFICE,
    SYSADMIN,
    desk_over,
    filed,
    form_body,
    indicator,
    opened,
    pack_install,
    take,
    world,
)

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=1)


@pytest.fixture
def units():
    found = world()
    opened()
    take()
    return found


def figure(ref, *, period=DECEMBER, at=None):
    return evaluate([f"t.{ref}"], period, by_unit=False, at=at)[f"t.{ref}", None]


def test_a_figure_carries_all_it_was_made_of(units):
    sequence()
    found = figure("done")
    assert (found.num, found.den, found.base, found.text) == (Decimal(29), Decimal(35), 4, "82.86%")
    assert (found.title, found.unit_id, found.period, found.digits, found.unit) == (
        "办结率",
        None,
        DECEMBER,
        2,
        "%",
    )
    assert found.pack_version == 1 and len(found.formula_hash) == 64
    assert found.position > 0


def test_all_figures_of_a_report_come_from_one_aggregate_query(units):
    refs = [f"t.{key}" for key in ("cases", "done", "rate", "count", "urgent")]
    evaluate(refs, DECEMBER, by_unit=True)
    with CaptureQueriesContext(connection) as captured:
        found = evaluate(refs, DECEMBER, by_unit=True)
    assert len([each for each in captured if "filings_filingfact" in each["sql"]]) == 1
    assert len(found) == 20
    own = {
        ref: found[f"t.{ref}", units["S1"].pk].text for ref in ("cases", "done", "rate", "count", "urgent")
    }
    assert own == {"cases": "10", "done": "90.00%", "rate": "98.06%", "count": "1", "urgent": "0.0%"}
    assert found["t.done", units["S3"].pk].text == "—"
    assert found["t.rate", units["S2"].pk].value is None


def test_units_asked_for_have_a_figure_even_without_a_filing(units):
    asked = {units["S1"].pk, units["P1"].pk}
    found = evaluate(["t.cases"], DECEMBER, by_unit=True, unit_ids=asked)
    assert {unit: (each.base, each.text) for (_, unit), each in found.items()} == {
        units["S1"].pk: (1, "10"),
        units["P1"].pk: (0, "—"),
    }
    total = evaluate(["t.cases"], DECEMBER, by_unit=False, unit_ids=asked)
    assert total["t.cases", None].num == 10
    assert evaluate(["t.cases"], DECEMBER, by_unit=False, unit_ids=[])["t.cases", None].base == 0


def test_a_longer_period_counts_the_filings_that_lie_within(units):
    opened(parse_period("2020-11"))
    take([("S1", 100, 0, None, None)], period=parse_period("2020-11"))
    assert figure("cases", period=parse_period("2020-Q4")).num == 135
    assert figure("cases").num == 35
    assert figure("cases", period=parse_period("2020-11..2021-02")).num == 135
    assert figure("cases", period=parse_period("2020-10")).base == 0


def test_as_of_a_moment_the_older_version_counts(units):
    before = figure("cases", at=NOW)
    filing_correct(actor=DESK, obligation_id=filed("S1").pk, values={"cases": "12"}, reason="核对", now=LATER)
    assert figure("cases").num == 37
    assert figure("cases", at=NOW) == before
    assert figure("cases", at=NOW - timedelta(seconds=1)).base == 0


def test_the_fingerprint_changes_with_any_value_and_with_the_rows(units):
    before = figure("cases").fingerprint
    assert figure("done").fingerprint == before
    assert figure("rate").fingerprint != before
    filing_correct(actor=DESK, obligation_id=filed("S1").pk, values={"rate": "1"}, reason="核对", now=LATER)
    assert figure("cases").fingerprint != before
    assert figure("cases").num == 35


def test_blanks_refuse_a_figure_that_wants_every_value(units):
    with pytest.raises(MissingInput, match="现有 1 行空缺"):
        figure("strict")
    FilingFact.objects.filter(i03=None).update(i03=100)
    assert figure("strict").base == 4


def test_common_names_can_be_used(units):
    pack_install(
        2,
        branch=indicator(
            title="分支", sum="cases", where="unit.branch == 'A' and unit.code != 'S4'", empty="skip"
        ),
        late=indicator(title="迟报", num="timing == 'late'", den="all", empty="as_no", unit="%"),
    )
    assert figure("branch").num == 30
    assert figure("late").text == "0%"
    FilingFact.objects.filter(unit_code="S1").update(timing="late")
    assert figure("late").text == "25%"


def test_nodes_of_a_year_are_not_added_up(units):
    pack_install(2, form_body(period="node"))
    FilingFact.objects.update(
        period_code="2020-N1",
        period_kind="node",
        period_start="2020-01-01",
        period_end="2020-12-31",
        month=202012,
    )
    assert figure("cases", period=parse_period("2020")).base == 0
    assert figure("cases", period=parse_period("2020-N1")).num == 35
    assert figure("cases", period=parse_period("2020-N2")).base == 0


def test_an_older_definition_can_be_evaluated_again(units):
    pack_install(2, cases=indicator(title="件数", sum="cases * 2", empty="skip"))
    assert figure("cases").num == 70
    old = evaluate(["t.cases"], DECEMBER, by_unit=False, versions={"t": 1})["t.cases", None]
    assert (old.num, old.pack_version) == (35, 1)


def test_an_unknown_indicator_is_named():
    world()
    with pytest.raises(NotFound, match="是否想写 t.cases"):
        figure("case")


def test_before_anything_was_opened_a_figure_is_a_dash():
    world()
    assert figure("cases").text == "—"
    assert figure("count").text == "0"


def test_rows_behind_a_figure_open_to_filing_and_event(units):
    found = rows_behind(OFFICE, "t.rate", DECEMBER)
    assert [(row.unit.code, row.values["rate"]) for row in found.rows] == [
        ("S1", "98.06"),
        ("S3", "100"),
        ("S4", "0"),
    ]
    assert found.columns == [("rate", "满意率", "%")]
    assert found.hidden == 0
    assert all(row.event_id and row.obligation_id == filed(row.unit.code).pk for row in found.rows)
    assert found.fingerprint == figure("rate").fingerprint
    only = rows_behind(OFFICE, "t.rate", DECEMBER, units["S3"].pk)
    assert [row.unit.code for row in only.rows] == ["S3"]


def test_rows_out_of_sight_are_counted_but_not_shown(units):
    found = rows_behind(desk_over(units["S1"]), "t.cases", DECEMBER)
    assert ([row.unit.code for row in found.rows], found.hidden) == (["S1"], 3)
    assert found.fingerprint == figure("cases").fingerprint
    nobody = rows_behind(SYSADMIN, "t.cases", DECEMBER)
    assert (nobody.rows, nobody.hidden) == ([], 4)


def test_a_figure_is_stored_as_it_was_computed(units):
    owner = filed("S1")
    rows = [
        figure_row(each, owner=owner, key=ref)
        for (ref, _), each in evaluate(["t.done", "t.count"], DECEMBER, by_unit=False).items()
    ]
    for row in rows:
        row.save()
    count, done = figures_of(owner)
    assert (done.num, done.den, done.text, done.base) == ("29", "35", "82.86%", 4)
    assert done.value.startswith("82.857142857")
    assert (count.den, count.value) == (None, "4")


def test_an_indicator_is_told_in_words(units):
    card = indicator_card("t.done")
    assert dict(card.lines) == {
        "统计范围": "表单“月报”在期间内的现行填报",
        "分子": "件数 - 超期",
        "分母": "件数",
        "空缺": "空缺的行不计入",
        "印出": "保留 2 位小数，四舍五入，单位%",
        "评价方向": "越高越好",
    }
    assert dict(indicator_card("t.urgent").lines)["分母"] == "填报份数"


def test_an_older_version_is_told_in_the_words_of_its_form(units):
    pack_install(2, form_body(title="新月报"))
    assert dict(indicator_card("t.done", 1).lines)["统计范围"] == "表单“月报”在期间内的现行填报"
    assert dict(indicator_card("t.done").lines)["统计范围"] == "表单“新月报”在期间内的现行填报"
