"""Who a vacant post falls to, which units may be given a duty, and how late a move may come."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from luoshi.core.actor import SYSTEM
from luoshi.core.errors import Invalid, NotAllowed, WrongState
from luoshi.kernel.items.guards import guards_check
from luoshi.kernel.items.schema import Within
from luoshi.kernel.items.types import type_def
from luoshi.kernel.org.actions import appoint, person_create, unit_close
from tests.harness.times import NOW
from tests.kernel.items.helpers import CASE, actor, closed, desk, go, snapshot, taken_in, world

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def planted():
    return world()


def test_a_vacant_post_falls_to_the_head_of_its_unit_only_while_it_is_vacant():
    head = actor(21, "ZX", role="head")
    with pytest.raises(NotAllowed, match="受理岗"):
        taken_in(by=actor(22, "P1", role="head"))
    assert taken_in(by=head).created_by_account == 21
    person = person_create(by=SYSTEM, name="林晓岚", now=NOW)
    appoint(by=SYSTEM, person_id=person.pk, post_code="desk", from_on=NOW.date(), now=NOW)
    before = snapshot()
    with pytest.raises(NotAllowed, match="受理岗"):
        taken_in(by=head)
    assert snapshot() == before


def test_a_closed_unit_is_given_no_duty():
    item = taken_in()
    unit_close(by=SYSTEM, code="P1", on=NOW.date(), now=NOW, successor_code="P2")
    before = snapshot()
    with pytest.raises(Invalid, match="“单位P1”已撤销，请改选承接单位"):
        go(item, "send", desk(), duties={"lead": ["P1"]})
    assert snapshot() == before
    assert go(item, "send", desk(), duties={"lead": ["P2"]}).state == "sent"


@pytest.mark.parametrize(
    ("unit", "last"), [("hour", timedelta(hours=2)), ("calendar_day", timedelta(days=2))]
)
def test_the_last_moment_of_a_move_is_the_end_of_its_time(unit, last):
    item = closed()
    kind = type_def(CASE)
    reopen = replace(kind.moves["reopen"], within=Within(2, unit))
    guards_check(kind, item, reopen, desk(), item.entered_at + last)
    with pytest.raises(WrongState, match="应在进入本状态后 2"):
        guards_check(kind, item, reopen, desk(), item.entered_at + last + timedelta(days=1))
    if unit == "hour":
        with pytest.raises(WrongState):
            guards_check(kind, item, reopen, desk(), item.entered_at + last + timedelta(milliseconds=1))
