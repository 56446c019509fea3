"""The table of rights, and how far a right reaches."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from luoshi.core.actor import SYSTEM, SYSTEM_ACTOR, Actor, Grant
from luoshi.core.errors import Duplicate, Invalid, NotAllowed, NotFound, WrongState
from luoshi.kernel.access.actions import role_bind, role_unbind
from luoshi.kernel.access.models import Account, RoleBinding
from luoshi.kernel.access.policy import RIGHT_TITLES, RIGHTS, ROLES, can, require_right, rights_of
from luoshi.kernel.access.queries import bindings_of
from luoshi.kernel.ledger.queries import events_of
from luoshi.kernel.org.actions import post_create, unit_close, unit_move
from luoshi.kernel.org.models import Unit
from tests.harness.times import NOW
from tests.kernel.access.helpers import actor_with, hold
from tests.kernel.org.helpers import district

TODAY = NOW.date()
WRITING = {
    "org.manage", "calendar.manage", "account.manage", "pack.install", "filing.import", "filing.correct",
    "period.open", "round.compute", "round.publish", "report.freeze",
}  # fmt: skip


def holding(*roles):
    return Actor(account_id=5, roles=frozenset(Grant(role) for role in roles))


def test_every_right_has_a_title_and_known_roles():
    assert list(RIGHTS) == list(RIGHT_TITLES)
    assert all(roles and roles <= set(ROLES) for roles in RIGHTS.values())


def test_auditor_changes_nothing():
    assert rights_of(holding("auditor")).isdisjoint(WRITING)
    assert {"ledger.view", "ledger.verify", "security.view"} <= rights_of(holding("auditor"))


def test_system_administrator_touches_no_business_record():
    rights = rights_of(holding("sysadmin"))
    assert rights & WRITING == {"org.manage", "calendar.manage", "account.manage", "pack.install"}
    assert rights.isdisjoint({"filing.view", "round.view", "report.view", "security.view"})


def test_who_fills_in_does_not_judge_and_the_other_way_round():
    fills, judges = {"filing.import", "filing.correct"}, {"round.compute", "round.publish", "report.freeze"}
    for role in ROLES:
        rights = rights_of(holding(role))
        assert not (rights & fills and rights & judges), role


def test_nobody_has_no_right_and_the_system_every_right():
    assert rights_of(None) == frozenset() == rights_of(Actor(account_id=5))
    assert rights_of(SYSTEM_ACTOR) == set(RIGHTS)
    with pytest.raises(NotAllowed, match="您没有“发布考核结果”的权限"):
        require_right(holding("desk"), "round.publish")


def test_unknown_right_is_a_fault_of_the_program():
    with pytest.raises(LookupError, match="did you mean 'filing.view'"):
        can(holding("desk"), "filling.view")


@pytest.mark.django_db
class TestReach:
    """Rights over a unit."""

    @pytest.fixture(autouse=True)
    def tree(self):
        return district()

    @staticmethod
    def unit(code):
        return Unit.objects.get(code=code).pk

    def test_right_reaches_the_scope_and_all_below_and_no_further(self):
        desk = actor_with("desk", "B", "A")
        reached = {
            code for code in ("D", "A", "B", "S1", "S2") if can(desk, "filing.correct", self.unit(code))
        }
        assert reached == {"A", "S1", "S2"}
        with pytest.raises(NotAllowed, match="该单位不在您的范围内，不能更正填报数据"):
            require_right(desk, "filing.correct", self.unit("B"))

    def test_right_follows_the_tree_of_the_day(self):
        desk = actor_with("desk", "A", "A")
        unit_move(by=SYSTEM, code="S1", parent_code="B", on=date(2021, 2, 1), now=NOW)
        street = self.unit("S1")
        assert can(desk, "filing.correct", street, date(2021, 1, 31))
        assert not can(desk, "filing.correct", street, date(2021, 2, 1))
        assert not can(desk, "filing.correct", street), "without a day: where it stands at last"

    def test_right_over_a_closed_unit_stays(self):
        desk = actor_with("desk", "A", "A")
        unit_close(by=SYSTEM, code="S1", on=date(2021, 1, 1), now=NOW)
        assert can(desk, "filing.view", self.unit("S1"), TODAY) and can(desk, "filing.view", self.unit("S1"))

    def test_right_everywhere_costs_no_query(self, django_assert_num_queries):
        office = holding("office")
        with django_assert_num_queries(0):
            assert can(office, "round.publish", 1) and not can(office, "pack.install", 1)


@pytest.mark.django_db
class TestRoles:
    """Giving roles to posts and taking them back."""

    @pytest.fixture(autouse=True)
    def posts(self):
        district()
        for code, unit in (("s1.desk", "S1"), ("it", "D")):
            post_create(by=SYSTEM, code=code, unit_code=unit, title=code, now=NOW)

    @staticmethod
    def bind(role, post="s1.desk", scope="S1", by=SYSTEM):
        return role_bind(by=by, post_code=post, role=role, scope_unit_code=scope, now=NOW)

    def test_grant_is_recorded_with_role_and_scope(self):
        grant = self.bind("desk")
        event = events_of("grant", grant.pk)[0]
        assert event.kind == "grant.bound"
        assert event.data == {"post": "s1.desk", "role": "desk", "scope": "S1"}
        view = bindings_of([grant.post_id])[0]
        assert (view.role_title, view.scope_title) == ("统计岗", "单位S1")

    def test_same_grant_is_given_once_until_it_is_taken_back(self):
        grant = self.bind("desk")
        with pytest.raises(Duplicate, match="已有该范围的“统计岗”角色"):
            self.bind("desk")
        self.bind("desk", scope="S2")
        self.bind("desk", scope=None)
        with pytest.raises(Duplicate):
            self.bind("desk", scope=None)
        role_unbind(by=SYSTEM, binding_id=grant.pk, now=NOW)
        with pytest.raises(WrongState, match="已经收回"):
            role_unbind(by=SYSTEM, binding_id=grant.pk, now=NOW)
        assert events_of("grant", grant.pk)[-1].kind == "grant.unbound"
        self.bind("desk")

    def test_administrators_duties_stand_alone(self):
        self.bind("sysadmin", post="it", scope=None)
        for role in ("auditor", "desk", "office"):
            with pytest.raises(WrongState, match="须单设岗位"):
                self.bind(role, post="it", scope=None)
        self.bind("desk")
        with pytest.raises(WrongState, match="须单设岗位"):
            self.bind("auditor", scope=None)
        with pytest.raises(Invalid, match="不分范围"):
            self.bind("auditor", scope="S1")

    def test_database_itself_keeps_administrators_apart(self):
        grant = self.bind("sysadmin", post="it", scope=None)
        with pytest.raises(IntegrityError), transaction.atomic():
            RoleBinding.objects.create(post=grant.post, role="auditor", bound_at=NOW)
        with pytest.raises(IntegrityError), transaction.atomic():
            RoleBinding.objects.filter(pk=grant.pk).update(scope_unit=Unit.objects.first())

    def test_nobody_gives_a_role_to_the_own_post(self):
        me = Actor(account_id=5, post_code="it", roles=frozenset({Grant("sysadmin")}))
        with pytest.raises(NotAllowed, match="不能给自己的岗位授予角色"):
            self.bind("office", post="it", scope=None, by=me)
        self.bind("desk", by=me)

    def test_nor_to_another_post_of_ones_own(self):
        """Whoever holds two posts acts in the one and would grant to the other."""
        me = actor_with("sysadmin", "D", None)
        holder = Account.objects.get(pk=me.account_id)
        hold(holder, "second", "S1")
        with pytest.raises(NotAllowed, match="不能给自己的岗位授予角色"):
            self.bind("office", post="second", scope=None, by=me)
        assert not RoleBinding.objects.filter(post__code="second").exists()

    @pytest.mark.parametrize(
        ("given", "error", "match"),
        [
            ({"role": "dsk"}, Invalid, "没有角色“dsk”，是否想写 desk"),
            ({"role": "desk", "post": "none"}, NotFound, "没有编码为“none”的岗位"),
            ({"role": "desk", "scope": "X"}, Invalid, "没有编码为“X”的单位"),
            ({"role": "desk", "by": holding("office")}, NotAllowed, "管理账号和角色"),
        ],
    )
    def test_refusals_change_nothing(self, given, error, match):
        with pytest.raises(error, match=match):
            self.bind(**given)
        assert not RoleBinding.objects.exists()

    def test_unknown_grant_is_not_found(self):
        with pytest.raises(NotFound, match="没有这项角色授予"):
            role_unbind(by=SYSTEM, binding_id=0, now=NOW)
