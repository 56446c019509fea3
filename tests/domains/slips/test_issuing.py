"""Slips are issued by one office, once a level, numbered without gaps, and withdrawn only by another slip."""

from __future__ import annotations

from datetime import datetime

import pytest

from luoshi.core.errors import Incomplete, Invalid, NotAllowed, NotFound, WrongState
from luoshi.domains.slips.actions import slip_cancel, slip_escalate, slips_issue
from luoshi.domains.slips.models import Slip, SlipLine
from luoshi.domains.slips.proposals import proposals
from luoshi.domains.slips.queries import slips_of_obligation
from luoshi.domains.slips.rules import rules_get
from luoshi.domains.slips.sight import slips_visible
from luoshi.kernel.ledger.queries import events_of
from luoshi.kernel.ledger.verify import verify_ledger
from luoshi.kernel.notify.models import Message
from tests.domains.slips.world import OVERSEE, RULES, TIP, URGE, issued, on, slip_world, unit
from tests.harness.times import SHANGHAI
from tests.kernel.filings.loop import owed, player, returned, signed, submit

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    return slip_world()


def proposed(now):
    return [
        (each.level.key, each.unit.code, [owed.days for owed in each.owed])
        for each in proposals(rules_get(RULES), now)
    ]


def state() -> tuple:
    return (list(Slip.objects.order_by("pk").values()), list(SlipLine.objects.order_by("pk").values()))


def kinds(slip) -> list[str]:
    return [event.kind for event in events_of("slip", slip.pk)]


def test_proposed_from_the_day_after_the_days_of_the_level(world):
    assert proposed(on(15, 23)) == proposed(on(18)) == []
    assert proposed(TIP) == [("tip", code, [2]) for code in ("S1", "S2", "S3")]
    submit(world.cast.clerk, late_reason="交接", now=on(18))
    assert [code for _, code, _ in proposed(TIP)] == ["S2", "S3"]


def test_a_returned_answer_that_was_not_mended_is_proposed_too(world):
    returned(world.cast, signed(world.cast), mend_by=None)
    found = owed()
    assert found.mend_by is not None
    late = [each for each in proposals(rules_get(RULES), URGE) if each.unit.code == "S1"]
    assert [each.owed[0].returned for each in late] == [True]
    assert late[0].owed[0].owed_by == found.mend_by


def test_what_was_returned_is_not_overdue_before_the_time_to_mend_it(world):
    returned(world.cast, signed(world.cast), mend_by=on(22).date())
    assert owed().due_at < owed().mend_by
    assert [code for _, code, _ in proposed(on(22, 20))] == ["S2", "S3"]


def test_issued_with_number_lines_and_time_to_reply(world):
    first, second = issued(world, "S2", "S1", text="请主要负责人过问。")
    assert [str(first), first.unit_code, str(second), second.unit_code] == [
        "提示〔2021〕1号",
        "S1",
        "提示〔2021〕2号",
        "S2",
    ]
    # five working days after Tuesday the 19th
    assert first.reply_by.astimezone(SHANGHAI).date() == on(26).date()
    (line,) = first.lines.order_by("id")
    assert (line.obligation, line.overdue_days, line.returned) == (owed(), 2, False)
    assert (first.organ_title, first.unit_title) == ("单位P1", "单位S1")
    (event,) = events_of("slip", first.pk)
    assert event.kind == "slip.issued" and "过问" not in str(event.body)
    told = Message.objects.filter(notice__subject_kind="slip", notice__subject_id=first.pk)
    assert set(told.values_list("post__code", flat=True)) == {"clerk", "colleague", "head"}
    assert proposed(TIP) == [("tip", "S3", [2])]
    assert verify_ledger().ok


def test_refusals_to_issue_change_nothing(world):
    issue = {"rules_ref": RULES, "unit_ids": [unit("S1")], "now": TIP}
    for actor in (world.cast.clerk, world.cast.head, world.cast.auditor):
        with pytest.raises(NotAllowed, match="发出督办单"):
            slips_issue(actor=actor, **issue)
    with pytest.raises(NotAllowed, match="由单位P1发出"):
        slips_issue(actor=world.cast.office, **issue)
    with pytest.raises(NotFound):
        slips_issue(actor=world.office, **{**issue, "rules_ref": "loop.none"})
    with pytest.raises(Incomplete, match="选择要发的单位"):
        slips_issue(actor=world.office, **{**issue, "unit_ids": []})
    with pytest.raises(Invalid, match="一次最多发 200 份"):
        slips_issue(actor=world.office, **{**issue, "unit_ids": range(1, 202)})
    with pytest.raises(Invalid, match="所选单位有误"):
        slips_issue(actor=world.office, **{**issue, "unit_ids": [10**6]})
    with pytest.raises(Invalid, match="不得超过 1000 字"):
        slips_issue(actor=world.office, **issue, text="长" * 1001)
    with pytest.raises(WrongState, match="逾期未超过 1 个工作日"):
        slips_issue(actor=world.office, **{**issue, "now": on(18)})
    assert state() == ([], [])


def test_never_twice_at_the_same_level_and_all_or_none(world):
    issued(world)
    before = state()
    with pytest.raises(WrongState, match="单位S1没有应发提示的事项"):
        issued(world, "S2", "S1")
    assert state() == before
    with pytest.raises(WrongState):
        issued(world, now=URGE)


def test_level_by_level_each_names_the_former(world):
    (tip,) = issued(world)
    with pytest.raises(WrongState, match="逾期超过 5 个工作日才能发催办，现逾期 2 个工作日"):
        slip_escalate(actor=world.office, slip_id=tip.pk, now=TIP)
    with pytest.raises(WrongState, match="现逾期 5 个工作日"):
        slip_escalate(actor=world.office, slip_id=tip.pk, now=on(22))
    assert proposed(URGE)[0] == ("urge", "S1", [6])
    with pytest.raises(NotAllowed):
        slip_escalate(actor=world.cast.office, slip_id=tip.pk, now=URGE)
    with pytest.raises(NotFound):
        slip_escalate(actor=world.cast.other, slip_id=tip.pk, now=URGE)
    urge = slip_escalate(actor=world.office, slip_id=tip.pk, now=URGE)
    tip.refresh_from_db()
    assert (str(urge), urge.former, tip.state) == ("催办〔2021〕1号", tip, "escalated")
    assert kinds(tip) == ["slip.issued", "slip.escalated"]
    assert events_of("slip", urge.pk)[0].data["former"] == "提示〔2021〕1号"
    assert "S1" not in [code for _, code, _ in proposed(URGE)]
    with pytest.raises(WrongState, match="已升级，不能升级"):
        slip_escalate(actor=world.office, slip_id=tip.pk, now=OVERSEE)
    red = slip_escalate(actor=world.office, slip_id=urge.pk, now=OVERSEE)
    assert (str(red), red.tone) == ("督办〔2021〕1号", "red")
    with pytest.raises(WrongState, match="已是最高级别"):
        slip_escalate(actor=world.office, slip_id=red.pk, now=on(1, month=3))
    seen = slips_of_obligation(world.cast.clerk, owed().pk, OVERSEE)
    assert [str(view.slip) for view in seen] == ["督办〔2021〕1号", "催办〔2021〕1号", "提示〔2021〕1号"]
    assert verify_ledger().ok


def test_what_was_answered_since_is_not_escalated(world):
    (tip,) = issued(world)
    submit(world.cast.clerk, late_reason="交接", now=on(20))
    assert [row for row in proposed(URGE) if row[1] == "S1"] == []
    with pytest.raises(WrongState, match="都已报送"):
        slip_escalate(actor=world.office, slip_id=tip.pk, now=URGE)


def test_withdrawn_only_by_a_cancelling_slip_with_its_own_number(world):
    (tip,) = issued(world)
    cancel = {"actor": world.office, "slip_id": tip.pk, "now": on(20)}
    with pytest.raises(Incomplete, match="撤销理由"):
        slip_cancel(reason=" ", **cancel)
    with pytest.raises(NotAllowed):
        slip_cancel(reason="误发", **{**cancel, "actor": world.cast.office})
    notice = slip_cancel(reason="该单位已获准延期", **cancel)
    tip.refresh_from_db()
    assert (str(notice), notice.cancels, notice.state, notice.reply_by) == (
        "提示〔2021〕2号",
        tip,
        "notice",
        None,
    )
    assert tip.state == "cancelled" and not tip.lines.filter(standing=True).exists()
    assert kinds(tip) == ["slip.issued", "slip.cancelled"] and kinds(notice) == ["slip.cancelling"]
    for slip in (tip, notice):
        with pytest.raises(WrongState, match="不能撤销"):
            slip_cancel(reason="再撤", **{**cancel, "slip_id": slip.pk})
    assert [str(slip) for slip in slips_visible(world.office)] == ["提示〔2021〕2号", "提示〔2021〕1号"]
    (again,) = issued(world, now=on(21))
    assert str(again) == "提示〔2021〕3号"
    assert verify_ledger().ok


def test_numbers_begin_anew_with_the_year(world):
    (tip,) = issued(world)
    notice = slip_cancel(
        actor=world.office, slip_id=tip.pk, reason="跨年撤销", now=datetime(2022, 1, 4, 9, tzinfo=SHANGHAI)
    )
    assert str(notice) == "提示〔2022〕1号"


def test_cancelling_the_higher_one_lets_the_former_go_on(world):
    (tip,) = issued(world)
    urge = slip_escalate(actor=world.office, slip_id=tip.pk, now=URGE)
    slip_cancel(actor=world.office, slip_id=urge.pk, reason="误发", now=URGE)
    tip.refresh_from_db()
    assert tip.state == "issued" and kinds(tip)[-1] == "slip.resumed"
    again = slip_escalate(actor=world.office, slip_id=tip.pk, now=URGE)
    assert str(again) == "催办〔2021〕3号"
    assert verify_ledger().ok


def test_slips_are_seen_by_the_unit_and_by_those_over_it(world):
    issued(world, "S1", "S2")
    seen = {
        name: [slip.unit_code for slip in slips_visible(getattr(world.cast, name))]
        for name in ("clerk", "head", "other", "reviewer", "office", "auditor")
    }
    assert seen == {
        "clerk": ["S1"],
        "head": ["S1"],
        "other": ["S2"],
        "reviewer": ["S2", "S1"],
        "office": ["S2", "S1"],
        "auditor": ["S2", "S1"],
    }


def test_the_office_reads_what_it_issued_to_units_out_of_its_sight(world):
    colleague = player("p1clerk", "P1", ("clerk", "P1"))
    assert list(slips_visible(colleague)) == []
    (tip,) = issued(world)
    assert list(slips_visible(colleague)) == [tip]


@pytest.mark.parametrize("streets", [1, 3])
def test_proposing_costs_the_same_for_many(world, django_assert_max_num_queries, streets):
    issued(world, *("S1", "S2", "S3")[:streets])
    rules = rules_get(RULES)
    with django_assert_max_num_queries(20):
        assert len(proposals(rules, URGE)) == 3
