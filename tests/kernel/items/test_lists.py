"""Who sees which items, and the one grammar that narrows them down."""

from __future__ import annotations

from datetime import timedelta

import pytest

from luoshi.core.errors import Incomplete, Invalid, NotFound
from luoshi.core.expr import Kind, parse
from luoshi.kernel.items.filters import expression_of, filter_read, names_of
from luoshi.kernel.items.keeping import filter_drop, filter_save, item_watch
from luoshi.kernel.items.queries import PER_PAGE, filters_of, items_page, items_visible, type_def
from tests.harness.times import NOW
from tests.kernel.items.helpers import CASE, actor, closed, desk, doing, go, lead, office, taken_in, world

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def planted():
    return world()


def numbers(who, text="") -> list[str]:
    kind = type_def(CASE)
    return [row.number[-2:] for row in items_page(who, kind, filter_read(kind, text)).rows]


def test_units_see_what_they_hold_a_duty_for_and_slots_see_their_pack():
    doing("P1"), doing("P2"), taken_in()
    assert numbers(lead("P1")) == ["01"] and numbers(lead("P2")) == ["02"]
    assert numbers(desk()) == numbers(office()) == numbers(actor(30, "DC")) == ["03", "02", "01"]
    sysadmin = actor(31, "DC", role="sysadmin")
    assert items_visible(sysadmin).count() == 0


def test_a_unit_that_gave_an_item_back_still_sees_it():
    item = taken_in()
    go(item, "send", desk(), duties={"lead": ["P1"]})
    go(item, "bounce", lead(), note="不属本单位", basis="分工规定")
    go(item, "send", desk(), duties={"lead": ["P2"]})
    assert numbers(lead("P1")) == numbers(lead("P2")) == ["01"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", ["04", "03", "02", "01"]),
        ("state:doing", ["02", "01"]),
        ("state:办理中,已办结", ["03", "02", "01"]),
        ("-state:doing", ["04", "03"]),
        ("stage:done", ["03"]),
        ("lead:P1", ["03", "01"]),
        ("unit:P2", ["02"]),
        ("kind:urgent", ["04"]),
        ("kind:紧急事项", ["04"]),
        ("rating>=98", ["03"]),
        ("rating<98", []),
        ("created<2021-01-15", []),
        ("created>=2021-01-15 created<=2021-01-16", ["03", "02", "01"]),
        ("moved>2021-01-16", ["04"]),
        ("moved:2021-01-15", ["03", "02", "01"]),
        ("number:ZQ202100002", ["02"]),
        ("房租", ["04"]),
        ("续贷 -state:closed", ["04", "02", "01"]),
        ("续贷困难 -state:closed", ["02", "01"]),
        ("海宁纺织 lead:P2", ["02"]),
        ('"续贷困难" lead:P2', ["02"]),
        ("ZQ2021 kind:finance stage:working lead:P1,P2", ["02", "01"]),
        ("reopened>0", []),
        ("merged:no", ["04", "03", "02", "01"]),
        ("watch:mine", ["02"]),
    ],
)
def test_filters_find_what_they_say(text, found):
    doing("P1")
    watched = doing("P2")
    closed("P1")
    taken_in(NOW + timedelta(days=2), title="房租减免", kind="urgent")
    item_watch(actor=desk(), item_id=watched.pk, on=True, now=NOW)
    assert numbers(desk(), text) == found


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("stat:doing", "是否指 state"),
        ("state:doin", "是否指 doing"),
        ("state<doing", "不能用 < 比较"),
        ("created:昨天", "2023-07-01"),
        ("rating:好", "应为数字"),
        ("rating:101", "不得大于 100"),
        ("kind:", "后面没有写值"),
        ("firm:甲", "筛选条件里没有“firm”"),
        ("甲" * 301, "最多 300 个字符"),
    ],
)
def test_a_wrong_filter_is_refused_with_the_remedy(text, says):
    with pytest.raises(Invalid, match=says):
        filter_read(type_def(CASE), text)


def test_a_filter_is_an_expression_for_indicators():
    kind = type_def(CASE)
    said = expression_of(
        filter_read(kind, "stage:done -kind:urgent rating>=60 lead:P1,P2 created<2023-07-01")
    )
    assert said == (
        "stage == 'done' and not (kind == 'urgent') and rating >= 60 and unit.code in ('P1', 'P2')"
        " and created < '2023-07-01'"
    )
    names = {"stage": Kind.TEXT, "kind": Kind.TEXT, "rating": Kind.NUMBER, "unit.code": Kind.TEXT,
             "created": Kind.DATE}  # fmt: skip
    assert parse(said).check(names) is Kind.BOOL
    for text in ("银行", "tag:重点", "watch:mine"):
        with pytest.raises(Invalid, match="不能用于统计口径"):
            expression_of(filter_read(kind, text))
    assert "rating" in names_of(kind) and "phone" not in names_of(kind)


def test_pages_follow_one_another_without_gap_or_overlap():
    made = [taken_in() for _ in range(PER_PAGE * 2 + 3)]
    kind, plain = type_def(CASE), filter_read(type_def(CASE), "")
    first = items_page(desk(), kind, plain)
    second = items_page(desk(), kind, plain, before=first.older)
    third = items_page(desk(), kind, plain, before=second.older)
    ids = [row.id for page in (first, second, third) for row in page.rows]
    assert ids == sorted((item.pk for item in made), reverse=True)
    assert first.newer is None and third.older is None and first.count == len(made)
    back = items_page(desk(), kind, plain, after=second.newer)
    assert [row.id for row in back.rows] == [row.id for row in first.rows]


@pytest.mark.parametrize("rows", [1, 30])
def test_a_list_asks_the_same_queries_for_any_number_of_rows(rows, django_assert_max_num_queries):
    for _ in range(rows):
        taken_in()
    who, kind = desk(), type_def(CASE)
    asked = filter_read(kind, "state:new kind:finance")
    with django_assert_max_num_queries(8):
        assert len(items_page(who, kind, asked).rows) == rows


def test_saved_filters_are_the_own_ones():
    kept = filter_save(actor=desk(), type_ref=CASE, name="在办", text="stage:working")
    filter_save(actor=desk(), type_ref=CASE, name="在办", text="stage:working lead:P1")
    assert [(each.name, each.text) for each in filters_of(desk(), CASE)] == [
        ("在办", "stage:working lead:P1")
    ]
    assert filters_of(lead(), CASE) == []
    with pytest.raises(Incomplete, match="名字"):
        filter_save(actor=desk(), type_ref=CASE, name=" ", text="")
    with pytest.raises(Invalid, match="是否指 stage"):
        filter_save(actor=desk(), type_ref=CASE, name="错", text="stge:done")
    with pytest.raises(NotFound):
        filter_drop(actor=lead(), filter_id=kept.pk)
    assert filter_drop(actor=desk(), filter_id=kept.pk) == "在办" and filters_of(desk(), CASE) == []


def test_only_a_visible_item_is_watched():
    item = doing("P1")
    with pytest.raises(NotFound):
        item_watch(actor=lead("P2", 12), item_id=item.pk, on=True, now=NOW)
    assert item_watch(actor=lead(), item_id=item.pk, on=True, now=NOW) is True
    assert item_watch(actor=lead(), item_id=item.pk, on=False, now=NOW) is False
