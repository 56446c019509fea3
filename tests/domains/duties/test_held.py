"""What a unit holds on a day, and that no later change reaches back to it."""

from __future__ import annotations

from contextlib import suppress
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from luoshi.core.actor import SYSTEM
from luoshi.core.errors import Invalid, NotFound, WrongState
from luoshi.domains.duties.actions import list_publish, list_retire, list_revise
from luoshi.domains.duties.held import held_by_all, held_on
from luoshi.domains.duties.models import DutyList
from luoshi.domains.duties.queries import (
    held_visible,
    items_under_review,
    list_changes,
    list_visible,
    lists_visible,
)
from luoshi.kernel.org.actions import unit_close, unit_move, unit_rename
from luoshi.kernel.org.models import Unit
from tests.domains.duties.helpers import (
    TODAY,
    clerk,
    drafted,
    drafter,
    published,
    publisher,
    put,
    world,
)
from tests.harness.times import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def units():
    return world()


def codes(unit: Unit, on: date = TODAY) -> list[str]:
    found = held_on(unit.pk, on)
    assert found is not None
    return [item.code for item in found.items]


def own(unit: str, *items: str) -> DutyList:
    draft = drafted(clerk(unit), code=unit.lower(), kind="own", applies_to=unit)
    for code in items:
        put(draft, code, clerk(unit))
    return list_publish(actor=drafter(), list_id=draft.pk, effective_from=TODAY, now=NOW)


def test_unit_holds_common_own_and_negative_items_in_this_order(units):
    draft = drafted(kind="negative", code="a-fm")
    put(draft, "N01", frequency="每次发生", due="")
    list_publish(actor=publisher(), list_id=draft.pk, effective_from=TODAY, now=NOW)
    own("S1", "X01", "X02")
    common = drafted()
    put(common, "A02", applies_to="S2")
    put(common, "A01")
    list_publish(actor=publisher(), list_id=common.pk, effective_from=TODAY, now=NOW)
    assert codes(units["S1"]) == ["A01", "X01", "X02", "N01"]
    assert codes(units["S2"]) == ["A02", "A01", "N01"]
    assert codes(units["P1"]) == []


def test_nothing_is_held_before_the_day_and_after_the_end(units):
    made = published(on=TODAY + timedelta(days=5))
    assert codes(units["S1"], TODAY + timedelta(days=4)) == []
    assert codes(units["S1"], TODAY + timedelta(days=5)) == ["A01"]
    end = TODAY + timedelta(days=20)
    list_retire(actor=publisher(), list_id=made.pk, on=end, reason="职能调整", now=NOW)
    assert codes(units["S1"], end - timedelta(days=1)) == ["A01"] and codes(units["S1"], end) == []


def test_group_holds_nothing_and_a_unit_without_a_place_is_none(units):
    published(applies_to="A、P1")
    assert codes(units["A"]) == []
    assert held_on(units["S1"].pk, date(1999, 1, 1)) is None
    assert "A" not in [each.unit_code for each in held_by_all(TODAY)]


def test_single_limits_count_from_the_first_version_of_the_year(units):
    first = published()
    second = list_revise(actor=drafter(), list_id=first.pk, now=NOW)
    list_publish(actor=publisher(), list_id=second.pk, effective_from=TODAY + timedelta(days=30), now=NOW)
    held = held_on(units["S1"].pk, TODAY + timedelta(days=31))
    assert held is not None and (held.items[0].version, held.items[0].since) == (2, TODAY)


@pytest.mark.parametrize("units_more", [0, 20])
def test_queries_do_not_grow_with_units(units, units_more, django_assert_num_queries):
    from tests.kernel.org.helpers import grow

    for number in range(units_more):
        grow(f"T{number:02}", "A", kind="street")
    published()
    with django_assert_num_queries(4):
        assert len(held_by_all(TODAY)) == 7 + units_more


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["revise", "move", "close", "rename", "retire"]),
        st.sampled_from(["S1", "S2", "S3"]),
        st.integers(1, 25),
    ),
    min_size=1,
    max_size=6,
)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_list_held_on_a_past_day_is_byte_equal_after_revisions_and_moves(steps):
    from django.db import transaction

    with transaction.atomic():
        world()
        common = published(applies_to="A")
        past = {unit.pk: held_on(unit.pk, TODAY) for unit in Unit.objects.order_by("id")}
        kept = {pk: held.canonical() for pk, held in past.items() if held is not None}
        assert any(b"A01" in each for each in kept.values())
        now, newest = NOW, common
        for step, code, days in steps:
            now += timedelta(days=days)
            with suppress(WrongState, Invalid):
                newest = _taken(step, code, newest, now)
        again = {pk: held_on(pk, TODAY) for pk in kept}
        assert {pk: held.canonical() for pk, held in again.items() if held} == kept
        transaction.set_rollback(True)


def _taken(step: str, code: str, newest: DutyList, now) -> DutyList:
    """Take one later change; what the state of the moment refuses is left out."""
    day = now.date()
    unit = Unit.objects.get(code=code)
    if step == "revise" and newest.state == "published":
        draft = list_revise(actor=drafter(), list_id=newest.pk, now=now)
        put(draft, "A01", requirement=f"另一种要求 {day}")
        put(draft, f"B{draft.version:02}")
        return list_publish(
            actor=publisher(), list_id=draft.pk, effective_from=day + timedelta(days=1), now=now
        )
    if step == "retire" and newest.state == "published":
        return list_retire(
            actor=publisher(), list_id=newest.pk, on=day + timedelta(days=1), reason="职能调整", now=now
        )
    if step == "rename":
        unit_rename(by=SYSTEM, code=code, title=f"新名{code}{day}", now=now)
    if unit.closed_on is None and step == "move":
        here = unit.links.get(to_on__isnull=True).parent.code
        unit_move(by=SYSTEM, code=code, parent_code="B" if here == "A" else "A", on=day, now=now)
    if unit.closed_on is None and step == "close":
        unit_close(by=SYSTEM, code=code, on=day, successor_code="S4", now=now)
    return newest


def test_clerk_sees_common_lists_and_the_own_one_of_the_unit_only(units):
    common, mine, other = published(), own("S1", "X01"), own("S2", "X01")
    waiting = drafted(code="hidden")
    seen = {each.pk for each in lists_visible(clerk("S1"), TODAY)}
    assert seen == {common.pk, mine.pk}
    assert {common.pk, mine.pk, other.pk, waiting.pk} == {
        each.pk for each in lists_visible(publisher(), TODAY)
    }
    with pytest.raises(NotFound):
        list_visible(clerk("S1"), other.pk, TODAY)
    assert held_visible(clerk("S1"), units["S1"].pk, TODAY).items
    with pytest.raises(NotFound):
        held_visible(clerk("S1"), units["S2"].pk, TODAY)


def test_reviewing_unit_sees_its_items_across_units(units):
    draft = drafted()
    put(draft, "A01", review_unit="P1")
    put(draft, "A02", review_unit="O", applies_to="S1、S3")
    list_publish(actor=publisher(), list_id=draft.pk, effective_from=TODAY, now=NOW)
    ((item, holding),) = items_under_review(drafter(), TODAY)
    assert (item.code, [unit.code for unit in holding]) == ("A02", ["S1", "S3"])


def test_changes_between_versions_name_item_and_field(units):
    first = published()
    second = list_revise(actor=drafter(), list_id=first.pk, now=NOW)
    put(second, "A01", due="期末后5日")
    put(second, "A02")
    newer, older, changes = list_changes(drafter(), second.pk, TODAY)
    assert (newer.version, older and older.version) == (2, 1)
    assert [(each.code, each.state) for each in changes] == [("A01", "changed"), ("A02", "new")]
    assert changes[0].fields == (("due", "end", "end + 5 day"),)
