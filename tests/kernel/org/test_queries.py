"""Reading the tree on a day, with a number of queries that does not grow with the rows."""

from __future__ import annotations

from datetime import date

import pytest

from luoshi.core.actor import SYSTEM
from luoshi.core.errors import ExpressionInvalid, NotFound
from luoshi.kernel.org.actions import appoint, post_create, unit_close, unit_move
from luoshi.kernel.org.models import Unit
from luoshi.kernel.org.queries import (
    UnitIndex,
    ancestor_chain,
    ancestor_chains,
    branch_of,
    descendant_ids,
    holders_of,
    posts_of,
    unit_aliases,
    unit_facts,
    unit_find,
    unit_get,
    unit_places,
    unit_tree,
    units_on,
    units_selected,
)
from tests.harness.times import NOW
from tests.kernel.org.helpers import DAY, district, grow, person

pytestmark = pytest.mark.django_db
LATER = date(2020, 7, 1)


@pytest.fixture
def tree():
    return district()


def ids(*codes):
    return set(Unit.objects.filter(code__in=codes).order_by("id").values_list("id", flat=True))


def one(code):
    return Unit.objects.get(code=code).pk


def test_tree_lists_each_unit_before_those_below_it(tree):
    assert [(n.code, n.depth, n.children_count) for n in unit_tree(DAY)] == [
        ("D", 0, 2),
        ("A", 1, 2),
        ("S1", 2, 0),
        ("S2", 2, 0),
        ("B", 1, 0),
    ]
    assert unit_tree(date(2019, 1, 1)) == [] and unit_tree(DAY, "none") == []


def test_tree_of_a_day_shows_that_day(tree):
    unit_move(by=SYSTEM, code="S2", parent_code="B", on=LATER, now=NOW)
    unit_close(by=SYSTEM, code="S1", on=LATER, now=NOW)
    assert [(n.code, n.depth) for n in unit_tree(LATER)] == [("D", 0), ("A", 1), ("B", 1), ("S2", 2)]
    assert [n.code for n in unit_tree(date(2020, 6, 30))] == ["D", "A", "S1", "S2", "B"]
    assert {u.code for u in units_on(LATER)} == {"D", "A", "B", "S2"}


def test_branch_is_the_unit_at_depth_one_above_and_not_itself(tree):
    grow("S11", "S1")
    facts = {f.code: (f.branch, f.parent) for f in unit_facts(DAY)}
    assert facts == {
        "D": ("", ""),
        "A": ("", "D"),
        "B": ("", "D"),
        "S1": ("A", "A"),
        "S2": ("A", "A"),
        "S11": ("A", "S1"),
    }
    assert {code: branch_of(one(code), DAY) for code in facts} == {c: b for c, (b, _) in facts.items()}


def test_chains_run_from_the_nearest_to_the_top(tree):
    assert ancestor_chain(one("S1"), DAY) == [("A", one("A")), ("D", one("D"))]
    assert ancestor_chains([one("D"), one("B")], DAY) == {one("D"): [], one("B"): [("D", one("D"))]}


def test_descendants_include_the_unit_itself(tree):
    assert descendant_ids(one("A"), DAY) == ids("A", "S1", "S2")
    assert descendant_ids(one("A"), date(2019, 1, 1)) == set()


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("unit.branch == 'A'", ["S1", "S2"]),
        ("unit.kind in ('street', 'district')", ["D", "S1", "S2"]),
        ("unit.branch == 'A' and unit.code != 'S1'", ["S2"]),
        ("unit.parent == 'D'", ["A", "B"]),
        ("false", []),
    ],
)
def test_selectors_of_packs_pick_units_in_tree_order(tree, text, codes):
    assert [unit.code for unit in units_selected(text, DAY)] == codes


@pytest.mark.parametrize(
    ("text", "match"),
    [
        ("unit.brnch == 'A'", "是否想写 unit.branch"),
        ("unit.branch", "结果应为是或否"),
        ("unit.kind > 3", "不能"),
    ],
)
def test_selectors_that_are_wrong_are_refused_before_any_unit_is_read(text, match):
    with pytest.raises(ExpressionInvalid, match=match):
        units_selected(text, DAY)


def test_unit_is_found_by_code_name_alias_and_short_name(tree):
    grow("S3", "A", title="兴隆街道", short="兴隆")
    assert {unit_find(text).code for text in ("S3", "兴隆街道", "兴隆")} == {"S3"}
    grow("S4", "A", title="兴隆农场", short="兴隆")
    assert unit_find("兴隆") is None and unit_find("没有") is None
    with pytest.raises(NotFound, match="没有编码为“X”的单位"):
        unit_get("X")


def read_everything(index_texts):
    """Ask every question once; the number of queries may not depend on the number of units."""
    top = unit_get("D")
    unit_tree(DAY)
    unit_facts(DAY)
    list(units_on(DAY))
    ancestor_chains(list(Unit.objects.order_by("id").values_list("id", flat=True)), DAY)
    ancestor_chain(top.pk, DAY)
    branch_of(top.pk, DAY)
    descendant_ids(top.pk, DAY)
    units_selected("unit.branch == 'A'", DAY)
    unit_places(top.pk)
    unit_aliases(top.pk)
    posts_of(top.pk, DAY)
    holders_of("d.0", DAY)
    index = UnitIndex(DAY)
    for text in index_texts:
        index.look(text)


@pytest.mark.parametrize("rows", [1, 40])
def test_number_of_queries_does_not_grow_with_the_rows(tree, rows, django_assert_num_queries):
    for number in range(rows):
        grow(f"N{number}", "A")
        post_create(by=SYSTEM, code=f"d.{number}", unit_code="D", title="岗", now=NOW)
        appoint(by=SYSTEM, person_id=person().pk, post_code=f"d.{number}", from_on=DAY, now=NOW)
    texts = [f"单位N{number}" for number in range(rows)] + ["单位X", "N0"]
    with django_assert_num_queries(19):
        read_everything(texts)
