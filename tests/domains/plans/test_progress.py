"""What is unknown is shown as unknown, never as 0; what units say never counts as a fact."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from luoshi.domains.plans.progress import Leaf, Tally, Timing, standing_of
from tests.harness.times import NOW

LEAF = Leaf(
    id=1,
    parent_id=1,
    code="1.1.1",
    title="甲",
    weight=1,
    lead_id=1,
    lead="P1",
    leader="",
    due_on=NOW.date(),
    lasting=False,
    handed_on=None,
    item_id=1,
    stage="working",
    state="doing",
    said_percent=None,
    said_on=None,
    timing=None,
    standing="doing",
    known=None,
)
DONE = replace(LEAF, stage="done", state="closed", standing="done", known=Decimal(100))


def tally(*leaves: Leaf) -> Tally:
    found = Tally()
    for leaf in leaves:
        found.add(leaf)
    return found


def test_nothing_known_is_no_percent_at_all():
    found = tally(LEAF, replace(LEAF, said_percent=90))
    assert found.percent is None and found.unknown == 100 and found.said_percent == 90


def test_percents_are_weighed_and_the_rest_is_unknown():
    found = tally(replace(DONE, weight=3), LEAF)
    assert (found.percent, found.unknown, found.closed, found.dated) == (75, 25, 1, 2)


def test_a_hundred_only_when_everything_is_done():
    almost = tally(replace(DONE, weight=1000), replace(LEAF, known=Decimal(99)))
    assert almost.percent == 99
    assert tally(DONE).percent == 100 and tally(DONE).unknown == 0
    assert tally(replace(DONE, weight=1000), LEAF).unknown == 1


def test_lasting_measures_stand_outside_the_sum():
    found = tally(DONE, replace(LEAF, lasting=True))
    assert (found.percent, found.lasting, found.measures, found.dated) == (100, 1, 2, 1)


def test_ended_ones_do_not_count():
    assert tally(replace(LEAF, standing="ended")).measures == 0


def test_sums_of_branches_are_those_of_their_measures():
    first, second = tally(DONE, LEAF), tally(replace(LEAF, weight=2, known=Decimal(50), said_percent=10))
    first.absorb(second)
    assert first == tally(DONE, LEAF, replace(LEAF, weight=2, known=Decimal(50), said_percent=10))


DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("stage", "state", "timing", "standing"),
    [
        ("", "", None, "waiting"),
        ("void", "ended", None, "ended"),
        ("assigned", "sent", Timing(NOW + 30 * DAY, NOW + 30 * DAY, None), "sent"),
        ("working", "doing", Timing(NOW + 30 * DAY, NOW + 30 * DAY, None), "doing"),
        ("working", "doing", Timing(NOW + 3 * DAY, NOW + 3 * DAY, None), "near"),
        ("working", "doing", Timing(NOW - DAY, NOW - DAY, None), "overdue"),
        ("assigned", "sent", Timing(NOW - DAY, NOW - DAY, None), "overdue"),
        ("verifying", "check", Timing(NOW - DAY, NOW - DAY, NOW - 2 * DAY), "check"),
        ("working", "lasting", None, "lasting"),
        ("done", "closed", Timing(NOW, NOW, NOW - DAY), "done"),
        ("done", "kept", Timing(NOW, NOW, NOW + DAY), "late"),
    ],
)
def test_how_a_measure_stands_follows_from_stage_and_clock(stage, state, timing, standing):
    assert standing_of(stage, state, timing, NOW) == standing
