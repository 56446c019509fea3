"""Setting up, moving, renaming and closing units: what is done, what is recorded, what is refused."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from luoshi.core.actor import SYSTEM, Actor, Grant
from luoshi.core.errors import Duplicate, Invalid, NotAllowed, NotFound, WrongState
from luoshi.kernel.ledger.queries import events_of
from luoshi.kernel.org.actions import (
    alias_add,
    appoint,
    post_create,
    tree_create,
    unit_close,
    unit_create,
    unit_move,
    unit_rename,
)
from luoshi.kernel.org.models import Unit, UnitAlias, UnitLink
from luoshi.kernel.org.places import DEEPEST
from luoshi.kernel.org.queries import ancestor_chain, unit_aliases, unit_find, unit_places
from tests.harness.times import NOW
from tests.kernel.org.helpers import DAY, closure_is_right, district, grow, person, snapshot

pytestmark = pytest.mark.django_db
LATER = date(2020, 7, 1)
SYSADMIN = Actor(account_id=9, post_code="it", unit_code="D", roles=frozenset({Grant("sysadmin")}))
OFFICE = Actor(account_id=8, post_code="db", unit_code="D", roles=frozenset({Grant("office")}))


@pytest.fixture
def tree():
    return district()


def unit(code):
    return Unit.objects.get(code=code)


def move(code, parent, on=LATER, **given):
    return unit_move(by=SYSTEM, code=code, parent_code=parent, on=on, now=NOW, **given)


def close(code, on=LATER, successor=None):
    return unit_close(by=SYSTEM, code=code, on=on, now=NOW, successor_code=successor)


def codes_above(code, on):
    return [above for above, _ in ancestor_chain(unit(code).pk, on)]


def last_event(row):
    return events_of(row.ledger_type, row.pk)[-1]


def test_new_unit_stands_in_the_tree_from_its_day_on(tree):
    street = grow("S3", "A", on=LATER, short="三街")
    assert codes_above("S3", LATER) == ["A", "D"] and codes_above("S3", date(2020, 6, 30)) == []
    event = last_event(street)
    assert (event.kind, street.ver) == ("unit.created", 1)
    assert event.data == {
        "code": "S3", "title": "单位S3", "kind": "dept", "parent": "A", "tree": "main", "on": "2020-07-01"
    }  # fmt: skip
    assert {row_type for row_type, _, _ in event.after} == {"unit", "unit_link"}


def test_units_without_sort_come_in_the_order_they_were_set_up(tree):
    assert [u.code for u in Unit.objects.order_by("sort")] == ["D", "A", "B", "S1", "S2"]


@pytest.mark.parametrize(
    ("given", "field", "match"),
    [
        ({"code": "盘锦"}, "code", "编码由字母、数字"),
        ({"code": ""}, "code", "编码由字母、数字"),
        ({"code": "x" * 41}, "code", "不超过40个字符"),
        ({"title": "  "}, "title", "请填写名称"),
        ({"title": "长" * 101}, "title", "不得超过100个字"),
        ({"short": "长" * 41}, "short", "不得超过40个字"),
        ({"kind": "stret"}, "kind", "是否想写 street"),
        ({"kind": "村"}, "kind", "可用：district"),
        ({"parent": "X"}, "parent_code", "没有编码为“X”的上级单位"),
        ({"on": date(2019, 1, 1)}, "parent_code", "2020-01-01才设立"),
    ],
)
def test_unit_that_does_not_fit_is_refused_beside_its_field(tree, given, field, match):
    before = snapshot()
    facts = {"code": "N", "title": "新单位", "kind": "dept", "parent": "D", "on": LATER} | given
    with pytest.raises(Invalid, match=match) as refused:
        unit_create(by=SYSTEM, now=NOW, parent_code=facts.pop("parent"), **facts)
    assert field in refused.value.fields and snapshot() == before


def test_code_is_never_used_again(tree):
    close("S2")
    with pytest.raises(Duplicate, match="不得重新启用"):
        grow("S2", "A", on=date(2021, 1, 1))


def test_only_the_system_administrator_changes_units(tree):
    before = snapshot()
    with pytest.raises(NotAllowed, match="只有系统管理员"):
        unit_create(by=OFFICE, code="N", title="新", kind="dept", parent_code="D", on=LATER, now=NOW)
    with pytest.raises(NotAllowed):
        unit_move(by=OFFICE, code="S1", parent_code="B", on=LATER, now=NOW)
    with pytest.raises(NotAllowed):
        unit_close(by=OFFICE, code="S1", on=LATER, now=NOW)
    assert snapshot() == before
    unit_move(by=SYSADMIN, code="S1", parent_code="B", on=LATER, now=NOW)
    assert last_event(unit("S1")).by == (9, "it", "D")


def test_move_keeps_the_past_and_takes_those_below_along(tree):
    grow("S11", "S1")
    move("S1", "B")
    assert codes_above("S11", date(2020, 6, 30)) == ["S1", "A", "D"]
    assert codes_above("S11", LATER) == ["S1", "B", "D"]
    assert [(p.parent_code, p.from_on, p.to_on) for p in unit_places(unit("S1").pk)] == [
        ("B", LATER, None),
        ("A", DAY, LATER),
    ]
    event = last_event(unit("S1"))
    assert event.kind == "unit.moved" and len([row for row in event.after if row[0] == "unit_link"]) == 2
    assert events_of("unit", unit("S11").pk)[-1].kind == "unit.created", "only the unit moved has an event"


def test_move_on_the_day_of_the_newest_place_corrects_it(tree):
    move("S1", "B")
    move("S1", "D")
    assert codes_above("S1", LATER) == ["D"] and UnitLink.objects.filter(unit=unit("S1")).count() == 2
    assert closure_is_right(tree)


def test_move_to_the_top_and_back_again(tree):
    move("A", None)
    assert codes_above("S1", LATER) == ["A"]
    move("A", "D", on=date(2020, 8, 1))
    assert codes_above("S1", date(2020, 8, 1)) == ["A", "D"] and closure_is_right(tree)


@pytest.mark.parametrize(
    ("code", "parent", "on", "error", "match"),
    [
        ("A", "A", LATER, Invalid, "自己或其下级"),
        ("A", "S1", LATER, Invalid, "自己或其下级"),
        ("S1", "A", LATER, WrongState, "已隶属于“单位A”，无需调整"),
        ("D", None, LATER, WrongState, "已是最上级单位"),
        ("S1", "X", LATER, Invalid, "没有编码为“X”"),
        ("X", "A", LATER, NotFound, "没有编码为“X”的单位"),
        ("S1", "B", date(2019, 12, 31), WrongState, "2020-01-01设立，日期不得早于"),
    ],
)
def test_moves_that_make_no_sense_change_nothing(tree, code, parent, on, error, match):
    before = snapshot()
    with pytest.raises(error, match=match):
        move(code, parent, on)
    assert snapshot() == before


def test_move_may_not_reach_back_before_the_newest_place(tree):
    move("S1", "B")
    before = snapshot()
    with pytest.raises(WrongState, match="自2020-07-01起的隶属关系已经登记"):
        move("S1", "D", on=date(2020, 6, 1))
    assert snapshot() == before


def test_move_under_a_unit_that_comes_below_later_is_refused(tree):
    move("B", "S1", on=date(2020, 9, 1))
    with pytest.raises(Invalid, match="自己或其下级"):
        move("A", "B")


def test_tree_has_a_deepest_level(tree):
    grow("L1")
    for level in range(2, DEEPEST + 1):
        grow(f"L{level}", f"L{level - 1}")
    with pytest.raises(Invalid, match=f"最多{DEEPEST}级"):
        grow("L99", f"L{DEEPEST}")
    with pytest.raises(Invalid, match=f"最多{DEEPEST}级"):
        move("L1", "D")


def test_second_tree_holds_the_same_units_otherwise(tree):
    party = tree_create(by=SYSTEM, code="party", title="党组织隶属", now=NOW)
    move("B", None, on=DAY, tree="party")
    move("S1", "B", on=DAY, tree="party")
    assert codes_above("S1", LATER) == ["A", "D"] and closure_is_right(tree) and closure_is_right(party)
    assert [code for code, _ in ancestor_chain(unit("S1").pk, LATER, "party")] == ["B"]
    with pytest.raises(Invalid, match="不在“党组织隶属”中"):
        move("S2", "A", tree="party")
    close("S1")
    assert ancestor_chain(unit("S1").pk, LATER, "party") == [], "closing ends the places in every tree"


def test_rename_keeps_the_former_name_as_an_alias(tree):
    street = unit_rename(by=SYSTEM, code="S1", title="新街道", short="新街", now=NOW)
    assert (unit_find("单位S1"), unit_find("新街道")) == (street, street)
    event = last_event(street)
    assert event.data == {"code": "S1", "from": "单位S1", "to": "新街道", "short": "新街"}
    assert "unit_alias" in {row_type for row_type, _, _ in event.after}
    unit_rename(by=SYSTEM, code="S1", title="新街道", short="", now=NOW)
    assert unit("S1").short == "" and unit_aliases(street.pk) == ["单位S1"]
    with pytest.raises(WrongState, match="没有变化"):
        unit_rename(by=SYSTEM, code="S1", title="新街道", now=NOW)


def test_former_name_that_somebody_bears_is_not_made_an_alias(tree):
    grow("S9", "B", title="单位S1")
    unit_rename(by=SYSTEM, code="S1", title="新街道", now=NOW)
    assert not UnitAlias.objects.exists() and unit_find("单位S1") == unit("S9")


def test_alias_names_one_unit_only(tree):
    alias_add(by=SYSTEM, unit_code="S1", text=" 一  街 ", now=NOW)
    assert unit_find("一 街") == unit("S1") and last_event(unit("S1")).kind == "unit.alias_added"
    for text in ("一 街", "单位S2", "S2"):
        with pytest.raises(Duplicate, match="已是单位"):
            alias_add(by=SYSTEM, unit_code="B", text=text, now=NOW)
    with pytest.raises(Invalid, match="请填写别名"):
        alias_add(by=SYSTEM, unit_code="B", text=" ", now=NOW)


def test_closed_unit_leaves_the_tree_and_keeps_its_past(tree):
    street = close("S1", successor="S2")
    assert codes_above("S1", date(2020, 6, 30)) == ["A", "D"] and codes_above("S1", LATER) == []
    assert street.successor == unit("S2")
    assert last_event(street).data == {"code": "S1", "on": "2020-07-01", "successor": "S2"}
    for again in (lambda: move("S1", "B"), lambda: close("S1"), lambda: grow("S12", "S1", on=LATER)):
        with pytest.raises((WrongState, Invalid), match="2020-07-01撤销"):
            again()


@pytest.mark.parametrize(
    ("code", "on", "successor", "error", "match"),
    [
        ("A", LATER, None, WrongState, "还有下级单位（单位S1、单位S2）"),
        ("S1", DAY, None, WrongState, "撤销日期应晚于该日"),
        ("S1", LATER, "S1", Invalid, "不能是被撤销的单位自己"),
        ("S1", LATER, "X", Invalid, "没有编码为“X”的承接单位"),
        ("S1", LATER, "NEW", Invalid, "未设立或已撤销"),
    ],
)
def test_closings_that_would_leave_loose_ends_are_refused(tree, code, on, successor, error, match):
    grow("NEW", "D", on=date(2020, 8, 1))
    before = snapshot()
    with pytest.raises(error, match=match):
        close(code, on, successor)
    assert snapshot() == before


def test_unit_with_a_child_to_come_is_not_closed(tree):
    move("S1", "S2", on=date(2020, 9, 1))
    with pytest.raises(WrongState, match="还有下级单位（单位S1）"):
        close("S2")


def test_unit_with_a_later_place_is_not_closed_before_it(tree):
    move("S1", "B", on=date(2020, 9, 1))
    with pytest.raises(WrongState, match="最近一次隶属调整在2020-09-01"):
        close("S1")


def test_unit_with_holders_of_posts_is_not_closed(tree):
    post_create(by=SYSTEM, code="s1.head", unit_code="S1", title="主任", is_head=True, now=NOW)
    appoint(by=SYSTEM, person_id=person().pk, post_code="s1.head", from_on=DAY, now=NOW)
    with pytest.raises(WrongState, match="岗位（主任）还有人任职"):
        close("S1")


def test_tree_must_exist_and_be_planted_once():
    with pytest.raises(NotFound, match="没有编码为“main”的机构树"):
        grow("D")
    tree = tree_create(by=SYSTEM, now=NOW)
    assert (tree.code, events_of("unit_tree", tree.pk)[0].kind) == ("main", "tree.created")
    with pytest.raises(Duplicate, match="已经使用"):
        tree_create(by=SYSTEM, now=NOW)
    with pytest.raises(Invalid, match="请填写名称"):
        tree_create(by=SYSTEM, code="t2", title="", now=NOW)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda: Unit.objects.filter(code="S1").update(closed_on=DAY),
        lambda: Unit.objects.filter(code="S1").update(successor=unit("S2")),
        lambda: UnitLink.objects.filter(unit=unit("S1")).update(to_on=DAY),
        lambda: UnitLink.objects.filter(unit=unit("S1")).update(parent=unit("S1")),
        lambda: UnitLink.objects.create(
            tree_id=UnitLink.objects.first().tree_id, unit=unit("S1"), parent=unit("B"), from_on=LATER
        ),
    ],
)
def test_database_itself_refuses_broken_rows(tree, spoil):
    with pytest.raises(IntegrityError), transaction.atomic():
        spoil()
