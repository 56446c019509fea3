"""The pack of supervision: one matter from registration to its close, and what nobody can do alone."""

from __future__ import annotations

from datetime import timedelta

import pytest

from luoshi.core.beijing import local_day
from luoshi.core.errors import Incomplete, NotAllowed, SamePerson, WrongState
from luoshi.kernel.items.actions import item_create
from luoshi.kernel.items.clock_rows import clock_of
from luoshi.kernel.items.given import Given
from luoshi.kernel.ledger.verify import verify_ledger
from tests.domains.supervision.world import (
    ANSWER,
    CONCLUSION,
    HONOUR,
    NOW,
    PART,
    approver,
    clock,
    doing,
    duban_world,
    go,
    lead,
    office,
    on,
    registered,
    reported,
    sent,
)

pytestmark = pytest.mark.django_db
ONE = timedelta(days=1)


@pytest.fixture(autouse=True)
def _world():
    duban_world()


def due(item, key: str = "total") -> str:
    row = clock(item, key)
    return str(local_day(row.due_at)) if row.due_at else "paused"


def test_a_matter_goes_from_registration_to_its_close_by_another_unit():
    item = reported()
    with pytest.raises(NotAllowed):
        go(item, "confirm", lead(), values={"result": "full"})
    assert go(item, "confirm", office(), values={"result": "full"}).stage == "done"
    assert clock(item).stopped_at == NOW and verify_ledger().ok


def test_one_account_does_not_report_and_close_in_two_posts():
    item = reported()
    with pytest.raises(SamePerson, match="报结"):
        go(item, "confirm", office(account=11), values={"result": "full"})


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"urgency": "special", "kind": "order"}, "2021-03-02"),
        ({"urgency": "urgent", "kind": "order"}, "2021-03-08"),
        ({"kind": "media"}, "2021-03-08"),
        ({"kind": "meeting"}, "2021-04-13"),  # thirty working days, the Qingming holiday left out
        ({"kind": "paper"}, "2021-03-22"),
        ({"urgency": "hard", "kind": "order"}, "2021-04-13"),
        ({"limit": "date", "due_on": "2021-06-30"}, "2021-06-30"),
    ],
)
def test_the_time_of_a_matter_follows_from_its_kind(values, expected):
    assert due(sent(**values)) == expected


def test_a_date_that_is_promised_must_be_given_before_it_is_handed_out():
    item = registered(limit="date")
    with pytest.raises(Incomplete, match="指定办结日期"):
        go(item, "send", office(), duties={"lead": ["P1"]})
    assert (
        go(item, "send", office(), duties={"lead": ["P1"]}, values={"due_on": "2021-06-30"}).state == "sent"
    )


def test_an_objection_comes_within_three_working_days_and_twice_at_most():
    item = sent()
    with pytest.raises(WrongState, match="3 个工作日"):
        go(item, "bounce", lead(), on(5), note="不属本单位职责", basis="三定规定")
    for _ in range(2):
        go(item, "bounce", lead(), NOW, note="不属本单位职责", basis="三定规定")
        go(item, "send", office(), NOW, duties={"lead": ["P1"]})
    with pytest.raises(WrongState, match="至多 2 次"):
        go(item, "bounce", lead(), NOW, note="不属本单位职责", basis="三定规定")


def test_every_feedback_begins_the_time_to_the_next():
    item = doing(cadence="weekly")
    assert due(item, "feedback") == "2021-03-08"
    go(item, "feedback", lead(), on(4), values={"progress": "已完成前期勘察", "percent": "30"})
    row = clock(item, "feedback")
    assert (row.round, due(item, "feedback")) == (2, "2021-03-11")
    go(item, "report", lead(), on(9), values={"answer": ANSWER})
    assert clock(item, "feedback").stopped_at == on(9)
    go(item, "rework", office(), on(10), note="缺验收单")
    assert (clock(item, "feedback").round, due(item, "feedback")) == (3, "2021-03-17")


def test_being_put_off_is_bounded():
    item = doing(kind="paper")
    go(item, "suspend", office(), on(3), note="等待上级政策", basis="上级通知")
    assert due(item) == "paused"
    row = clock(item)
    # Two of fifteen days are used; the twenty days of the pause end by themselves.
    assert str(local_day(row.until_at)) == "2021-03-31"
    assert clock_of(row).settled(on(30, month=4)).due is not None


def test_a_return_goes_on_with_the_time_that_was_left():
    item = reported(kind="paper")
    go(item, "rework", office(), on(2), note="缺验收单")
    assert due(item) == "2021-03-22" and clock(item).round == 1


def test_what_is_kept_up_for_good_is_never_counted_as_done():
    item = go(reported(), "keep", office(), note="转入常态管理", values={"review_on": "2021-09-01"})
    assert item.stage == "waiting"
    go(item, "follow", lead(), on(4), values={"progress": "本季度继续巡查"})
    item = go(item, "again", office(), on(8), note="出现反弹，限期办理")
    assert (item.state, clock(item).round, due(item)) == ("doing", 2, "2021-04-20")


def test_coordination_pauses_the_time_of_the_matter():
    item = doing()
    go(item, "ask", lead(), on(2), note="请协调用地", values={"help_needed": "腾出施工场地"})
    assert due(item) == "paused"
    assert go(item, "settle", office(), on(4), note="已协调").state == "doing"


def test_a_part_is_gathered_by_the_unit_that_leads():
    values = {"task": "提供管线图纸", "due_on": "2021-03-19"}
    part = item_create(actor=office(), type_ref=PART, given=Given(title="管线图纸", values=values), now=NOW)
    go(part, "send", office(), duties={"lead": ["P2"], "host": ["P1"]})
    go(part, "accept", lead("P2", 21))
    with pytest.raises(NotAllowed):
        go(part, "report", lead("P1"), values={"answer": ANSWER})
    go(part, "report", lead("P2", 21), values={"answer": ANSWER})
    with pytest.raises(NotAllowed):
        go(part, "confirm", lead("P2", 22))
    assert go(part, "confirm", lead("P1")).stage == "done"
    assert due(part) == "2021-03-19" and verify_ledger().ok


def drafted(unit: str = "P1"):
    values = {"kind": "daily", "finding": "三项任务未达到序时进度。", "demand": "限期补齐"}
    given = Given(title="专项督查结论", values=values)
    item = item_create(actor=office(31), type_ref=CONCLUSION, given=given, now=NOW)
    return go(item, "submit", office(31), duties={"lead": [unit]})


def test_a_conclusion_is_approved_by_another_and_may_be_objected_to_within_thirty_days():
    item = go(drafted(), "approve", approver())
    with pytest.raises(WrongState, match="30 日"):
        go(item, "ask", lead(), on(1, month=4), values={"grounds": "统计口径有出入"})
    item = go(item, "ask", lead(), on(30), values={"grounds": "统计口径有出入"})
    assert str(local_day(clock(item, "review").due_at)) == "2021-04-29"


def test_who_drafted_or_approved_a_conclusion_takes_no_part_in_its_review():
    item = go(drafted(), "approve", approver(9))
    go(item, "ask", lead(), on(5), values={"grounds": "统计口径有出入"})
    for account in (31, 9):
        with pytest.raises(SamePerson):
            go(item, "advise", office(account), on(8), values={"advice": "建议变更第二项"})
    go(item, "advise", office(32), on(8), values={"advice": "建议变更第二项"})
    for by in (office(31), office(32), approver(9)):
        with pytest.raises(SamePerson):
            go(item, "decide", by, on(9), note="按复核意见办理", values={"outcome": "change"})
    done = go(item, "decide", office(33), on(9), note="按复核意见办理", values={"outcome": "change"})
    assert (done.stage, clock(item, "review").stopped_at) == ("done", on(9)) and verify_ledger().ok


def test_praise_and_criticism_are_approved_by_another():
    values = {"kind": "praise", "reason": "提前完成全部督查任务。"}
    item = item_create(actor=office(), type_ref=HONOUR, given=Given(title="表扬", values=values), now=NOW)
    go(item, "submit", office(), duties={"lead": ["P1"]})
    with pytest.raises(NotAllowed):
        go(item, "approve", office())
    with pytest.raises(SamePerson):
        go(item, "approve", approver(7))
    assert go(item, "approve", approver()).stage == "done"
