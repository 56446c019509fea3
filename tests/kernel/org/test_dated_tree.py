"""Any history of moves and closings leaves a closure that follows from the links, and the past untouched."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from luoshi.core.actor import SYSTEM
from luoshi.core.errors import Refusal
from luoshi.kernel.ledger.queries import events_of
from luoshi.kernel.org.actions import tree_create, unit_close, unit_create, unit_move
from luoshi.kernel.org.models import Unit, UnitLink
from luoshi.kernel.org.places import links_of_tree
from luoshi.kernel.org.positions import ancestor_chains, descendant_ids, unit_tree
from luoshi.kernel.org.tree import chain_on
from tests.harness.times import NOW
from tests.kernel.org.helpers import closure_is_right, stored_closure

pytestmark = pytest.mark.django_db
START = date(2020, 1, 1)
NAMES = [f"U{number}" for number in range(6)]

names = st.sampled_from(NAMES)
parents = st.none() | names
steps = st.one_of(
    st.tuples(st.just("move"), names, parents),
    st.tuples(st.just("move"), names, parents),
    st.tuples(st.just("close"), names, parents),
    st.tuples(st.just("create"), names, parents),
)


@st.composite
def histories(draw):
    """Pairs (days waited, step): first a deep tree is set up, then anything may be tried, also backwards."""
    begin = [
        (0, ("create", name, draw(st.sampled_from(NAMES[max(0, number - 2) : number] or [None]))))
        for number, name in enumerate(NAMES[: draw(st.integers(4, 6))])
    ]
    waits = st.sampled_from([-1, 0, 1, 1, 2])
    return begin + draw(st.lists(st.tuples(waits, steps), min_size=6, max_size=14))


def take(step, on):
    """Take one step; a refusal is an answer too and must change nothing."""
    do, code, other = step
    if do == "create":
        unit_create(by=SYSTEM, code=code, title=f"单位{code}", kind="dept", parent_code=other, on=on, now=NOW)
    elif do == "move":
        unit_move(by=SYSTEM, code=code, parent_code=other, on=on, now=NOW)
    else:
        unit_close(by=SYSTEM, code=code, on=on, successor_code=other, now=NOW)


def held_before(tree, on):
    """Return what the closure says of every day before ``on``."""
    return {
        (r.unit, r.ancestor, r.depth, r.from_on, min(r.to_on, on))
        for r in stored_closure(tree)
        if r.from_on < on
    }


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(histories())
def test_closure_follows_from_the_links_after_every_history(history):
    closure_follows(history)


@pytest.mark.deep
@settings(max_examples=500, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(histories())
def test_closure_follows_from_the_links_after_many_histories(history):
    closure_follows(history)


def closure_follows(history):
    """Play a history: after each step the closure follows from the links, and days before are unchanged."""
    with transaction.atomic():
        tree = tree_create(by=SYSTEM, now=NOW)
        on = START
        for wait, step in history:
            on += timedelta(days=wait)
            before, past = stored_closure(tree), held_before(tree, on)
            try:
                take(step, on)
            except Refusal as refusal:
                assert str(refusal) and stored_closure(tree) == before
            assert closure_is_right(tree)
            assert held_before(tree, on) == past, "a change may not reach back before its day"
        agree_with_links(tree, on)
        transaction.set_rollback(True)


def agree_with_links(tree, until):
    """Compare every reading of the tree with climbing the links, on every day."""
    links = links_of_tree(tree)
    ids = list(Unit.objects.order_by("id").values_list("id", flat=True))
    day = START - timedelta(days=1)
    while day <= until + timedelta(days=1):
        climbs = {unit: chain_on(links, unit, day) for unit in ids}
        assert {u: [a for _, a in chain] for u, chain in ancestor_chains(ids, day).items()} == {
            unit: climb[1:] for unit, climb in climbs.items()
        }
        assert {node.id: node.depth for node in unit_tree(day)} == {
            unit: len(climb) - 1 for unit, climb in climbs.items() if climb
        }
        for unit in ids:
            assert descendant_ids(unit, day) == {low for low, climb in climbs.items() if unit in climb}
        day += timedelta(days=1)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(histories())
def test_links_of_a_unit_are_one_unbroken_line_within_its_life(history):
    with transaction.atomic():
        tree_create(by=SYSTEM, now=NOW)
        on = START
        for wait, step in history:
            on += timedelta(days=wait)
            try:
                take(step, on)
            except Refusal:
                continue
        for unit in Unit.objects.order_by("id"):
            links = list(UnitLink.objects.filter(unit=unit).order_by("from_on"))
            assert links[0].from_on == unit.opened_on and links[-1].to_on == unit.closed_on
            assert all(a.to_on == b.from_on for a, b in zip(links, links[1:], strict=False))
            assert unit.ver == len(events_of("unit", unit.pk))
        transaction.set_rollback(True)
