"""What the database adds up is what the measures give one by one."""

from __future__ import annotations

from datetime import timedelta

import pytest

from luoshi.domains.plans.handing import measures_hand_out
from luoshi.domains.plans.progress import Tally
from luoshi.domains.plans.queries import leaves_of
from luoshi.domains.plans.saying import measure_say
from luoshi.domains.plans.sums import leads_of, tallies_of
from luoshi.domains.plans.tree import Asked, tree_of
from tests.domains.plans.world import (
    RESULT,
    checker,
    clerk,
    go,
    handed,
    made,
    node,
    planner,
    taken,
    verified,
    world,
)
from tests.harness.times import NOW

pytestmark = pytest.mark.django_db
LATE = NOW + timedelta(days=300)


def folded(plan, now) -> dict[int, Tally]:
    """Return the sums of requirements from their measures, without names."""
    found: dict[int, Tally] = {}
    for leaf in leaves_of(plan, now):
        found.setdefault(leaf.parent_id, Tally()).add(leaf)
    for tally in found.values():
        tally.leads = set()
    return found


def test_sums_of_the_database_are_those_of_the_measures():
    world()
    plan = handed()
    verified(plan, "1.1.1")
    go(plan, "1.1.2", "accept", clerk("P2"))
    go(plan, "1.1.2", "report", clerk("P2"), values={"result": RESULT})
    go(plan, "1.1.2", "stage", checker(), note="继续坚持")
    item = node(plan, "2.1.1").item
    measure_say(actor=clerk("P3"), item_id=item.pk, percent=30, text="进行中", now=NOW)
    go(plan, "1.2.1", "cancel", planner(), note="取消")
    for now in (NOW, LATE):
        wanted = {key: each for key, each in folded(plan, now).items() if each.measures}
        assert tallies_of(plan, now) == wanted
    total = tree_of(plan, Asked(), LATE).total
    assert (total.measures, total.closed, total.lasting, total.overdue) == (3, 1, 1, 1)


def test_what_is_not_handed_out_waits():
    world()
    plan = made()
    taken(plan)
    measures_hand_out(actor=planner(), plan_id=plan.pk, node_ids=[node(plan, "1.1.1").pk], now=NOW)
    assert tallies_of(plan, NOW) == folded(plan, NOW)
    assert tree_of(plan, Asked(), NOW).total.waiting == 3


def test_branches_name_the_units_that_lead_below_them():
    world()
    plan = handed()
    aspect, demand = node(plan, "1"), node(plan, "1.2")
    found = leads_of(plan, [demand.pk])
    assert len(found[aspect.pk]) == 2 and len(found[demand.pk]) == 1
