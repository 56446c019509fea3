"""Closing a problem: measures first, another unit verifies, the notice runs out, and it may come back."""

from __future__ import annotations

import pytest

from luoshi.core.errors import Incomplete, Invalid, NotAllowed, SamePerson, WrongState
from luoshi.domains.rectify.objections import objection_answer, objection_record
from luoshi.kernel.items.actions import moves_open
from luoshi.kernel.items.models import Item, ItemClock
from luoshi.kernel.items.steps import open_duties
from luoshi.kernel.ledger.verify import verify_ledger
from tests.domains.rectify.world import (
    LONG,
    PLAN,
    applied,
    closed,
    desk,
    go,
    later,
    measured,
    noticed,
    owner,
    problem,
    verified,
    verifier,
    watch,
    working,
    world,
)
from tests.harness.times import NOW
from tests.kernel.items.helpers import snapshot

pytestmark = pytest.mark.django_db
VERDICT = {"method": "site", "verdict": LONG}


@pytest.fixture(autouse=True)
def planted():
    world()


def refused(error, match, act):
    before = snapshot()
    with pytest.raises(error, match=match):
        act()
    assert snapshot() == before


def objected(item, now, **given):
    asked = {"channel": "letter", "received_on": now.date(), "text": "现场仍有同样的情况"} | given
    return objection_record(actor=desk(), problem_id=item.pk, now=now, **asked)


def test_a_problem_goes_the_whole_way_and_its_ledger_agrees():
    item = closed()
    assert item.state == "closed" and verify_ledger().ok


def test_a_plan_without_a_measure_is_not_approved():
    item = problem()
    go(item, "draft", owner(), values=PLAN)
    refused(Incomplete, "还没有所属的整改措施", lambda: go(item, "approve", desk()))


def test_closing_is_not_applied_for_while_a_measure_is_open():
    item, measure = working()
    values = {"applied": LONG, "result": "done"}
    refused(
        Incomplete, f"1 件没有办结（{measure.number}）", lambda: go(item, "apply", owner(), values=values)
    )
    verified(measure)
    assert go(item, "apply", owner(), values=values).state == "check"


def test_whoever_rectifies_never_verifies_whatever_post_it_acts_in():
    item = applied()
    same_person = verifier("P2", account=11)
    refused(SamePerson, "核查通过", lambda: go(item, "pass", same_person, values=VERDICT))
    refused(NotAllowed, "核查", lambda: go(item, "pass", owner("P1", 12), values=VERDICT))


def test_a_unit_made_its_own_verifier_is_refused_all_the_same():
    item = problem(verify="P1")
    refused(Invalid, "由另一单位核查", lambda: measured(item))
    measured(item, verify="P2")
    go(item, "draft", owner(), values=PLAN)
    item = go(item, "approve", desk())
    measure = Item.objects.get(type_ref="zhenggai.measure")
    verified(measure)
    item = go(item, "apply", owner(), values={"applied": LONG, "result": "done"})
    refused(SamePerson, "核查通过", lambda: go(item, "pass", owner("P1", 12), values=VERDICT))


def test_a_measure_is_verified_by_another_unit():
    _, measure = working()
    go(measure, "report", owner(), values={"outcome": LONG})
    refused(SamePerson, "核实", lambda: go(measure, "verify", verifier("P2", 11), values=VERDICT))


def test_a_notice_runs_its_days_before_the_problem_closes():
    item = noticed(days=5)
    values = {"recheck_on": "2021-07-30"}
    refused(WrongState, "须满 5 个工作日", lambda: go(item, "close", desk(), later(7), values=values))
    assert go(item, "close", desk(), later(11), values=values).state == "closed"


@pytest.mark.parametrize("days", ["4", "21"])
def test_the_days_of_a_notice_are_bounded(days):
    item = go(applied(), "pass", verifier(), values=VERDICT)
    refused(Invalid, "公示工作日数", lambda: go(item, "publish", desk(), values={"public_days": days}))


def test_an_objection_is_answered_by_somebody_else_before_the_problem_closes():
    item, day = noticed(), later(12)
    row = objected(item, later(2))
    close = {"recheck_on": "2021-07-30"}
    refused(Incomplete, "1 条公示意见没有答复", lambda: go(item, "close", desk(), day, values=close))
    answer = {"objection_id": row.pk, "upheld": False, "answer": "现场复核，未见同样情况", "now": day}
    refused(NotAllowed, "答复公示意见", lambda: objection_answer(actor=owner(), **answer))
    objection_answer(actor=verifier(), **answer)
    refused(WrongState, "已经答复", lambda: objection_answer(actor=verifier(), **answer))
    assert go(item, "close", desk(), day, values=close).state == "closed" and verify_ledger().ok


def test_an_upheld_objection_sends_the_problem_back():
    item, day = noticed(), later(12)
    row = objected(item, later(2))
    objection_answer(actor=verifier(), objection_id=row.pk, upheld=True, answer="情况属实，需要再改", now=day)
    refused(
        WrongState, "核实成立", lambda: go(item, "close", desk(), day, values={"recheck_on": "2021-07-30"})
    )
    assert go(item, "recall", desk(), day, note="公示意见成立").state == "doing"


def test_an_objection_is_of_the_notice_and_dated_within_it():
    early = applied()
    refused(WrongState, "不在公示期", lambda: objected(early, NOW))
    item = noticed()
    refused(Invalid, "公示开始", lambda: objected(item, later(2), received_on=later(-2).date()))


def test_a_lasting_problem_is_never_closed_but_kept_under_check():
    item = applied("long")
    refused(WrongState, "长期坚持的问题不销号", lambda: go(item, "pass", verifier(), values=VERDICT))
    steady = go(item, "stage", verifier(), values=VERDICT | {"recheck_on": "2021-09-30"})
    assert (steady.state, steady.stage) == ("steady", "waiting")
    open_now = moves_open(verifier(), steady, open_duties([item.pk])[item.pk], NOW)
    assert [move.key for move in open_now] == ["relapse", "keep"]
    kept = go(steady, "keep", verifier(), values={"recheck_note": LONG, "recheck_on": "2021-12-30"})
    assert kept.state == "steady" and kept.values["recheck_on"] == "2021-12-30"


def test_only_a_lasting_problem_is_done_by_stages():
    item = applied()
    values = VERDICT | {"recheck_on": "2021-09-30"}
    refused(WrongState, "只有长期坚持", lambda: go(item, "stage", verifier(), values=values))


def test_a_recheck_keeps_it_closed_and_a_relapse_starts_a_new_clock():
    item = closed()
    checked = go(item, "recheck", verifier(), later(30), values={"recheck": "none", "recheck_note": LONG})
    assert checked.state == "closed" and checked.reopened == 0
    found = {"recheck": "relapsed", "recheck_note": LONG, "due_on": "2021-12-31"}
    seen = {"recheck": "relapsed", "recheck_note": LONG}
    refused(WrongState, "请办“反弹重开”", lambda: go(item, "recheck", verifier(), later(60), values=seen))
    again = go(item, "relapse", watch(), later(60), values=found, note="抽查发现同样问题")
    assert (again.state, again.reopened) == ("doing", 1)
    rounds = ItemClock.objects.filter(item=item).order_by("round")
    assert [clock.round for clock in rounds] == [1, 2] and rounds[0].stopped_at == later(12)
    assert verify_ledger().ok
