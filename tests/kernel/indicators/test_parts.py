"""Figures over moves and clocks, over how things stood at a period's end, and then against now."""

from __future__ import annotations

import pytest

from luoshi.core.actor import SYSTEM
from luoshi.kernel.definitions.queries import definition
from luoshi.kernel.indicators.catalogue import catalogue, changes_in_sight, compared, versions_of
from luoshi.kernel.indicators.engine import evaluate, rows_left_out, rows_then_and_now
from luoshi.kernel.org.actions import unit_move
from tests.harness.times import NOW
from tests.kernel.indicators.test_items import FEBRUARY, JANUARY, ONE, count, value
from tests.kernel.items.helpers import RESULT, closed, desk, doing, go, lead, office, reported, world

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def planted():
    return world()


def moves(where: str, **given) -> int:
    body = {"grain": "move", "item": "case", "time": "taken", "count": "all", "where": where}
    return int(value(body, **given))


def clocks(where: str, clock: str = "total", **given) -> int:
    body = {"grain": "clock", "item": "case", "clock": clock, "time": "start", "count": "all", "where": where}
    return int(value(body, **given))


def test_moves_are_counted_each_time_they_are_taken():
    item = reported()
    go(item, "rework", desk(), NOW + ONE, note="材料不全")
    assert moves("move == 'report'") == 1
    assert moves("move == 'rework' and lead.code == 'P1' and by.unit == 'ZX'") == 1
    assert moves("stage == 'working' and kind == 'finance'") == 5
    assert moves("move == 'rework'", at=NOW) == 0
    assert moves("true", period=FEBRUARY) == 0


def test_clocks_are_counted_by_round_with_their_verdict():
    item = closed()
    go(item, "reopen", desk(), NOW + 2 * ONE, note="问题未解决")
    doing("P2")
    assert clocks("true") == 3
    assert clocks("verdict == 'met'") == 1
    assert clocks("verdict == 'missed'", now=NOW + 60 * ONE) == 2
    assert clocks("round == 2 and newest and lead.code == 'P1'") == 1
    assert clocks("verdict == 'met'", clock="sign") == 2
    assert clocks("true", at=NOW) == 2


def test_items_at_the_end_of_a_period_stand_as_they_did():
    item = doing()
    go(item, "report", lead(), NOW + 20 * ONE, values={"result": RESULT})
    later = NOW + 25 * ONE
    body = {"count": "all", "time": "end", "where": "stage == 'working'"}
    assert value(body, period=JANUARY, now=later) == 1
    assert value(body, period=FEBRUARY, now=later) == 0
    found = evaluate(["zhengqi.open"], JANUARY, by_unit=False, now=later)
    assert found["zhengqi.open", None].text == "1"


def test_what_made_the_difference_since_a_day_is_told_with_its_events():
    item = reported()
    closed("P2")
    go(item, "confirm", desk(), NOW + 3 * ONE, values={"solved": "yes"})
    then, now = NOW + ONE, NOW + 4 * ONE
    changes = rows_then_and_now("zhengqi.solved", JANUARY, unit_ids=None, then=then, now=now)
    assert [(change.row_id, change.what) for change in changes] == [(item.pk, "内容有变")]
    found = definition("indicator", "zhengqi.solved")
    (view,), others = changes_in_sight(office(), found, changes, then)
    assert (view.label, [event.kind for event in view.events], others) == (item.number, ["item.moved"], 0)
    hidden = changes_in_sight(lead("P2"), found, changes, then)
    assert hidden == ([], 1)


def test_moving_a_unit_changes_no_past_figure():
    closed("P1")
    before = count("lead.parent == 'A'"), evaluate(["zhengqi.solved"], JANUARY, by_unit=True, now=NOW)
    later = NOW + 5 * ONE
    unit_move(by=SYSTEM, code="P1", parent_code="B", on=later.date(), now=later)
    after = evaluate(["zhengqi.solved"], JANUARY, by_unit=True, now=NOW)
    assert count("lead.parent == 'A'") == before[0] == 1
    assert {key: (each.num, each.den, each.fingerprint) for key, each in after.items()} == {
        key: (each.num, each.den, each.fingerprint) for key, each in before[1].items()
    }


def test_a_card_compares_periods_and_counts_what_is_left_out():
    closed()
    titles = [
        (each.title, each.period.code, each.figure.text)
        for each in compared("zhengqi.received", FEBRUARY, unit_ids=None, at=None, now=NOW + 30 * ONE)
    ]
    assert titles == [
        ("上期", "2021-01", "1"),
        ("去年同期", "2020-02", "0"),
        ("年初至今", "2021-01..2021-02", "1"),
    ]
    assert rows_left_out("zhengqi.rating", JANUARY, unit_ids=None, now=NOW) == 0
    go(reported(), "confirm", desk(), values={"solved": "no"})
    assert rows_left_out("zhengqi.rating", JANUARY, unit_ids=None, now=NOW) == 1


def test_the_catalogue_finds_by_word_area_and_way():
    every = catalogue()
    assert {each.area for each in every} == {"政企互通服务"}
    assert [each.ref for each in every if each.fits("解决", "", "")] == ["zhengqi.solved"]
    assert [each.ref for each in every if each.fits("", "zhengqi", "median")] == ["zhengqi.days"]
    assert [row.version for row in versions_of("zhengqi.solved")] == [1]
