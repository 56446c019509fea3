"""A plan of four measures in the sample, its office and the unit that carries it out, behind clients."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from luoshi.core.actor import SYSTEM, SYSTEM_ACTOR, Actor
from luoshi.core.clock import FixedClock
from luoshi.domains.plans.actions import plan_make
from luoshi.domains.plans.handing import measures_hand_out
from luoshi.domains.plans.importing import plan_import
from luoshi.domains.plans.models import Plan, PlanNode
from luoshi.kernel.access.actions import account_create, account_password_set, role_bind
from luoshi.kernel.access.queries import actor_of
from luoshi.kernel.loader.actions import pack_install
from luoshi.kernel.org.actions import appoint, person_create, post_create
from tests.district import LATER
from tests.domains.plans.world import table

ROWS = (
    (
        "",
        "作风建设",
        "精简文件会议",
        "制定年度发文计划并报备",
        "PJ01",
        "PJ02",
        "6月底前",
        "分管副区长",
        "",
        "2",
    ),
    ("", "作风建设", "精简文件会议", "每季度通报发文数量", "PJ02", "", "长期坚持", "分管副区长", "", ""),
    ("", "作风建设", "改进调查研究", "建立调研课题台账", "PJ01", "", "第四季度", "", "", ""),
    ("", "基层治理", "网格事项办理", "梳理网格事项清单", "PJ03", "PJ01", "年底前", "", "", ""),
)


def player(username: str, unit: str, role: str, now: datetime) -> Actor:
    """Make somebody with a post, a role and an account."""
    person = person_create(by=SYSTEM, name=f"测试{username}", now=now)
    post_create(by=SYSTEM, code=username, unit_code=unit, title=username, is_head=False, now=now)
    appoint(by=SYSTEM, person_id=person.pk, post_code=username, from_on=now.date(), now=now)
    role_bind(by=SYSTEM, post_code=username, role=role, scope_unit_code=unit, now=now)
    account, once = account_create(by=SYSTEM, username=username, person_id=person.pk, now=now)
    account_password_set(actor=actor_of(account, None, now.date()), old=once, new="Ceshi-2023-kl", now=now)
    account.refresh_from_db()
    return actor_of(account, None, now.date())


@dataclass(frozen=True)
class Plans:
    """The plan and who works with it: the office that plans, a unit that leads, one that verifies."""

    plan: Plan
    planner: Actor
    client: Callable[[str], Client]

    def node(self, code: str) -> PlanNode:
        return PlanNode.objects.select_related("item").get(plan=self.plan, code=code)


@pytest.fixture
def draft(district, db, settings) -> Plans:
    """A plan of four measures, imported and not handed out."""
    settings.LUOSHI_CLOCK = FixedClock(LATER)
    settings.ALLOWED_HOSTS = ["testserver"]
    pack_install(actor=SYSTEM_ACTOR, path="renwu", bindings={"office": "SQZR"}, now=LATER)
    planner = player("planner", "SQZR", "reviewer", LATER)
    player("lead1", "PJ01", "clerk", LATER)
    player("other", "PJ04", "clerk", LATER)
    player("verify", "SQDC", "clerk", LATER)
    today = LATER.date()
    plan = plan_make(
        actor=planner,
        title="年度重点任务",
        year=today.year,
        issued_on=today,
        sources=[],
        verifier_code="SQDC",
        now=LATER,
    )
    plan_import(actor=planner, plan_id=plan.pk, table=table(ROWS), now=LATER)

    def client(username: str) -> Client:
        made = Client()
        made.force_login(get_user_model().objects.get(username=username))
        return made

    return Plans(plan, planner, client)


@pytest.fixture
def plans(draft: Plans) -> Plans:
    """The same plan with everything handed out."""
    ids = list(
        PlanNode.objects.filter(plan=draft.plan, parent=None).order_by("id").values_list("id", flat=True)
    )
    measures_hand_out(actor=draft.planner, plan_id=draft.plan.pk, node_ids=ids, now=LATER)
    return draft
