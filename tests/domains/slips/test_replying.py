"""The unit replies, its head signs, the office accepts or sends back; whether it was in time is derived."""

from __future__ import annotations

from dataclasses import replace

import pytest

from luoshi.core.errors import Incomplete, Invalid, NotAllowed, NotFound, SamePerson, WrongState
from luoshi.domains.slips.actions import slip_accept, slip_cancel, slip_escalate, slip_return
from luoshi.domains.slips.models import SlipReply
from luoshi.domains.slips.queries import may_act, slip_view, slips_found, slips_waiting
from luoshi.domains.slips.replying import slip_reply, slip_sign
from luoshi.kernel.ledger.queries import events_of
from luoshi.kernel.ledger.verify import verify_ledger
from tests.domains.slips.world import TIP, URGE, issued, on, slip_world

pytestmark = pytest.mark.django_db
TEXT = "填报人员交接，现已补报。"


@pytest.fixture
def world():
    return slip_world()


@pytest.fixture
def slip(world):
    return issued(world)[0]


def reply(actor, slip, text=TEXT, now=None):
    return slip_reply(actor=actor, slip_id=slip.pk, text=text, now=now or on(20))


def sign(actor, slip, now=None):
    return slip_sign(actor=actor, slip_id=slip.pk, now=now or on(21))


def kinds(slip) -> list[str]:
    return [event.kind for event in events_of("slip", slip.pk)]


def waiting(actor, now=None) -> list[str]:
    return [str(view.slip) for view in slips_waiting(actor, now or on(21))]


def test_from_reply_to_done(world, slip):
    clerk, head, office = world.cast.clerk, world.cast.head, world.office
    assert waiting(clerk) == waiting(head) == [str(slip)] and waiting(office) == []
    reply(clerk, slip, f" {TEXT} ")
    assert "交接" not in str(events_of("slip", slip.pk)[-1].body)
    assert waiting(clerk) == [] and waiting(head) == [str(slip)]
    sign(head, slip)
    assert waiting(head) == [] and waiting(office) == [str(slip)]
    found = slip_accept(actor=office, slip_id=slip.pk, comment="同意", now=on(22))
    slip.refresh_from_db()
    assert (slip.state, found.text, found.decision, found.comment) == ("accepted", TEXT, "accept", "同意")
    assert slip_view(slip, on(28)).timing == "on_time"
    assert kinds(slip) == ["slip.issued", "slip.replied", "slip.signed", "slip.accepted"]
    assert verify_ledger().ok


def test_the_head_alone_replies_and_signs_in_one_step(world, slip):
    found = reply(world.cast.head, slip)
    slip.refresh_from_db()
    assert slip.state == "signed" and found.signed_at == on(20)
    assert kinds(slip) == ["slip.issued", "slip.signed"]


def test_a_reply_is_written_anew_until_it_is_signed(world, slip):
    reply(world.cast.clerk, slip, "第一稿")
    reply(world.cast.colleague, slip, "第二稿")
    sign(world.cast.head, slip)
    versions = SlipReply.objects.order_by("version").values_list("version", "text", "signed_at")
    assert list(versions) == [(1, "第一稿", None), (2, "第二稿", on(21))]
    with pytest.raises(WrongState, match="待认可，不能再回复"):
        reply(world.cast.clerk, slip)


def test_only_the_unit_replies_and_only_its_head_signs(world, slip):
    with pytest.raises(NotFound):
        reply(world.cast.other, slip)
    for actor in (world.office, world.cast.office):
        with pytest.raises(NotAllowed, match="单位S1的填报员或负责人回复"):
            reply(actor, slip)
    with pytest.raises(Incomplete, match="办理情况"):
        reply(world.cast.clerk, slip, " ")
    with pytest.raises(Invalid, match="不得超过"):
        reply(world.cast.clerk, slip, "长" * 1001)
    with pytest.raises(WrongState, match="没有待签批"):
        sign(world.cast.head, slip)
    assert not SlipReply.objects.exists()
    reply(world.cast.clerk, slip)
    for actor in (world.cast.clerk, world.office):
        with pytest.raises(NotAllowed, match="负责人签批"):
            sign(actor, slip)
    with pytest.raises(NotFound):
        sign(world.head2, slip)
    slip.refresh_from_db()
    assert slip.state == "replied"


def test_only_the_office_decides_and_only_on_a_signed_reply(world, slip):
    reply(world.cast.clerk, slip)
    with pytest.raises(WrongState, match="没有已签批的回复"):
        slip_accept(actor=world.office, slip_id=slip.pk, now=on(21))
    sign(world.cast.head, slip)
    for actor in (world.cast.head, world.cast.clerk, world.cast.office, world.cast.auditor):
        with pytest.raises(NotAllowed):
            slip_accept(actor=actor, slip_id=slip.pk, now=on(22))
        with pytest.raises(NotAllowed):
            slip_return(actor=actor, slip_id=slip.pk, comment="x", now=on(22))
    with pytest.raises(Incomplete, match="退回理由"):
        slip_return(actor=world.office, slip_id=slip.pk, comment="", now=on(22))
    slip_return(actor=world.office, slip_id=slip.pk, comment="未说明原因", now=on(22))
    slip.refresh_from_db()
    assert slip.state == "issued" and kinds(slip)[-1] == "slip.returned"
    reply(world.cast.head, slip, now=on(25))
    slip_accept(actor=world.office, slip_id=slip.pk, now=on(25))
    assert SlipReply.objects.count() == 2 and verify_ledger().ok


def test_overdue_and_late_are_derived_from_the_first_signed_reply(world, slip):
    assert slip_view(slip, on(26, 23)).timing == "waiting"
    assert slip_view(slip, on(27)).timing == "overdue"
    assert [str(view.slip) for view in slips_found(world.office, on(27), state="overdue")] == [str(slip)]
    assert slips_found(world.office, on(26), state="overdue") == []
    reply(world.cast.clerk, slip, now=on(26))
    assert slip_view(slip, on(27)).timing == "overdue"
    sign(world.cast.head, slip, now=on(27))
    assert slip_view(slip, on(28)).timing == "late"


def test_after_a_promise_that_was_not_kept_the_next_level_follows(world, slip):
    reply(world.cast.head, slip)
    slip_accept(actor=world.office, slip_id=slip.pk, now=on(21))
    urge = slip_escalate(actor=world.office, slip_id=slip.pk, now=URGE)
    slip.refresh_from_db()
    assert slip.state == "escalated"
    slip_cancel(actor=world.office, slip_id=urge.pk, reason="误发", now=URGE)
    slip.refresh_from_db()
    assert slip.state == "accepted"


def test_a_page_offers_each_the_own_step(world, slip):
    def offered(actor):
        return sorted(step for step, able in may_act(actor, slip, TIP).items() if able)

    assert offered(world.cast.clerk) == ["reply"]
    assert offered(world.cast.head) == ["reply", "signs"]
    assert offered(world.office) == ["cancel", "escalate"]
    assert offered(world.cast.office) == offered(world.cast.auditor) == []


def test_the_list_is_filtered_by_level_unit_state_and_year(world):
    issued(world, "S1", "S2")
    assert len(slips_found(world.office, TIP)) == 2
    assert [view.slip.unit_code for view in slips_found(world.office, TIP, text="S2")] == ["S2"]
    assert [view.slip.unit_code for view in slips_found(world.office, TIP, text="〕1号")] == ["S1"]
    assert len(slips_found(world.office, TIP, level="提示", state="issued", year="2021")) == 2
    for given in ({"level": "催办"}, {"state": "accepted"}, {"year": "2020"}, {"year": "x"}):
        assert slips_found(world.office, TIP, **given) == []


@pytest.mark.parametrize("streets", [1, 3])
def test_the_list_costs_the_same_for_many(world, django_assert_max_num_queries, streets):
    issued(world, *("S1", "S2", "S3")[:streets])
    with django_assert_max_num_queries(4):
        assert len(slips_found(world.office, TIP)) == streets


@pytest.mark.parametrize("part", ["clerk", "head"])
def test_whoever_answered_for_the_unit_judges_nothing_in_another_post(world, slip, part):
    reply(world.cast.clerk, slip)
    sign(world.cast.head, slip)
    same = replace(world.office, account_id=getattr(world.cast, part).account_id)
    before = kinds(slip)
    cases = [
        lambda: slip_accept(actor=same, slip_id=slip.pk, now=on(22)),
        lambda: slip_return(actor=same, slip_id=slip.pk, comment="请补充", now=on(22)),
        lambda: slip_cancel(actor=same, slip_id=slip.pk, reason="误发", now=on(22)),
    ]
    for act in cases:
        with pytest.raises(SamePerson, match="请由他人办理"):
            act()
    slip.refresh_from_db()
    assert slip.state == "signed" and kinds(slip) == before
    may = may_act(same, slip, on(22))
    assert not may["decide"] and not may["cancel"]
    assert may_act(world.office, slip, on(22))["decide"]
