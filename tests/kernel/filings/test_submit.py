"""The filler's steps. Every refusal stands beside its success and changes nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest

from luoshi.core.actor import SYSTEM
from luoshi.core.errors import Frozen, Incomplete, Invalid, NotAllowed, NotFound, Stale, WrongState
from luoshi.core.lights import Light
from luoshi.core.periods import parse_period
from luoshi.kernel.elements.queries import held
from luoshi.kernel.filings.actions import (
    draft_save,
    filing_correct,
    filing_sign,
    filing_submit,
    filing_withdraw,
    obligation_claim,
)
from luoshi.kernel.filings.entries import Typed
from luoshi.kernel.filings.facts import facts_check
from luoshi.kernel.filings.models import Draft, Filing, FilingFact, Obligation
from luoshi.kernel.filings.queries import filing_versions, matrix
from luoshi.kernel.ledger.queries import events_of
from luoshi.kernel.ledger.rows import milliseconds
from luoshi.kernel.ledger.verify import verify_ledger
from luoshi.kernel.org.actions import unit_close, unit_move
from tests.harness.times import NOW
from tests.kernel.filings.loop import (
    DUE,
    FORM,
    GOOD,
    IN_TIME,
    PAST_DUE,
    accepted,
    later,
    loop_world,
    opened,
    owed,
    player,
    returned,
    signed,
    snapshot,
    submit,
    submit_nil,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast():
    found = loop_world()
    opened()
    return found


def save(actor, rev=0, *, now=IN_TIME, values=GOOD, **given):
    typed = Typed(values=values, **given)
    return draft_save(actor=actor, obligation_id=owed().pk, rev=rev, typed=typed, now=now)


def kinds(obligation):
    return [event.kind for event in events_of("obligation", obligation.pk)]


class TestClaim:
    def test_says_who_sees_to_it_and_is_recorded_once(self, cast):
        for _ in range(2):
            obligation_claim(actor=cast.clerk, obligation_id=owed().pk, now=IN_TIME)
        found = owed()
        assert (found.claimed_at, found.claimed_by_post) == (IN_TIME, "clerk")
        assert kinds(found) == ["obligation.opened", "obligation.claimed"]
        assert verify_ledger().ok

    def test_is_taken_over_only_when_said_so(self, cast):
        obligation_claim(actor=cast.clerk, obligation_id=owed().pk, now=IN_TIME)
        before = snapshot()
        with pytest.raises(WrongState, match="岗位 clerk 于 2021-01-15 08:00 认领"):
            obligation_claim(actor=cast.colleague, obligation_id=owed().pk, now=IN_TIME)
        assert snapshot() == before
        obligation_claim(actor=cast.colleague, obligation_id=owed().pk, now=IN_TIME, take_over=True)
        assert owed().claimed_by_account == cast.colleague.account_id

    def test_does_not_shut_a_colleague_out(self, cast):
        obligation_claim(actor=cast.clerk, obligation_id=owed().pk, now=IN_TIME)
        assert submit(cast.colleague).version == 1

    def test_refusals_change_nothing(self, cast):
        before = snapshot()
        for actor in (cast.head, cast.reviewer, cast.office, cast.auditor):
            with pytest.raises(NotAllowed, match="由本单位填报员填报"):
                obligation_claim(actor=actor, obligation_id=owed().pk, now=IN_TIME)
        with pytest.raises(NotFound):
            obligation_claim(actor=cast.other, obligation_id=owed().pk, now=IN_TIME)
        assert snapshot() == before


class TestDraft:
    def test_keeps_what_was_typed_right_or_wrong_and_out_of_the_ledger(self, cast):
        values = {"cases": "十二", "overdue": "", "remark": "a"}
        draft = save(cast.clerk, values=values, note="半途", explained={"cases": "旺季"}, late_reason="停电")
        assert (draft.rev, draft.saved_at, draft.saved_by_name) == (1, IN_TIME, "人员clerk")
        draft.refresh_from_db()
        assert (draft.values, draft.note) == (values, "半途")
        assert (draft.explained, draft.late_reason) == ({"cases": "旺季"}, "停电")
        assert kinds(owed()) == ["obligation.opened"]

    def test_a_second_editor_is_told_who_and_when_and_loses_nothing(self, cast):
        save(cast.clerk, values=GOOD | {"cases": "12"})
        before = snapshot()
        with pytest.raises(Stale, match="已由人员clerk于 2021-01-15 08:00 保存") as refusal:
            save(cast.colleague, values=GOOD | {"cases": "15", "remark": "新"}, now=later(minutes=1))
        assert refusal.value.fields == {
            "cases.theirs": "12",
            "cases.yours": "15",
            "remark.theirs": "",
            "remark.yours": "新",
        }
        assert snapshot() == before
        assert save(cast.colleague, 1, values=GOOD | {"cases": "15"}).rev == 2

    def test_the_same_texts_sent_twice_are_one_save(self, cast):
        save(cast.clerk)
        assert save(cast.clerk, now=later(minutes=1)).rev == 1
        assert save(cast.colleague).saved_by_account == cast.clerk.account_id

    def test_submitting_over_a_newer_draft_is_told_too(self, cast):
        save(cast.clerk, values=GOOD | {"cases": "12"})
        with pytest.raises(Stale) as refusal:
            submit(cast.colleague, rev=0)
        assert refusal.value.fields == {"cases.theirs": "12", "cases.yours": "10"}
        assert submit(cast.colleague, rev=1).values["cases"] == "10"

    def test_goes_on_from_what_was_submitted_after_a_return(self, cast):
        save(cast.clerk)
        returned(cast, signed(cast))
        draft = Draft.objects.get(obligation=owed())
        assert (draft.values, draft.rev) == (GOOD, 2)
        with pytest.raises(Stale):
            save(cast.clerk, 1, values=GOOD | {"cases": "9"})
        assert save(cast.clerk, 2, values=GOOD | {"cases": "9"}).rev == 3

    def test_ends_when_the_filing_is_accepted(self, cast):
        accepted(cast, signed(cast))
        assert not Draft.objects.exists()

    def test_refusals_change_nothing(self, cast):
        before = snapshot()
        cases = [
            (NotFound, "没有这条应报", lambda: save(cast.other)),
            (NotAllowed, "本单位填报员", lambda: save(cast.head)),
            (Invalid, "没有字段：casses", lambda: save(cast.clerk, values={"casses": "1"})),
            (Invalid, "没有字段：casses", lambda: save(cast.clerk, explained={"casses": "1"})),
            (Invalid, "草稿已不存在", lambda: save(cast.clerk, 4)),
            (Invalid, "未能保存", lambda: save(cast.clerk, values={"remark": "长" * 2001})),
            (Invalid, "未能保存", lambda: save(cast.clerk, note="\x00")),
            (Invalid, "未能保存", lambda: save(cast.clerk, late_reason="长" * 501)),
        ]
        for error, message, act in cases:
            with pytest.raises(error, match=message):
                act()
            assert snapshot() == before
        submit(cast.clerk)
        with pytest.raises(WrongState, match="已提交"):
            save(cast.clerk, 1)


class TestSubmit:
    def test_answers_with_a_version_event_fact_and_held_value(self, cast):
        filing = submit(cast.clerk, note=" 按台账 ", occurred_on=NOW.date())
        found = owed()
        assert (found.answer, found.current_version) == ("filed", 1)
        assert (filing.state, filing.nil, filing.note) == ("submitted", False, "按台账")
        assert filing.values == {"cases": "10", "overdue": "1", "remark": None}
        event = events_of("obligation", found.pk)[-1]
        assert event.kind == "filing.submitted"
        assert event.data == {"form": FORM, "unit": "S1", "period": "2020-12", "version": 1, "late": False}
        assert "按台账" not in event.body
        fact = FilingFact.objects.get()
        assert (fact.i01, fact.answer, fact.timing, fact.to_ms) == (10, "filed", "on_time", None)
        assert held("E01", found.unit_id, "2020-12").value == "10"
        assert verify_ledger().ok and facts_check().ok

    def test_required_fields_rules_and_values_are_named_beside_the_field(self, cast):
        before = snapshot()
        with pytest.raises(Incomplete, match="件数：此项必填") as refusal:
            submit(cast.clerk, values={"remark": "x"})
        assert set(refusal.value.fields) == {"cases", "overdue"}
        with pytest.raises(Invalid) as refusal:
            submit(cast.clerk, values={"cases": "1.5", "overdue": ""})
        assert refusal.value.fields["cases"] == "应为整数，现为 1.5，请核对后改正。"
        with pytest.raises(Invalid, match="超期不得大于件数"):
            submit(cast.clerk, values={"cases": "1", "overdue": "2"})
        with pytest.raises(Invalid, match="发生日期不得晚于今天"):
            submit(cast.clerk, occurred_on=NOW.date() + timedelta(days=1))
        assert snapshot() == before

    def test_a_jump_against_the_period_before_needs_an_explanation(self, cast):
        accepted(cast, signed(cast))
        january = parse_period("2021-01")
        now = NOW + timedelta(days=14)
        opened(january, now=now)
        obligation = owed(period="2021-01")
        assert submit(cast.clerk, obligation, values=GOOD | {"cases": "15"}, now=now).explained is None
        filing_withdraw(actor=cast.clerk, filing_id=Filing.objects.latest("id").pk, now=now)
        before = snapshot()
        with pytest.raises(Incomplete, match="件数与上期相比变动较大") as refusal:
            submit(cast.clerk, obligation, values=GOOD | {"cases": "16"}, now=now)
        assert refusal.value.fields == {"cases.explained": "上期为 10，变动超过 50%，请说明原因。"}
        assert snapshot() == before
        told = {"cases": " 集中接访 "}
        filing = submit(cast.clerk, obligation, values=GOOD | {"cases": "16"}, explained=told, now=now)
        assert filing.explained == {"cases": "集中接访"}
        assert "集中接访" not in events_of("obligation", obligation.pk)[-1].body
        assert verify_ledger().ok

    def test_a_nil_or_missing_period_before_is_no_jump(self, cast):
        submit_nil(cast.clerk)
        now = NOW + timedelta(days=14)
        opened(parse_period("2021-01"), now=now)
        assert submit(cast.clerk, owed(period="2021-01"), now=now).explained is None

    def test_after_due_a_reason_is_needed_and_late_stays_late(self, cast):
        submit(cast.clerk, now=DUE)
        assert FilingFact.objects.get().timing == "on_time"
        filing_withdraw(actor=cast.clerk, filing_id=Filing.objects.get().pk, now=DUE)
        before = snapshot()
        with pytest.raises(Incomplete, match="截止时间 2021-01-15 23:59 已过，请说明迟报理由") as refusal:
            submit(cast.clerk, now=PAST_DUE)
        assert "late_reason" in refusal.value.fields
        assert snapshot() == before
        filing = submit(cast.clerk, now=PAST_DUE, late_reason="停电")
        assert filing.late_reason == "停电"
        assert events_of("obligation", owed().pk)[-1].data["late"] is True
        assert FilingFact.objects.get(filing_id=filing.pk).timing == "late"
        assert facts_check().ok

    def test_a_reason_given_in_time_is_not_kept(self, cast):
        assert submit(cast.clerk, late_reason="以防万一").late_reason == ""

    def test_after_a_hard_lock_nothing_is_taken_or_kept(self, cast):
        Obligation.objects.update(lock_mode="hard", lock_at=DUE)
        before = snapshot()
        for act in (
            lambda: submit(cast.clerk, now=PAST_DUE, late_reason="停电"),
            lambda: submit_nil(cast.clerk, now=PAST_DUE, late_reason="停电"),
            lambda: save(cast.clerk, now=PAST_DUE),
        ):
            with pytest.raises(Frozen, match="已锁定（截至 2021-01-15 23:59）"):
                act()
        assert snapshot() == before
        assert submit(cast.clerk, now=DUE).version == 1

    def test_without_a_lock_no_reason_is_asked(self, cast):
        Obligation.objects.update(lock_mode="none", lock_at=None)
        assert submit(cast.clerk, now=PAST_DUE).late_reason == ""

    def test_refusals_change_nothing(self, cast):
        units_clerk = player("far", "S3", ("clerk", "S3"))
        before = snapshot()
        with pytest.raises(NotFound, match="没有这条应报"):
            submit(units_clerk)
        for actor in (cast.head, cast.reviewer, cast.office, cast.auditor):
            with pytest.raises(NotAllowed):
                submit(actor)
        seeing = player("seeing", "S3", ("clerk", "A"))
        before = snapshot()
        with pytest.raises(NotAllowed, match="由本单位填报员填报"):
            submit(seeing)
        with pytest.raises(NotFound):
            filing_submit(actor=cast.clerk, obligation_id=0, rev=0, typed=Typed(GOOD), now=IN_TIME)
        assert snapshot() == before
        submit(cast.clerk)
        before = snapshot()
        with pytest.raises(WrongState, match="已提交，不能再填"):
            submit(cast.clerk)
        assert snapshot() == before

    def test_the_successor_of_a_closed_unit_answers_what_it_left(self, cast):
        on = NOW.date() + timedelta(days=1)
        now = NOW + timedelta(days=1)
        with pytest.raises(NotFound):
            submit(cast.other, owed("S3"))
        unit_close(by=SYSTEM, code="S3", on=on, now=now, successor_code="S2")
        filing = submit(cast.other, owed("S3"), now=now, late_reason="并入")
        assert (filing.submitted_by_unit, owed("S3").unit_code) == ("S2", "S3")
        with pytest.raises(NotFound):
            submit(cast.clerk, owed("S3"), now=now)

    def test_a_later_move_changes_neither_who_answers_nor_the_parents(self, cast):
        unit_move(by=SYSTEM, code="S1", parent_code="B", on=NOW.date(), now=NOW)
        submit(cast.clerk)
        assert (owed().unit_branch, owed().unit_parent) == ("A", "A")


class TestNil:
    def test_is_an_answer_of_its_own(self, cast):
        filing = submit_nil(cast.clerk)
        assert (owed().answer, filing.nil, filing.note) == ("nil", True, "本月无事项")
        assert set(filing.values.values()) == {None}
        assert events_of("obligation", owed().pk)[-1].kind == "filing.nil_submitted"
        fact = FilingFact.objects.get()
        assert (fact.answer, fact.i01) == ("nil", None)
        assert facts_check().ok and verify_ledger().ok

    def test_needs_what_the_form_asks_for(self, cast):
        before = snapshot()
        with pytest.raises(Incomplete, match="零报告须说明情况") as refusal:
            submit_nil(cast.clerk, note=" ")
        assert "note" in refusal.value.fields
        with pytest.raises(Incomplete, match="请说明迟报理由"):
            submit_nil(cast.clerk, now=PAST_DUE)
        with pytest.raises(NotAllowed):
            submit_nil(cast.head)
        assert snapshot() == before


class TestWithdraw:
    def withdraw(self, actor, filing, now=None):
        return filing_withdraw(actor=actor, filing_id=filing.pk, now=now or later(minutes=5))

    def test_opens_the_obligation_again_and_keeps_what_was_typed(self, cast):
        filing = submit(cast.clerk)
        found = self.withdraw(cast.clerk, filing)
        assert (found.state, found.ended_at, owed().answer) == ("withdrawn", later(minutes=5), "none")
        assert Draft.objects.get().values == GOOD
        assert held("E01", owed().unit_id, "2020-12") is None
        fact = FilingFact.objects.get()
        assert (fact.from_ms, fact.to_ms) == (milliseconds(IN_TIME), milliseconds(later(minutes=5)))
        assert kinds(owed())[-1] == "filing.withdrawn"
        again = submit(cast.colleague, values=GOOD | {"cases": "11"}, now=later(minutes=6))
        assert again.version == 2
        assert held("E01", owed().unit_id, "2020-12").value == "11"
        assert facts_check().ok and verify_ledger().ok

    def test_only_the_author_until_the_next_person_acts(self, cast):
        filing = submit(cast.clerk)
        before = snapshot()
        for actor in (cast.colleague, cast.head, cast.reviewer):
            with pytest.raises(NotAllowed, match="只有提交人可以撤回"):
                self.withdraw(actor, filing)
        with pytest.raises(NotFound):
            self.withdraw(cast.other, filing)
        assert snapshot() == before
        filing_sign(actor=cast.head, filing_id=filing.pk, now=IN_TIME)
        before = snapshot()
        with pytest.raises(WrongState, match="已审签，不能撤回"):
            self.withdraw(cast.clerk, filing)
        assert snapshot() == before
        accepted(cast, filing)
        with pytest.raises(WrongState, match="已通过"):
            self.withdraw(cast.clerk, filing)

    def test_twice_is_refused(self, cast):
        filing = submit(cast.clerk)
        self.withdraw(cast.clerk, filing)
        with pytest.raises(WrongState, match="已撤回"):
            self.withdraw(cast.clerk, filing)


def test_a_version_under_way_is_not_corrected(cast):
    filing = signed(cast)
    before = snapshot()
    with pytest.raises(WrongState, match="还在审签、审核中"):
        filing_correct(
            actor=cast.clerk, obligation_id=owed().pk, values={"cases": "11"}, reason="误", now=IN_TIME
        )
    assert snapshot() == before
    accepted(cast, filing)
    made = filing_correct(
        actor=cast.clerk, obligation_id=owed().pk, values={"cases": "11"}, reason="误", now=IN_TIME
    )
    assert (made.version, made.state) == (2, "submitted")
    assert facts_check().ok and verify_ledger().ok


def test_versions_and_matrix_show_what_is_in_force(cast):
    filing = submit(cast.clerk)
    (view,) = filing_versions(owed())
    assert view.current
    filing_withdraw(actor=cast.clerk, filing_id=filing.pk, now=IN_TIME)
    (view,) = filing_versions(owed())
    assert not view.current
    for now, light in ((IN_TIME, Light.YELLOW), (PAST_DUE, Light.RED)):
        shown = matrix(cast.clerk, FORM, now=now)
        assert shown.rows[0].cells[0].light is light
        assert (shown.counts.late, shown.counts.missing) == (0, int(light is Light.RED))
