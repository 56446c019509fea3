"""Slips about items: a clock calls once, levels follow by rule, and only the office issues."""

from __future__ import annotations

import pytest

from luoshi.core.errors import Incomplete, NotAllowed, NotFound, WrongState
from luoshi.domains.slips.about_items import call_drop, slip_press
from luoshi.domains.slips.actions import slip_accept, slip_cancel, slip_escalate
from luoshi.domains.slips.letters import letter_of
from luoshi.domains.slips.models import Slip, SlipCall, SlipLine, SlipReply, SlipReplyFile
from luoshi.domains.slips.pressing import pressed
from luoshi.domains.slips.queries import lines_of, slips_of_item
from luoshi.domains.slips.replying import slip_reply
from luoshi.domains.slips.rules import rules_get
from luoshi.domains.slips.sight import sees_file
from luoshi.kernel.evidence.actions import Proof
from luoshi.kernel.items.ladder import ladder_send
from luoshi.kernel.ledger.verify import verify_ledger
from luoshi.kernel.notify.models import Notice
from tests.domains.supervision.world import ANSWER, doing, duban_world, go, lead, office, on

pytestmark = pytest.mark.django_db
RULES = "duban.matter"
# Fifteen working days from 1 March are over on 22 March; 130 % of them with 26 March.
LATE = on(29)


@pytest.fixture(autouse=True)
def _world():
    duban_world()


def late(**values: str):
    """Return a matter whose clock has just called for a slip."""
    item = doing(kind="paper", **values)
    ladder_send(LATE)
    return item


def press(item, now=LATE, by=None, **given) -> Slip:
    return slip_press(actor=by or office(), rules_ref=RULES, item_id=item.pk, now=now, **given)


def levels(now) -> list[tuple[str, str]]:
    return [(each.level.key, each.why) for each in pressed(rules_get(RULES), now)]


def test_a_clock_calls_once_however_often_the_scan_runs():
    late()
    for _ in range(3):
        assert ladder_send(LATE) == 0
    assert SlipCall.objects.count() == 1 and levels(LATE) == [("blue", "办结时限时限用去 130%")]
    assert Notice.objects.filter(key__startswith="slip_call:").exists() and verify_ledger().ok


def test_after_an_outage_the_step_still_calls():
    doing(kind="paper")
    ladder_send(on(1, month=6))
    ladder_send(on(2, month=6))
    assert SlipCall.objects.count() == 1


def test_one_matter_one_slip_and_the_call_is_answered():
    item = late()
    slip = press(item)
    assert str(slip) == "蓝色督办〔2021〕1号" and slip.unit_code == "P1"
    call, line = SlipCall.objects.get(), SlipLine.objects.get()
    assert (call.state, call.slip, line.item, line.cause) == ("issued", slip, item, call.key)
    assert levels(LATE) == []
    with pytest.raises(WrongState, match="没有应发"):
        press(item)
    assert verify_ledger().ok


def test_blue_without_a_reply_becomes_orange_then_red():
    item = late()
    blue = press(item)
    assert levels(on(6, month=4)) == []  # five working days to reply, the holiday left out
    assert levels(on(7, month=4)) == [("orange", f"{blue}到期未回复")]
    orange = slip_escalate(actor=office(), slip_id=blue.pk, now=on(7, month=4))
    assert (orange.level, orange.former, Slip.objects.get(pk=blue.pk).state) == ("orange", blue, "escalated")
    red = press(item, on(19, month=4))
    assert (red.level, red.former) == ("red", orange)
    with pytest.raises(WrongState, match="最高级别"):
        slip_escalate(actor=office(), slip_id=red.pk, now=on(20, month=4))
    assert [view.slip for view in slips_of_item(office(), item.pk, on(20, month=4))] == [red, orange, blue]
    assert verify_ledger().ok


def test_a_replied_slip_is_followed_when_the_matter_stays_late():
    item = late()
    blue = press(item)
    slip_reply(actor=lead(role="head", account=12), slip_id=blue.pk, text="本月底办结", now=LATE)
    slip_accept(actor=office(), slip_id=blue.pk, now=LATE)
    assert levels(on(6, month=4)) == []
    assert levels(on(7, month=4)) == [("orange", "逾期 11 个工作日")]


def test_what_was_sent_back_twice_is_pressed_for_though_it_is_not_late():
    item = doing(kind="meeting")
    for _ in range(2):
        go(item, "report", lead(), on(3), values={"answer": ANSWER})
        go(item, "rework", office(), on(4), note="缺验收单")
    assert levels(on(4)) == [("blue", "退回重办 2 次")]
    slip = press(item, on(4))
    slip_reply(actor=lead(role="head", account=12), slip_id=slip.pk, text="已补", now=on(4))
    slip_accept(actor=office(), slip_id=slip.pk, now=on(4))
    assert levels(on(5)) == []


def test_what_was_reported_is_not_pressed_for():
    item = late()
    go(item, "report", lead(), LATE, values={"answer": ANSWER})
    assert levels(LATE) == []
    with pytest.raises(WrongState):
        press(item)


def test_a_cancelled_slip_keeps_its_line_which_stands_no_more():
    item = late()
    slip = press(item)
    slip_cancel(actor=office(), slip_id=slip.pk, reason="误发", now=LATE)
    assert not SlipLine.objects.filter(standing=True).exists()
    assert [line.number for line in lines_of(slip)] == [item.number]


def test_the_office_may_decide_that_no_slip_is_needed():
    late()
    call = SlipCall.objects.get()
    with pytest.raises(Incomplete, match="理由"):
        call_drop(actor=office(), call_id=call.pk, reason=" ", now=LATE)
    call_drop(actor=office(), call_id=call.pk, reason="已当面说明，三日内办结", now=LATE)
    assert levels(LATE) == []
    with pytest.raises(WrongState):
        call_drop(actor=office(), call_id=call.pk, reason="再次", now=LATE)
    assert verify_ledger().ok


def test_a_clerk_of_the_unit_neither_issues_nor_drops_nor_sees_a_strange_slip():
    item = late()
    with pytest.raises(NotAllowed):
        press(item, by=lead())
    with pytest.raises(NotAllowed):
        call_drop(actor=lead(), call_id=SlipCall.objects.get().pk, reason="不必", now=LATE)
    slip = press(item)
    assert slips_of_item(lead("P2", 21), item.pk, LATE) == []
    with pytest.raises(NotFound):
        slip_reply(actor=lead("P2", 21), slip_id=slip.pk, text="代为回复", now=LATE)


def test_the_letter_names_the_matter_its_number_and_its_time():
    item = late()
    letter = letter_of(slip := press(item), lines_of(slip))
    assert letter.title_lines == ("关于老旧小区加装电梯的", "蓝色督办函")
    words = str(letter.blocks)
    assert item.number in words and "已逾期5个工作日" in words and "2021年4月6日" in words


def test_a_reply_carries_files_that_whoever_sees_the_slip_reads():
    slip = press(late())
    proof = Proof("sheet", "办结清单", on(26).date(), "办结清单.csv", "事项,结果\n普查,完成\n".encode())
    head = lead(role="head", account=12)
    slip_reply(actor=head, slip_id=slip.pk, text="已办结", now=LATE, proofs=[proof])
    file = SlipReplyFile.objects.get()
    assert sees_file(office(), file.revision_id, LATE.date()) and verify_ledger().ok
    assert not sees_file(lead("P2", 21), file.revision_id, LATE.date())


def test_a_refused_file_leaves_no_reply():
    slip = press(late())
    proof = Proof("document", "", None, "办结说明.txt", "已完成验收".encode())
    with pytest.raises(Incomplete):
        slip_reply(
            actor=lead(role="head", account=12), slip_id=slip.pk, text="已办结", now=LATE, proofs=[proof]
        )
    assert not SlipReply.objects.exists() and Slip.objects.get().state == "issued"
