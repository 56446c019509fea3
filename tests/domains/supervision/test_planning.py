"""Supervision needs an authority and a plan; plans that meet are answered; parts are due earlier."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from luoshi.core.errors import Incomplete, Invalid, NotAllowed, SamePerson, WrongState
from luoshi.domains.supervision.authorities import authority_end, authority_grant
from luoshi.domains.supervision.models import Authority, OverlapAnswer, Plan
from luoshi.domains.supervision.parts import parts_open
from luoshi.domains.supervision.plans import Draft, overlaps_of, plan_approve, plan_cancel, plan_draft
from luoshi.kernel.items.actions import item_create
from luoshi.kernel.items.given import Given
from luoshi.kernel.items.models import Item
from luoshi.kernel.ledger.verify import verify_ledger
from tests.domains.supervision.world import (
    ANSWER,
    CONCLUSION,
    NOW,
    approver,
    clock,
    doing,
    duban_world,
    go,
    granted,
    lead,
    office,
    on,
    registered,
)
from tests.kernel.items.helpers import actor

pytestmark = pytest.mark.django_db
PLAN = Draft(
    title="防汛准备专项督查",
    kind="special",
    matter="防汛准备情况",
    content="看预案、物资和值守",
    units=("P1", "P2"),
    from_on=date(2021, 3, 8),
    until_on=date(2021, 3, 12),
)


@pytest.fixture(autouse=True)
def _world():
    duban_world()


def other_office(account: int = 41):
    """A designated department P3 that may supervise flood control."""
    if not Authority.objects.filter(unit_code="P3").exists():
        grant = granted("P3", standing="designated", until_on=date(2021, 12, 31))
        authority_grant(actor=office(), grant=grant, now=NOW)
    return actor(account, "P3", f"p3.{account}", "office")


def approved(**given) -> Plan:
    plan = plan_draft(actor=office(), draft=replace(PLAN, **given), now=NOW)
    return plan_approve(actor=office(8), plan_id=plan.pk, answers={}, now=NOW)


def test_an_authority_says_all_that_the_law_asks_and_a_department_has_a_term():
    with pytest.raises(Incomplete) as refused:
        authority_grant(actor=office(), grant=granted("P3", standing="designated", duty=" "), now=NOW)
    assert set(refused.value.fields) == {"duty", "until_on"}
    with pytest.raises(NotAllowed):
        authority_grant(actor=lead(), grant=granted("P1"), now=NOW)


def test_without_an_authority_nothing_is_handed_out_or_planned():
    item = registered()
    authority_end(actor=office(), authority_id=Authority.objects.get().pk, reason="机构调整", now=NOW)
    with pytest.raises(WrongState, match="督查授权"):
        go(item, "send", office(), duties={"lead": ["P1"]})
    with pytest.raises(WrongState, match="督查授权"):
        plan_draft(actor=office(), draft=PLAN, now=NOW)
    assert verify_ledger().ok


def test_a_plan_is_approved_by_another_and_numbered_within_the_year():
    plan = plan_draft(actor=office(), draft=PLAN, now=NOW)
    assert str(plan) == "督计〔2021〕1号"
    with pytest.raises(SamePerson):
        plan_approve(actor=office(), plan_id=plan.pk, answers={}, now=NOW)
    with pytest.raises(NotAllowed):
        plan_approve(actor=other_office(), plan_id=plan.pk, answers={}, now=NOW)
    assert plan_approve(actor=office(8), plan_id=plan.pk, answers={}, now=NOW).state == "approved"
    assert verify_ledger().ok


def test_a_department_plans_within_its_term():
    by = other_office()
    with pytest.raises(WrongState, match="2021-12-31"):
        plan_draft(actor=by, draft=replace(PLAN, until_on=date(2022, 1, 5)), now=NOW)


@pytest.mark.parametrize(
    ("given", "meets"),
    [
        ({"matter": "防汛准备情况"}, True),
        ({"matter": "防汛准备工作情况", "from_on": date(2021, 3, 12), "until_on": date(2021, 3, 20)}, True),
        ({"matter": "企业减负政策落实"}, False),
        ({"from_on": date(2021, 3, 13), "until_on": date(2021, 3, 20)}, False),
        ({"units": ("P3",)}, False),
    ],
)
def test_plans_meet_on_object_matter_and_window(given, meets):
    approved()
    plan = plan_draft(actor=other_office(), draft=replace(PLAN, **({"units": ("P2",)} | given)), now=NOW)
    assert bool(overlaps_of(plan)) is meets


def test_an_overlap_is_answered_with_a_reason_before_the_plan_is_approved():
    first = approved()
    plan = plan_draft(actor=other_office(), draft=replace(PLAN, units=("P2",)), now=NOW)
    with pytest.raises(Incomplete, match="督计〔2021〕1号"):
        plan_approve(actor=other_office(42), plan_id=plan.pk, answers={}, now=NOW)
    answers = {first.pk: "两家合并进点，一次完成"}
    plan_approve(actor=other_office(42), plan_id=plan.pk, answers=answers, now=NOW)
    answer = OverlapAnswer.objects.get()
    assert (answer.other, answer.reason) == (first, "两家合并进点，一次完成") and verify_ledger().ok


def test_a_cancelled_plan_is_in_nobodys_way():
    first = approved()
    plan_cancel(actor=office(), plan_id=first.pk, reason="并入综合督查", now=NOW)
    plan = plan_draft(actor=other_office(), draft=PLAN, now=NOW)
    assert overlaps_of(plan) == []


def test_a_conclusion_of_a_visit_names_its_plan():
    values = {"kind": "special", "finding": "两处防汛物资储备不足，须补齐。", "demand": "限期补齐"}
    given = Given(title="防汛专项督查结论", values=values)
    item = item_create(actor=office(), type_ref=CONCLUSION, given=given, now=NOW)
    plan = approved()
    with pytest.raises(WrongState, match="计划"):
        go(item, "submit", office(), duties={"lead": ["P1"]})
    with pytest.raises(WrongState, match="计划"):
        go(item, "submit", office(), duties={"lead": ["P3"]}, values={"plan": str(plan)})
    assert (
        go(item, "submit", office(), duties={"lead": ["P1"]}, values={"plan": str(plan)}).state == "approval"
    )


def test_a_conclusion_takes_effect_only_after_the_time_to_object():
    values = {"kind": "daily", "finding": "两处防汛物资储备不足，须补齐。", "demand": "限期补齐"}
    given = Given(title="防汛督查结论", values=values)
    item = item_create(actor=office(), type_ref=CONCLUSION, given=given, now=NOW)
    go(item, "submit", office(), duties={"lead": ["P1"]})
    go(item, "approve", approver())
    with pytest.raises(WrongState, match="第 30 日"):
        go(item, "settle", office(), on(31), note="期满未申请复核")
    assert go(item, "settle", office(), on(1, month=4), note="期满未申请复核").stage == "done"


def test_parts_are_due_earlier_and_the_matter_waits_for_them():
    item = doing(kind="paper")
    parts = parts_open(
        actor=office(), item_id=item.pk, tasks={"P2": "提供图纸", "P3": " "}, earlier=5, now=NOW
    )
    assert [part.values["due_on"] for part in parts] == ["2021-03-15"]  # five days before 22 March
    with pytest.raises(WrongState, match="还没有汇总"):
        go(item, "report", lead(), values={"answer": ANSWER})
    part = go(parts[0], "accept", lead("P2", 21))
    go(part, "report", lead("P2", 21), values={"answer": ANSWER})
    go(part, "confirm", lead())
    assert go(item, "report", lead(), values={"answer": ANSWER}).state == "check"
    assert clock(part).stopped_at == NOW and verify_ledger().ok


def test_only_the_office_breaks_a_matter_down_and_never_beyond_its_time():
    item = doing(kind="paper")
    with pytest.raises(NotAllowed):
        parts_open(actor=lead(), item_id=item.pk, tasks={"P2": "提供图纸"}, earlier=5, now=NOW)
    with pytest.raises(Invalid, match="主办单位"):
        parts_open(actor=office(), item_id=item.pk, tasks={"P1": "提供图纸"}, earlier=5, now=NOW)
    with pytest.raises(Invalid, match="不能提前 15"):
        parts_open(actor=office(), item_id=item.pk, tasks={"P2": "提供图纸"}, earlier=15, now=NOW)
    assert Item.objects.count() == 1
