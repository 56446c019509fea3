"""Which actor an account is on a day: its appointment, its post's roles, and what it sees."""

from __future__ import annotations

from datetime import date

import pytest

from luoshi.core.actor import SYSTEM, SYSTEM_ACTOR, Grant
from luoshi.kernel.access.actions import account_stop, role_unbind
from luoshi.kernel.access.models import RoleBinding
from luoshi.kernel.access.queries import (
    actor_of,
    appointments_of,
    bindings_of,
    units_in_sight,
    units_visible,
)
from luoshi.kernel.org.actions import appointment_end, unit_close, unit_move
from luoshi.kernel.org.models import Appointment, Post, Unit
from tests.harness.times import NOW
from tests.kernel.access.helpers import account, actor_with, hold
from tests.kernel.org.helpers import district, grow

pytestmark = pytest.mark.django_db
TODAY = NOW.date()


@pytest.fixture(autouse=True)
def tree():
    return district()


def ids(*codes):
    return set(Unit.objects.filter(code__in=codes).order_by("id").values_list("id", flat=True))


def codes(unit_ids):
    return set(Unit.objects.filter(pk__in=unit_ids).order_by("id").values_list("code", flat=True))


def test_account_without_appointment_is_nobody_in_particular():
    holder, _ = account()
    actor = actor_of(holder, None, TODAY)
    assert (actor.person_name, actor.post_id, actor.roles) == ("林晓岚", None, frozenset())
    assert units_in_sight(actor, TODAY) == set()


def test_actor_carries_post_unit_and_roles_of_the_appointment():
    holder, _ = account()
    hold(holder, "s1.desk", "S1", ("desk", "S1"))
    actor = actor_of(holder, None, TODAY)
    assert (actor.post_code, actor.unit_code, actor.acting) == ("s1.desk", "S1", False)
    (scope,) = ids("S1")
    assert actor.roles == {Grant("desk", scope)}


def test_account_acts_in_the_appointment_it_chose():
    holder, _ = account()
    hold(holder, "s1.desk", "S1", ("desk", "S1"))
    hold(holder, "s2.head", "S2", ("head", "S2"), acting=True)
    views = appointments_of(holder, TODAY)
    assert [view.title for view in views] == ["单位S1 s1.desk", "单位S2 s2.head（代理）"]
    actor = actor_of(holder, views[1].id, TODAY)
    assert actor.has("head") and not actor.has("desk") and actor.acting
    assert actor.by.as_list()[1:] == ["s2.head", "S2", "acting"]


def test_own_appointment_comes_before_an_acting_one():
    holder, _ = account()
    hold(holder, "s1.head", "S1", acting=True)
    hold(holder, "s2.desk", "S2")
    assert actor_of(holder, None, TODAY).post_code == "s2.desk"


def test_appointment_of_somebody_else_or_of_the_past_is_passed_over():
    holder, _ = account()
    other, _ = account("other", "周明远")
    hold(holder, "s1.desk", "S1")
    hold(other, "s2.desk", "S2", ("office", None))
    foreign = Appointment.objects.get(post__code="s2.desk").pk
    assert actor_of(holder, foreign, TODAY).post_code == "s1.desk"
    own = Appointment.objects.get(post__code="s1.desk").pk
    appointment_end(by=SYSTEM, appointment_id=own, to_on=TODAY, now=NOW)
    assert actor_of(holder, own, TODAY).post_id is None
    assert actor_of(holder, own, date(2021, 1, 14)).post_code == "s1.desk"


def test_stopped_account_loses_its_roles_at_once():
    holder, _ = account()
    hold(holder, "s1.desk", "S1", ("desk", "S1"))
    stopped = account_stop(by=SYSTEM, account_id=holder.pk, now=NOW)
    assert actor_of(stopped, None, TODAY).roles == frozenset()


def test_role_taken_back_no_longer_counts():
    holder, _ = account()
    hold(holder, "s1.desk", "S1", ("desk", "S1"))
    grant = RoleBinding.objects.get()
    role_unbind(by=SYSTEM, binding_id=grant.pk, now=NOW)
    assert actor_of(holder, None, TODAY).roles == frozenset() and bindings_of([grant.post_id]) == []


@pytest.mark.parametrize(
    ("role", "unit", "scope", "seen"),
    [
        ("clerk", "S1", "S1", {"S1"}),
        ("head", "A", "A", {"A", "S1", "S2"}),
        ("desk", "B", "A", {"B", "A", "S1", "S2"}),
        ("office", "B", "D", {"D", "A", "B", "S1", "S2"}),
        ("office", "B", None, {"D", "A", "B", "S1", "S2"}),
    ],
)
def test_sight_is_the_own_unit_the_scopes_and_all_below(role, unit, scope, seen):
    assert codes(units_in_sight(actor_with(role, unit, scope), TODAY)) == seen


def test_sight_follows_the_tree_of_the_day():
    actor = actor_with("head", "A", "A")
    unit_move(by=SYSTEM, code="S1", parent_code="B", on=date(2021, 2, 1), now=NOW)
    assert codes(units_in_sight(actor, date(2021, 1, 31))) == {"A", "S1", "S2"}
    assert codes(units_in_sight(actor, date(2021, 2, 1))) == {"A", "S2"}


def test_closed_unit_stays_in_the_sight_of_those_it_stood_under():
    over_a, over_b = actor_with("head", "A", "A"), actor_with("head", "B", "B")
    unit_close(by=SYSTEM, code="S1", on=date(2021, 1, 1), now=NOW)
    assert codes(units_in_sight(over_a, TODAY)) == {"A", "S1", "S2"}
    assert codes(units_in_sight(over_b, TODAY)) == {"B"}


def test_system_sees_everything_and_nobody_nothing():
    assert units_in_sight(SYSTEM_ACTOR, TODAY) == ids("D", "A", "B", "S1", "S2")
    assert units_in_sight(None, TODAY) == set()
    assert list(units_visible(None, TODAY)) == []


def test_directory_of_units_is_open_to_every_role():
    assert {unit.code for unit in units_visible(actor_with("clerk", "S1", "S1"), TODAY)} == {
        "D", "A", "B", "S1", "S2"
    }  # fmt: skip


@pytest.mark.parametrize("rows", [1, 30])
def test_number_of_queries_does_not_grow_with_the_rows(rows, django_assert_num_queries):
    holder, _ = account()
    for number in range(rows):
        grow(f"N{number}", "A")
        hold(holder, f"p{number}", f"N{number}", ("desk", f"N{number}"), ("head", f"N{number}"))
    holder.refresh_from_db()
    posts = list(Post.objects.order_by("id").values_list("id", flat=True))
    with django_assert_num_queries(6):
        actor = actor_of(holder, None, TODAY)
        appointments_of(holder, TODAY)
        units_in_sight(actor, TODAY)
        bindings_of(posts)
