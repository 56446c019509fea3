"""Measures become tasks: who leads, helps and verifies; nobody closes what they lead."""

from __future__ import annotations

import pytest

from luoshi.core.errors import (
    Frozen,
    Incomplete,
    Invalid,
    NotAllowed,
    NotFound,
    SamePerson,
    WrongState,
)
from luoshi.domains.plans.actions import measure_put, node_end, plan_close
from luoshi.domains.plans.checking import Typed
from luoshi.domains.plans.handing import baseline_take, measure_share, measures_hand_out
from luoshi.domains.plans.models import Plan, PlanNode, PlanSaid, State
from luoshi.domains.plans.policy import plans_visible
from luoshi.domains.plans.saying import measure_say
from luoshi.domains.plans.snapshot import differences
from luoshi.kernel.items.models import Item, ItemClock, ItemDuty
from luoshi.kernel.ledger.verify import verify_ledger
from tests.domains.plans.world import (
    RESULT,
    ROWS,
    TODAY,
    checker,
    clerk,
    go,
    handed,
    made,
    node,
    person,
    planner,
    snapshot,
    taken,
    verified,
    world,
)
from tests.harness.times import NOW

pytestmark = pytest.mark.django_db


def hand_out(plan, *codes, by=None):
    ids = [node(plan, code).pk for code in codes]
    return measures_hand_out(actor=by or planner(), plan_id=plan.pk, node_ids=ids, now=NOW)


def test_a_branch_is_handed_out_as_tasks_with_duties_and_clocks():
    world()
    plan = made()
    taken(plan)
    assert [each.code for each in hand_out(plan, "1")] == ["1.1.1", "1.1.2", "1.2.1"]
    item = node(plan, "1.1.1").item
    duties = ItemDuty.objects.filter(item=item).order_by("id").values_list("role", "unit_code")
    assert sorted(duties) == [("co", "P2"), ("co", "P3"), ("lead", "P1"), ("watch", "DC")]
    clock = ItemClock.objects.get(item=item, key="due")
    assert str(clock.fixed_on) == "2021-03-31" and item.values["demand"] == "精简文件会议"
    plan = Plan.objects.get(pk=plan.pk)
    assert plan.state == State.ISSUED and plan.baselines.count() == 1
    assert hand_out(plan, "1", "2.1.1")[0].code == "2.1.1"
    with pytest.raises(Incomplete, match="没有待下达"):
        hand_out(plan, "1")
    assert verify_ledger().ok


def test_without_lead_or_date_nothing_is_handed_out():
    world()
    plan = made()
    rows = [list(row) for row in ROWS]
    rows[3][4] = ""
    taken(plan, rows)
    before = snapshot()
    with pytest.raises(Incomplete, match=r"缺牵头单位（2\.1\.1）"):
        hand_out(plan, "1", "2")
    assert snapshot() == before


def test_units_cannot_build_plans_and_see_drafts_only_when_issued():
    world()
    plan = made()
    taken(plan)
    assert not plans_visible(clerk()).exists() and plans_visible(planner()).exists()
    other = person(44, "DC", "reviewer")
    for by in (clerk(), other):
        with pytest.raises(NotFound):
            hand_out(plan, "1", by=by)
    hand_out(plan, "1")
    assert plans_visible(clerk()).exists()
    before = snapshot()
    for by in (clerk(), other):
        with pytest.raises(NotAllowed):
            hand_out(plan, "2", by=by)
        with pytest.raises(NotAllowed):
            measure_put(actor=by, plan_id=plan.pk, typed=Typed(title="甲"), now=NOW)
        with pytest.raises(NotAllowed):
            node_end(actor=by, plan_id=plan.pk, node_id=node(plan, "2").pk, reason="x", now=NOW)
        with pytest.raises(NotAllowed):
            plan_close(actor=by, plan_id=plan.pk, note="x", now=NOW)
        with pytest.raises(NotAllowed):
            baseline_take(actor=by, plan_id=plan.pk, label="x", now=NOW)
    assert snapshot() == before


def test_the_unit_that_leads_never_verifies_itself():
    world()
    plan = handed([("", *ROWS[0][1:4], "DC", "", *ROWS[0][6:]), *ROWS[1:]])
    duty = ItemDuty.objects.get(item=node(plan, "1.1.1").item, role="watch")
    assert duty.unit_code == "ZR"
    go(plan, "1.1.1", "accept", checker())
    go(plan, "1.1.1", "report", checker(), values={"result": RESULT})
    with pytest.raises(NotAllowed):
        go(plan, "1.1.1", "confirm", checker(), note="一致")
    go(plan, "1.1.1", "confirm", planner(), note="一致")


def test_one_account_with_a_post_at_both_units_is_refused():
    world()
    plan = handed()
    go(plan, "1.1.1", "accept", clerk())
    go(plan, "1.1.1", "report", clerk(), values={"result": RESULT})
    both = person(31, "DC", "clerk")
    with pytest.raises(SamePerson):
        go(plan, "1.1.1", "confirm", both, note="一致")
    with pytest.raises(SamePerson):
        go(plan, "1.1.1", "stage", both, note="一致")


def test_a_lasting_measure_is_staged_and_not_closed():
    world()
    plan = handed()
    go(plan, "1.1.2", "accept", clerk("P2"))
    go(plan, "1.1.2", "report", clerk("P2"), values={"result": RESULT})
    item = go(plan, "1.1.2", "stage", checker(), note="阶段目标完成，继续坚持")
    assert (item.state, item.stage) == ("lasting", "working")


def test_a_measure_is_worded_anew_and_its_task_follows():
    world()
    plan = handed()
    typed = Typed(
        "1.1.1", "作风建设", "精简文件会议", "制定并公布年度发文计划", "P1", "P2", "3月底前", weight="2"
    )
    measure_put(actor=planner(), plan_id=plan.pk, typed=typed, now=NOW)
    item = node(plan, "1.1.1").item
    assert item.title == "制定并公布年度发文计划" and item.state == "sent"
    assert ItemDuty.objects.filter(item=item, role="co", to_step=None).count() == 1
    with pytest.raises(Incomplete, match="没有变化"):
        measure_put(actor=planner(), plan_id=plan.pk, typed=typed, now=NOW)
    moved = Typed(
        "1.1.1", "作风建设", "精简文件会议", "制定并公布年度发文计划", "P2", "", "3月底前", weight="2"
    )
    with pytest.raises(Incomplete, match="理由"):
        measure_put(actor=planner(), plan_id=plan.pk, typed=moved, now=NOW)
    measure_put(actor=planner(), plan_id=plan.pk, typed=moved, now=NOW, reason="职责调整")
    lead = ItemDuty.objects.get(item=item, role="lead", to_step=None)
    assert lead.unit_code == "P2" and verify_ledger().ok


def test_what_is_done_or_being_verified_keeps_its_date_and_lead():
    world()
    plan = handed()
    verified(plan, "1.1.1")
    moved = Typed("1.1.1", *ROWS[0][1:6], "6月底前", "分管副区长", "", "2")
    with pytest.raises(Frozen, match="已销号"):
        measure_put(actor=planner(), plan_id=plan.pk, typed=moved, now=NOW, reason="调整")
    go(plan, "1.2.1", "accept", clerk())
    go(plan, "1.2.1", "report", clerk(), values={"result": RESULT})
    with pytest.raises(WrongState, match="正在核查"):
        node_end(actor=planner(), plan_id=plan.pk, node_id=node(plan, "1.2.1").pk, reason="取消", now=NOW)


def test_what_a_unit_says_is_its_own_word_and_nobody_elses():
    world()
    plan = handed()
    item = node(plan, "1.1.1").item
    said = {"item_id": item.pk, "percent": 60, "text": "初稿已征求意见", "now": NOW}
    measure_say(actor=clerk(), **said)
    found = node(plan, "1.1.1")
    assert (found.said_percent, found.said_on) == (60, TODAY)
    before = snapshot()
    with pytest.raises(NotFound):
        measure_say(actor=clerk("P2", 41), **(said | {"item_id": 999}))
    with pytest.raises(NotAllowed):
        measure_say(actor=clerk("P2", 41), **said)
    with pytest.raises(NotAllowed):
        measure_say(actor=checker(), **said)
    with pytest.raises(Invalid):
        measure_say(actor=clerk(), **(said | {"percent": 101}))
    with pytest.raises(Incomplete):
        measure_say(actor=clerk(), **(said | {"text": " "}))
    assert snapshot() == before
    go(plan, "1.1.1", "accept", clerk())
    go(plan, "1.1.1", "report", clerk(), values={"result": RESULT})
    go(plan, "1.1.1", "confirm", checker(), note="一致")
    with pytest.raises(WrongState):
        measure_say(actor=clerk(), **said)
    assert PlanSaid.objects.count() == 1 and verify_ledger().ok


def test_a_unit_without_part_in_a_measure_does_not_see_its_task():
    world()
    plan = handed()
    item = node(plan, "1.2.1").item
    with pytest.raises(NotFound):
        measure_say(actor=clerk("P3", 61), item_id=item.pk, percent=10, text="越权", now=NOW)
    with pytest.raises(NotFound):
        go(plan, "1.2.1", "accept", clerk("P3", 61))


def test_a_task_may_serve_two_plans():
    world()
    first = handed()
    second = made(title="专项任务")
    taken(second, ROWS[:1])
    item = node(first, "1.1.1").item
    shared = {"actor": planner(), "plan_id": second.pk, "node_id": node(second, "1.1.1").pk, "now": NOW}
    with pytest.raises(Invalid, match="牵头单位不同"):
        measure_share(item_id=node(first, "1.1.2").item.pk, **shared)
    measure_share(item_id=item.pk, **shared)
    assert PlanNode.objects.filter(item=item).count() == 2 and Item.objects.count() == 4
    node_end(actor=planner(), plan_id=second.pk, node_id=node(second, "1").pk, reason="合并", now=NOW)
    assert Item.objects.get(pk=item.pk).state == "sent" and verify_ledger().ok


def test_differences_since_a_baseline():
    world()
    plan = handed()
    kept = plan.baselines.get()
    verified(plan, "1.1.1")
    rows = [list(row) for row in ROWS]
    rows[2][6] = "2021-12-31"
    taken(
        plan,
        [*rows[:3], ("", "基层治理", "网格事项办理", "公开办理结果", "P3", *[""] * 5)],
        reason="调整",
        end_gone=True,
    )
    found = {(each.code, each.kind): each for each in differences(plan, kept.body)}
    assert set(found) == {("1.1.1", "done"), ("1.2.1", "changed"), ("2.1.1", "ended"), ("2.1.2", "added")}
    assert found["1.2.1", "changed"].fields == (("完成时限", "2021-06-30", "2021-12-31"),)


def test_a_plan_closes_when_only_lasting_measures_are_left():
    world()
    plan = handed()
    with pytest.raises(WrongState, match="3 项举措没有销号"):
        plan_close(actor=planner(), plan_id=plan.pk, note="办结", now=NOW)
    verified(plan, "1.1.1")
    verified(plan, "1.2.1")
    verified(plan, "2.1.1", "P3")
    plan_close(actor=planner(), plan_id=plan.pk, note="年度任务办结", now=NOW)
    with pytest.raises(Frozen):
        taken(plan, ROWS[:1])
    assert verify_ledger().ok
