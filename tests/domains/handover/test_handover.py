"""Handovers: made of live records, checked line by line, signed by three persons, then never changed."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from luoshi.core.actor import SYSTEM
from luoshi.core.errors import Incomplete, Invalid, NotAllowed, NotFound, SamePerson, WrongState
from luoshi.domains.handover.letters import handover_record, notice_letter
from luoshi.domains.handover.lines import (
    handover_offer,
    handover_return,
    line_add,
    line_note,
    line_remove,
    lines_answer,
    package_renew,
)
from luoshi.domains.handover.noticing import handover_cancel, limit_set, successor_set
from luoshi.domains.handover.queries import (
    chain_of_item,
    handover_visible,
    handovers_found,
    leavers_due,
    views_of,
)
from luoshi.domains.handover.signing import handover_sign, supplement_add, supplement_confirm
from luoshi.kernel.documents.docx import render_docx
from luoshi.kernel.items.held import duties_pass
from luoshi.kernel.items.keeping import item_watch
from luoshi.kernel.items.models import ItemDuty, ItemWatch
from luoshi.kernel.ledger.models import Event
from luoshi.kernel.ledger.verify import verify_ledger
from luoshi.kernel.org.actions import appointment_end, post_create
from luoshi.kernel.org.handing import register_held
from luoshi.kernel.org.models import Post
from tests.domains.handover.world import again, cast, checked, noticed, signed, succeeded
from tests.harness.times import NOW
from tests.kernel.items.helpers import RESULT, desk, go, lead

pytestmark = pytest.mark.django_db


@pytest.fixture
def who():
    return cast()


def test_the_package_is_made_of_what_hangs_on_the_post(who):
    handover = noticed(who)
    (line,) = handover.lines.all()
    assert (line.kind, line.ref, line.number) == ("item", who.item.pk, who.item.number)
    assert str(handover) == "交接〔2021〕1号" and handover.due_on == date(2021, 2, 3)
    assert verify_ledger().ok


def test_an_unknown_list_fails_the_start():
    with pytest.raises(LookupError, match="'items'"):
        register_held("itmes", lambda holding, now: [])


def test_renewing_takes_out_what_is_done_and_keeps_notes(who):
    handover = noticed(who)
    line_note(actor=who.giver, handover_id=handover.pk, line_id=handover.lines.get().pk, note="在谈", now=NOW)
    go(who.item, "report", lead("P1"), values={"result": RESULT})
    assert package_renew(actor=who.giver, handover_id=handover.pk, now=NOW) == 1
    line = handover.lines.get()
    assert line.state == "待回访" and line.giver_note == "在谈"
    go(who.item, "confirm", desk(), values={"solved": "yes"})
    package_renew(actor=who.giver, handover_id=handover.pk, now=NOW)
    assert not handover.lines.exists()
    assert verify_ledger().ok


def test_only_who_leaves_prepares_and_only_who_follows_checks(who):
    handover = noticed(who)
    for other in (who.taker, who.witness, who.office):
        with pytest.raises(NotAllowed):
            line_add(actor=other, handover_id=handover.pk, source="property", title="钥匙", now=NOW)
    line = line_add(actor=who.giver, handover_id=handover.pk, source="property", title="钥匙三把", now=NOW)
    with pytest.raises(Invalid, match="请选择种类"):
        line_add(actor=who.giver, handover_id=handover.pk, source="items", title="伪造", now=NOW)
    with pytest.raises(WrongState, match="不能删去"):
        live = handover.lines.get(kind="item")
        line_remove(actor=who.giver, handover_id=handover.pk, line_id=live.pk, now=NOW)
    handover_offer(actor=who.giver, handover_id=handover.pk, now=NOW)
    for other in (who.giver, who.witness, who.office):
        with pytest.raises(NotAllowed):
            lines_answer(actor=other, handover_id=handover.pk, line_ids=[line.pk], answer="accepted", now=NOW)
    with pytest.raises(WrongState, match="补充交接"):
        line_add(actor=who.giver, handover_id=handover.pk, source="risk", title="迟到", now=NOW)


def test_what_is_overdue_must_be_explained(who):
    handover = noticed(who)
    late = NOW + timedelta(days=60)
    with pytest.raises(Incomplete, match=who.item.number):
        handover_offer(actor=who.giver, handover_id=handover.pk, now=late)
    line_id = handover.lines.get().pk
    line_note(actor=who.giver, handover_id=handover.pk, line_id=line_id, note="银行审批中", now=late)
    assert handover_offer(actor=who.giver, handover_id=handover.pk, now=late).state == "offered"


def test_a_dispute_needs_a_reason_and_lines_of_others_are_not_there(who):
    handover = noticed(who)
    handover_offer(actor=who.giver, handover_id=handover.pk, now=NOW)
    answering = {"actor": who.taker, "handover_id": handover.pk, "now": NOW}
    ids = [handover.lines.get().pk]
    with pytest.raises(Incomplete, match="写明理由"):
        lines_answer(line_ids=ids, answer="disputed", **answering)
    with pytest.raises(NotFound):
        lines_answer(line_ids=[*ids, 999], answer="accepted", **answering)
    with pytest.raises(Incomplete):
        lines_answer(line_ids=[], answer="accepted", **answering)
    done = lines_answer(line_ids=ids, answer="disputed", note="资料不全", **answering)
    assert done.state == "checked"
    handover_return(actor=who.taker, handover_id=handover.pk, reason="请补资料", now=NOW)
    with pytest.raises(WrongState):
        lines_answer(line_ids=ids, answer="accepted", **answering)


def test_three_persons_sign_the_witness_last(who):
    handover = checked(who)
    with pytest.raises(WrongState, match="监交人最后"):
        handover_sign(actor=who.witness, handover_id=handover.pk, now=NOW)
    with pytest.raises(NotAllowed):
        handover_sign(actor=who.office, handover_id=handover.pk, now=NOW)
    handover_sign(actor=who.giver, handover_id=handover.pk, now=NOW)
    with pytest.raises(WrongState, match="已签字"):
        handover_sign(actor=who.giver, handover_id=handover.pk, now=NOW)
    with pytest.raises(WrongState):
        handover_return(actor=who.taker, handover_id=handover.pk, reason="迟了", now=NOW)
    handover_sign(actor=who.taker, handover_id=handover.pk, now=NOW)
    with pytest.raises(WrongState, match="还没有任"):
        handover_sign(actor=who.witness, handover_id=handover.pk, now=NOW)
    succeeded(who)
    assert handover_sign(actor=who.witness, handover_id=handover.pk, now=NOW).state == "signed"
    assert verify_ledger().ok


def test_no_person_stands_on_two_sides(who):
    with pytest.raises(SamePerson):
        noticed(who, taker_id=who.giver.person_id)
    with pytest.raises(SamePerson):
        noticed(who, witness_post="p1-head")
    handover = checked(who, witness_post="p1-deputy")
    handover_sign(actor=who.giver, handover_id=handover.pk, now=NOW)
    handover_sign(actor=who.taker, handover_id=handover.pk, now=NOW)
    with pytest.raises((SamePerson, NotAllowed, WrongState)):
        handover_sign(actor=who.taker, handover_id=handover.pk, now=NOW)


def test_nobody_gives_notice_to_oneself_and_no_unit_to_others(who):
    with pytest.raises(NotAllowed):
        from luoshi.domains.handover.noticing import handover_notice

        handover_notice(
            actor=who.taker,
            appointment_id=who.appointment_id,
            ground="moved",
            leaves_on=date(2021, 1, 20),
            witness_post="dc-watch",
            now=NOW,
        )
    noticed(who)
    with pytest.raises(WrongState, match="已经发过"):
        noticed(who)


def test_after_signing_nothing_changes_but_by_supplement(who):
    handover = signed(who)
    before = Event.objects.count()
    line_id = handover.lines.get().pk
    with pytest.raises(WrongState):
        line_note(actor=who.giver, handover_id=handover.pk, line_id=line_id, note="改", now=NOW)
    with pytest.raises(WrongState):
        lines_answer(
            actor=who.taker, handover_id=handover.pk, line_ids=[line_id], answer="disputed", note="x", now=NOW
        )
    with pytest.raises(WrongState):
        handover_cancel(actor=who.office, handover_id=handover.pk, reason="误发", now=NOW)
    with pytest.raises(WrongState):
        successor_set(actor=who.office, handover_id=handover.pk, taker_id=who.witness.person_id, now=NOW)
    assert Event.objects.count() == before
    extra = supplement_add(actor=who.giver, handover_id=handover.pk, text="另有印章一枚", now=NOW)
    with pytest.raises(SamePerson):
        supplement_confirm(actor=who.giver, handover_id=handover.pk, supplement_id=extra.pk, now=NOW)
    with pytest.raises(NotAllowed):
        supplement_confirm(actor=who.witness, handover_id=handover.pk, supplement_id=extra.pk, now=NOW)
    supplement_confirm(actor=who.taker, handover_id=handover.pk, supplement_id=extra.pk, now=NOW)
    assert verify_ledger().ok


def test_the_chain_of_holders_stands_on_the_item_and_watches_move(who):
    item_watch(actor=who.giver, item_id=who.item.pk, on=True, now=NOW)
    signed(who)
    (link,) = chain_of_item(who.item.pk)
    assert (link.giver, link.taker) == ("人giver", "人taker")
    assert ItemWatch.objects.filter(item=who.item, account_id=who.taker.account_id).exists()
    assert chain_of_item(0) == []


def test_duties_that_name_the_post_pass_to_another_post(who):
    post_create(by=SYSTEM, code="p1-new", title="新设岗", unit_code="P1", now=NOW)
    old, new = Post.objects.get(code="p1-head"), Post.objects.get(code="p1-new")
    assert not duties_pass(actor=who.office, item_id=who.item.pk, from_post=old, to_post=new, now=NOW)
    duty = ItemDuty.objects.get(item=who.item, role="lead", to_step=None)
    assert duty.post_id is None


def test_only_those_concerned_see_it(who):
    handover = noticed(who)
    stranger = lead("P2", 21)
    with pytest.raises(NotFound):
        handover_visible(stranger, handover.pk)
    with pytest.raises(NotFound):
        line_add(actor=stranger, handover_id=handover.pk, source="risk", title="x", now=NOW)
    for each in (who.giver, who.taker, who.witness, who.office):
        assert handover_visible(each, handover.pk) == handover


def test_overdue_is_derived_and_leavers_are_listed(who):
    appointment_end(by=SYSTEM, appointment_id=who.appointment_id, to_on=date(2021, 1, 20), now=NOW)
    (leaver,) = leavers_due(who.office, NOW)
    assert leaver.name == "人giver"
    assert leavers_due(who.taker, NOW) == []
    limit_set(actor=who.office, workdays=5, now=NOW)
    handover = noticed(who)
    assert handover.due_on == date(2021, 1, 27)
    assert leavers_due(who.office, NOW) == []
    later = NOW + timedelta(days=30)
    assert list(handovers_found(who.office, later, state="overdue")) == [handover]
    (view,) = views_of([handover], later)
    assert view.timing == "overdue"
    with pytest.raises(Invalid):
        limit_set(actor=who.office, workdays=0, now=NOW)


def test_who_left_still_signs(who):
    handover = checked(who)
    appointment_end(by=SYSTEM, appointment_id=who.appointment_id, to_on=date(2021, 1, 20), now=NOW)
    later = NOW + timedelta(days=6)
    gone = again("giver", later.date())
    assert gone.post_id is None
    assert handover_sign(actor=gone, handover_id=handover.pk, now=later).signs.count() == 1


def test_the_documents_say_what_was_handed_over(who):
    handover = noticed(who)
    assert render_docx(notice_letter(handover))[:2] == b"PK"
    with pytest.raises(WrongState, match="才有离任交接书"):
        handover_record(handover)
    handover_cancel(actor=who.office, handover_id=handover.pk, reason="误发", now=NOW)
    record = handover_record(signed(who))
    assert render_docx(record)[:2] == b"PK"
    assert "逐项核对无异议" in record.blocks[0].runs[0].text
