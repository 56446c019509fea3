"""Who coaches a unit is set by the office, dated, and never rewritten."""

from __future__ import annotations

from datetime import date

import pytest

from luoshi.core.actor import SYSTEM, Actor, Grant
from luoshi.core.errors import Invalid, NotAllowed, NotFound, WrongState
from luoshi.kernel.ledger.queries import events_of
from luoshi.kernel.ledger.verify import verify_ledger
from luoshi.kernel.org.actions import post_create, unit_close
from luoshi.kernel.org.coaching import coach_links, coach_set, coaches_of
from luoshi.kernel.org.models import CoachLink, Post, Unit
from tests.harness.times import NOW
from tests.kernel.org.helpers import district

pytestmark = pytest.mark.django_db
JAN, FEB = date(2021, 1, 1), date(2021, 2, 1)
OFFICE = Actor(account_id=7, post_code="office", unit_code="D", roles=frozenset({Grant("office")}))


def posts() -> None:
    district()
    for code, unit in (("one", "D"), ("two", "D"), ("own", "S1")):
        post_create(by=SYSTEM, code=code, unit_code=unit, title=f"岗{code}", now=NOW)


def put(post: str | None, on: date = JAN, by=OFFICE, unit: str = "S1"):
    return coach_set(by=by, unit_code=unit, post_code=post, on=on, now=NOW)


def test_a_coach_is_set_replaced_and_ended_each_from_a_day_on():
    posts()
    unit = Unit.objects.get(code="S1")
    put("one")
    put("two", FEB)
    put(None, date(2021, 3, 1))
    ids = dict(Post.objects.order_by("id").values_list("id", "code"))
    days = (date(2020, 12, 31), JAN, date(2021, 1, 31), FEB, date(2021, 3, 1))
    assert [ids.get(coaches_of([unit.pk], day).get(unit.pk)) for day in days] == [
        None,
        "one",
        "one",
        "two",
        None,
    ]
    assert [(view.post_code, view.to_on) for view in coach_links(unit.pk)] == [
        ("two", date(2021, 3, 1)),
        ("one", FEB),
    ]
    kinds = [event.kind for event in events_of("unit", unit.pk)]
    assert kinds[-3:] == ["unit.coach_set", "unit.coach_set", "unit.coach_ended"]
    assert verify_ledger().ok


def test_the_day_it_begins_it_may_be_corrected():
    posts()
    put("one")
    put("two")
    assert [link.post.code for link in CoachLink.objects.order_by("id")] == ["two"]
    assert verify_ledger().ok


@pytest.mark.parametrize(
    ("given", "error", "says"),
    [
        (
            {"post": "two", "by": Actor(account_id=8, roles=frozenset({Grant("sysadmin")}))},
            NotAllowed,
            "督查专员",
        ),
        ({"post": "none"}, Invalid, "没有编码为“none”的岗位"),
        ({"post": "own"}, Invalid, "不能是本单位的岗位"),
        ({"post": "one", "on": FEB}, WrongState, "已由该岗位包联"),
        ({"post": "two", "on": date(2020, 12, 1)}, WrongState, "不得早于该日"),
        ({"post": "two", "unit": "S9"}, NotFound, "S9"),
        ({"post": None, "unit": "S2"}, WrongState, "没有包联领导"),
        ({"post": "two", "unit": "S2", "on": date(2019, 1, 1)}, WrongState, "设立"),
    ],
)
def test_refusals_change_nothing(given, error, says):
    posts()
    put("one")
    before = list(CoachLink.objects.order_by("id").values())
    with pytest.raises(error, match=says):
        put(**given)
    assert list(CoachLink.objects.order_by("id").values()) == before


def test_a_closed_unit_gets_no_coach():
    posts()
    unit_close(by=SYSTEM, code="S2", on=date(2021, 1, 2), now=NOW)
    with pytest.raises(WrongState, match="撤销"):
        put("one", unit="S2")
