"""The arithmetic of dated trees, against a recomputation day by day."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from luoshi.kernel.org.tree import FOREVER, Link, Reach, TreeBroken, chain_on, closure_of

START = date(2020, 1, 1)
DAYS = 12


def day(offset):
    return START + timedelta(days=offset)


@st.composite
def histories(draw):
    """Links of up to seven units over twelve days: each day some move under a unit that is not below them."""
    count = draw(st.integers(1, 7))
    parent = {}
    spans = {}
    for unit in range(count):
        parent[unit] = draw(st.sampled_from([None, *range(unit)]))
        spans[unit] = [(0, parent[unit])]
    for offset in range(1, DAYS):
        for unit in draw(st.lists(st.integers(0, count - 1), max_size=2, unique=True)):
            above = draw(st.sampled_from([None, *range(count)]))
            if above != parent[unit] and unit not in climbed(parent, above):
                parent[unit] = above
                spans[unit].append((offset, above))
    links = []
    for unit, moves in spans.items():
        ends = [*(offset for offset, _ in moves[1:]), None]
        links += [
            Link(unit, day(begin), FOREVER if end is None else day(end), above)
            for (begin, above), end in zip(moves, ends, strict=True)
        ]
    return links


def climbed(parent, unit):
    chain = []
    while unit is not None:
        chain.append(unit)
        unit = parent[unit]
    return chain


@settings(max_examples=300, deadline=None)
@given(histories())
def test_closure_says_on_every_day_what_climbing_the_links_says(links):
    closure = closure_of(links)
    for offset in range(DAYS + 1):
        held = {(r.unit, r.depth): r.ancestor for r in closure if r.from_on <= day(offset) < r.to_on}
        climb = {
            (unit, depth): ancestor
            for unit in {link.unit for link in links}
            for depth, ancestor in enumerate(chain_on(links, unit, day(offset)))
        }
        assert held == climb


@settings(max_examples=200, deadline=None)
@given(histories())
def test_closure_rows_of_one_pair_never_touch_or_overlap(links):
    rows = sorted(closure_of(links))
    for one, two in zip(rows, rows[1:], strict=False):
        if (one.unit, one.ancestor) == (two.unit, two.ancestor):
            assert one.to_on <= two.from_on or one.depth != two.depth
            assert (one.depth, one.to_on) != (two.depth, two.from_on)


@settings(max_examples=100, deadline=None)
@given(histories(), st.data())
def test_closure_of_some_units_is_that_part_of_the_whole(links, data):
    units = sorted({link.unit for link in links})
    some = set(data.draw(st.lists(st.sampled_from(units))))
    assert closure_of(links, some) == {reach for reach in closure_of(links) if reach.unit in some}


def test_move_of_a_parent_splits_the_rows_of_those_below():
    links = [
        Link(1, day(0), FOREVER, None),
        Link(2, day(0), day(5), 1),
        Link(2, day(5), FOREVER, None),
        Link(3, day(0), FOREVER, 2),
    ]
    assert {reach for reach in closure_of(links) if reach.unit == 3} == {
        Reach(3, 3, 0, day(0), FOREVER),
        Reach(3, 2, 1, day(0), FOREVER),
        Reach(3, 1, 2, day(0), day(5)),
    }


def test_units_that_change_places_at_once_are_no_circle():
    links = [
        Link(1, day(0), day(5), None),
        Link(1, day(5), FOREVER, 2),
        Link(2, day(0), day(5), 1),
        Link(2, day(5), FOREVER, None),
    ]
    assert Reach(1, 2, 1, day(5), FOREVER) in closure_of(links)
    assert Reach(2, 1, 1, day(0), day(5)) in closure_of(links)


@pytest.mark.parametrize(
    ("links", "match"),
    [
        ([Link(1, day(0), FOREVER, 2), Link(2, day(0), FOREVER, 1)], "under itself"),
        ([Link(1, day(0), FOREVER, 2)], "stands nowhere"),
        ([Link(1, day(0), FOREVER, 2), Link(2, day(3), FOREVER, None)], "stands nowhere"),
    ],
)
def test_broken_links_are_not_hidden(links, match):
    with pytest.raises(TreeBroken, match=match):
        closure_of(links)
    if match == "under itself":
        with pytest.raises(TreeBroken, match=match):
            chain_on(links, 1, day(0))
