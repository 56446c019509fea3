"""Figures over items: names of moves, clocks and duties, time axes, units, as-of, verdicts at a moment."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from luoshi.core.periods import parse_period
from luoshi.kernel.definitions.queries import definition
from luoshi.kernel.indicators.engine import evaluate, rows_behind
from luoshi.kernel.indicators.grain import moment_of, named_of, wanted_of
from luoshi.kernel.indicators.measure import value_of
from luoshi.kernel.indicators.queries import indicator_card
from luoshi.kernel.indicators.query import NOTHING, sums_of
from luoshi.kernel.items.clock_models import ItemClock
from luoshi.kernel.items.facts import facts_check, facts_rebuild
from luoshi.kernel.items.models import ClockFact
from tests.harness.times import NOW
from tests.kernel.items.helpers import closed, desk, doing, go, lead, office, reported, taken_in, world

pytestmark = pytest.mark.django_db
JANUARY, FEBRUARY = parse_period("2021-01"), parse_period("2021-02")
ONE = timedelta(days=1)
AGAIN = "已补齐材料，并再次与银行当面对接，续贷手续办理完毕。"


@pytest.fixture(autouse=True)
def planted():
    return world()


def text(key: str, *, period=JANUARY, at=None, now=NOW, unit=None) -> str:
    ids = None if unit is None else [unit.pk]
    found = evaluate([f"zhengqi.{key}"], period, by_unit=False, unit_ids=ids, at=at, now=now)
    return found[f"zhengqi.{key}", None].text


def value(body: dict, *, period=JANUARY, at=None, now=NOW) -> Decimal | None:
    """Evaluate a definition that no pack holds."""
    pack = definition("indicator", "zhengqi.solved")
    common = {"grain": "case", "time": "created", "empty": "skip"}
    found = replace(pack, body=common | body)
    moment = moment_of(found, period, at, now)
    want = wanted_of(found, named_of(found, moment), moment)
    (sums,) = sums_of([want], period, by_unit=False, unit_ids=None, at=at)
    total = sums.get(None, NOTHING)
    return value_of(want.measure, total.num, total.den, total.base)


def count(where: str, **given) -> int:
    return int(value({"count": "all", "where": where}, **given))


def test_the_definitions_of_the_pack_count_what_was_done():
    closed("P1")
    item = reported("P2")
    go(item, "confirm", desk(), values={"solved": "partly"})
    doing("P2")
    assert text("received") == "3"
    assert text("solved") == "33.33%"
    assert text("rating") == "98.00"
    assert text("ontime") == "66.67%"
    assert text("open") == "1"


def test_all_figures_over_items_come_from_one_aggregate_query(planted):
    closed("P1")
    refs = [f"zhengqi.{key}" for key in ("received", "solved", "ontime", "rating", "again", "days")]
    evaluate(refs, JANUARY, by_unit=True, now=NOW)
    with CaptureQueriesContext(connection) as captured:
        found = evaluate(refs, JANUARY, by_unit=True, now=NOW)
    folded = [each for each in captured if "items_itemfact" in each["sql"] and "SUM(k0)" in each["sql"]]
    assert len(folded) == 1
    assert found["zhengqi.solved", planted["P1"].pk].text == "100.00%"
    assert ("zhengqi.solved", planted["P2"].pk) not in found


def test_a_clock_turns_overdue_by_time_alone_and_nobody_has_to_act():
    doing()
    where = "clock.total.first.verdict == 'missed'"
    assert count(where, now=NOW + 5 * ONE) == 0
    assert count(where, now=NOW + 40 * ONE) == 1
    assert count("clock.total.last.verdict == 'running'", now=NOW + 5 * ONE) == 1
    assert count(where, at=NOW + 40 * ONE) == 1


def test_a_pause_that_ended_by_itself_counts_as_ended():
    item = doing()
    go(item, "ask", lead(), NOW + ONE, note="缺评估报告")
    assert count("clock.total.first.verdict == 'paused'", now=NOW + 2 * ONE) == 1
    assert count("clock.total.first.verdict == 'running'", now=NOW + 12 * ONE) == 1
    assert count("clock.total.first.verdict == 'missed'", now=NOW + 60 * ONE) == 1


def test_first_last_and_outer_tell_a_reopened_item_apart():
    item = closed()
    go(item, "reopen", desk(), NOW + 2 * ONE, note="问题未解决")
    assert count("clock.total.first.verdict == 'met' and clock.total.last.verdict == 'running'") == 1
    go(
        item,
        "report",
        lead(),
        NOW + 40 * ONE,
        values={"result": "已与银行重新办理全部贷款续期手续，并已放款到账。"},
    )
    go(item, "confirm", desk(), NOW + 41 * ONE, values={"solved": "yes"})
    assert count("clock.total.first.verdict == 'met'") == 1
    assert count("clock.total.outer.verdict == 'missed'") == 1
    assert value({"sum": "clock.total.outer.late_days"}) > 0
    assert value({"sum": "clock.total.first.late_days"}) == 0
    assert value({"sum": "clock.total.outer.gross"}) >= value({"sum": "clock.total.outer.net"})
    assert value({"sum": "reopened"}) == 1 and text("again") == "100.00%"


def test_moves_have_days_and_counts():
    item = reported()
    go(item, "rework", desk(), NOW + ONE, note="材料不全")
    go(
        item,
        "report",
        lead(),
        NOW + 20 * ONE,
        values={"result": "已补齐材料，并再次与银行当面对接，续贷手续办理完毕。"},
    )
    assert value({"sum": "move.report.count"}) == 2
    assert count("move.report.first == '2021-01-15' and move.report.last == '2021-02-04'") == 1
    assert count("move.confirm.first >= '2000-01-01'") == 0
    body = {"count": "all", "time": "move.report.last"}
    assert (value(body, period=JANUARY), value(body, period=FEBRUARY)) == (0, 1)
    assert value(body, period=JANUARY, at=NOW + 2 * ONE) == 1


def test_units_are_those_that_led_on_the_day(planted):
    closed("P1")
    doing("P2")
    assert text("received", unit=planted["P1"]) == "1"
    assert count("lead.code == 'P2' and lead.branch == 'A'") == 1
    taken_in()
    assert text("received") == "3"
    found = evaluate(["zhengqi.received"], JANUARY, by_unit=True, now=NOW)
    assert {unit for _, unit in found} == {planted["P1"].pk, planted["P2"].pk}


def test_as_of_a_moment_items_stand_as_they_did():
    item = reported()
    go(item, "confirm", desk(), NOW + 3 * ONE, values={"solved": "yes", "rating": "90"})
    assert text("solved") == "100.00%"
    assert text("solved", at=NOW + ONE) == "0.00%"
    assert text("rating", at=NOW + ONE) == "—"
    assert text("received", at=NOW - ONE) == "0"
    assert count("stage == 'verifying'", at=NOW + ONE) == 1


def test_a_median_is_the_middle_or_the_mean_of_two():
    ratings = ["10", "40", "100", "20"]
    for rating in ratings:
        go(reported(), "confirm", desk(), values={"solved": "yes", "rating": rating})
    assert value({"median": "rating"}) == 30
    go(reported(), "confirm", desk(), values={"solved": "yes", "rating": "100"})
    assert value({"median": "rating"}) == 40
    assert value({"median": "rating", "where": "rating > 100"}) is None


def test_rows_behind_are_the_items_one_may_see():
    item = closed("P1")
    closed("P2")
    found = rows_behind(office(), "zhengqi.solved", JANUARY, now=NOW)
    assert len(found.items) == 2 and found.hidden == 0
    own = rows_behind(lead("P1"), "zhengqi.solved", JANUARY, now=NOW)
    assert ([row.number for row in own.items], own.hidden) == ([item.number], 1)


def test_the_card_says_what_is_counted():
    lines = dict(indicator_card("zhengqi.ontime").lines)
    assert lines["统计范围"] == "事项“企业问题”"
    assert lines["期间"] == "首次“登记”的日期在期间内的"
    assert lines["条件"] == "阶段 ≠ 作废"
    assert lines["分子"] == "“办结时限”（首次）的结果 = 按时"
    assert lines["分母"] == "事项件数"


def test_facts_of_clocks_are_held_against_clocks_and_made_anew():
    item = doing()
    go(item, "ask", lead(), NOW + ONE, note="缺评估报告")
    go(item, "answer", desk(), NOW + 2 * ONE)
    closed()
    assert facts_check().faults == ()
    before = list(ClockFact.objects.order_by("clock_id", "from_ms", "id").values())
    ClockFact.objects.filter(to_ms=None).update(late_days=77)
    assert len(facts_check().faults) == ItemClock.objects.count()
    facts_rebuild()
    assert facts_check().faults == ()
    assert list(ClockFact.objects.order_by("clock_id", "from_ms", "id").values()) == before
    ClockFact.objects.all().delete()
    facts_rebuild()
    assert facts_check().faults == ()
