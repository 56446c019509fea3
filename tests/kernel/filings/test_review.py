"""Signing, returning, accepting: persons apart, limits kept, and every refusal changes nothing."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from luoshi.core.actor import SYSTEM
from luoshi.core.errors import Frozen, Incomplete, Invalid, NotAllowed, NotFound, SamePerson, WrongState
from luoshi.kernel.access.actions import role_bind
from luoshi.kernel.access.models import Account
from luoshi.kernel.access.queries import actor_of
from luoshi.kernel.elements.queries import held
from luoshi.kernel.filings.actions import (
    filing_accept,
    filing_correct,
    filing_return,
    filing_sign,
    filing_withdraw,
    filings_accept_batch,
)
from luoshi.kernel.filings.facts import facts_check, facts_rebuild
from luoshi.kernel.filings.models import FilingFact, Obligation, Review
from luoshi.kernel.filings.reviewing import ReturnItem
from luoshi.kernel.ledger.queries import events_of
from luoshi.kernel.ledger.rows import milliseconds
from luoshi.kernel.ledger.verify import verify_ledger
from luoshi.kernel.org.actions import appoint, post_create
from tests.harness.times import NOW, SHANGHAI
from tests.kernel.access.helpers import hold
from tests.kernel.filings.loop import (
    DUE,
    GOOD,
    IN_TIME,
    PAST_DUE,
    WRONG,
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
from tests.kernel.org.helpers import DAY

pytestmark = pytest.mark.django_db
MEND_BY = datetime(2021, 1, 20, 23, 59, 59, 999_000, tzinfo=SHANGHAI)


@pytest.fixture
def cast():
    found = loop_world()
    opened()
    return found


def sign(actor, filing, now=IN_TIME):
    return filing_sign(actor=actor, filing_id=filing.pk, now=now)


def again(username: str):
    """Return who an account is in the newest of its appointments."""
    found = Account.objects.get(username=username)
    last = found.person.appointments.order_by("-id").first()
    return actor_of(found, last.pk, NOW.date())


def also(username: str, post: str, unit: str, *roles):
    """Give somebody a second post and return who they are in it."""
    hold(Account.objects.get(username=username), post, unit, *roles)
    return again(username)


class TestSign:
    def test_the_head_signs_and_the_ledger_says_so(self, cast):
        filing = sign(cast.head, submit(cast.clerk))
        assert (filing.state, filing.signed_at, filing.signed_by_post) == ("signed", IN_TIME, "head")
        assert not filing.unit_of_one
        event = events_of("obligation", owed().pk)[-1]
        assert (event.kind, event.data["unit_of_one"]) == ("filing.signed", False)
        assert facts_check().ok and verify_ledger().ok

    def test_the_post_of_the_head_signs_without_the_role(self, cast):
        post_create(by=SYSTEM, code="chief", unit_code="S1", title="主任", is_head=True, now=NOW)
        chief = player("boss", "S1", ("clerk", "S1"))
        appoint(by=SYSTEM, person_id=chief.person_id, post_code="chief", from_on=DAY, now=NOW)
        filing = submit(cast.clerk)
        with pytest.raises(NotAllowed, match="由本单位负责人审签"):
            sign(chief, filing)
        # What is seen comes with a role; that the post signs comes with the post.
        with pytest.raises(NotFound):
            sign(again("boss"), filing)
        role_bind(by=SYSTEM, post_code="chief", role="desk", scope_unit_code="S1", now=NOW)
        assert sign(again("boss"), filing).signed_by_post == "chief"

    def test_a_filler_does_not_sign_even_in_another_post(self, cast):
        filing = submit(cast.clerk)
        second = also("clerk", "deputy", "S1", ("head", "S1"))
        assert second.post_code == "deputy"
        before = snapshot()
        with pytest.raises(SamePerson, match="填报人不能审签"):
            sign(second, filing)
        assert snapshot() == before

    def test_in_a_unit_of_one_person_the_filler_signs_and_it_is_marked(self, cast):
        player("alone", "S3", ("clerk", "S3"))
        clerk = also("alone", "alone2", "S3", ("clerk", "S3"), ("head", "S3"))
        filing = sign(clerk, submit(clerk, owed("S3")))
        assert filing.unit_of_one
        assert events_of("obligation", owed("S3").pk)[-1].data["unit_of_one"] is True
        assert accepted(cast, filing).decision == "accept"
        assert verify_ledger().ok

    def test_refusals_change_nothing(self, cast):
        filing = submit(cast.clerk)
        stranger = player("stranger", "S2", ("head", "S2"))
        before = snapshot()
        for actor in (cast.colleague, cast.reviewer, cast.office, cast.auditor):
            with pytest.raises(NotAllowed, match="由本单位负责人审签"):
                sign(actor, filing)
        for actor, number in ((stranger, filing.pk), (cast.head, 0)):
            with pytest.raises(NotFound):
                filing_sign(actor=actor, filing_id=number, now=IN_TIME)
        assert snapshot() == before
        sign(cast.head, filing)
        with pytest.raises(WrongState, match="已审签，不在待审签状态"):
            sign(cast.head, filing)

    def test_a_withdrawn_version_is_not_signed(self, cast):
        filing = submit(cast.clerk)
        filing_withdraw(actor=cast.clerk, filing_id=filing.pk, now=IN_TIME)
        with pytest.raises(WrongState, match="已不是现行版本"):
            sign(cast.head, filing)


class TestReturn:
    def test_opens_the_obligation_again_with_items_and_a_day(self, cast):
        filing = signed(cast)
        review = returned(cast, filing, now=later(hours=1))
        found = owed()
        filing.refresh_from_db()
        assert (found.answer, found.returns, found.mend_by) == ("none", 1, MEND_BY)
        assert (filing.state, filing.ended_at) == ("returned", later(hours=1))
        assert (review.round, review.mend_by) == (1, MEND_BY)
        assert review.items == [{"field": "cases", "code": "wrong", "text": "与台账不符，请核对"}]
        event = events_of("obligation", found.pk)[-1]
        assert (event.kind, event.data["items"]) == ("filing.returned", [["cases", "wrong"]])
        assert event.data["mend_by"] == milliseconds(MEND_BY)
        assert "台账" not in event.body
        assert held("E01", found.unit_id, "2020-12") is None
        assert FilingFact.objects.get().to_ms == milliseconds(later(hours=1))
        assert facts_check().ok and verify_ledger().ok

    def test_mended_in_the_time_given_it_is_on_time(self, cast):
        returned(cast, signed(cast))
        filing = submit(cast.clerk, now=MEND_BY, values=GOOD | {"cases": "11"})
        assert (filing.version, filing.mend_by, filing.late_reason) == (2, MEND_BY, "")
        assert FilingFact.objects.get(filing_id=filing.pk).timing == "on_time"
        accepted(cast, sign(cast.head, filing, MEND_BY), now=MEND_BY)
        before = list(FilingFact.objects.order_by("filing_id").values_list("filing_id", "timing", "to_ms"))
        facts_rebuild()
        after = list(FilingFact.objects.order_by("filing_id").values_list("filing_id", "timing", "to_ms"))
        assert (before, owed().answer) == (after, "filed")
        assert facts_check().ok and verify_ledger().ok

    def test_mended_after_it_is_late_and_needs_a_reason(self, cast):
        returned(cast, signed(cast))
        moment = MEND_BY + timedelta(milliseconds=1)
        with pytest.raises(Incomplete, match="截止时间 2021-01-20 23:59 已过"):
            submit(cast.clerk, now=moment)
        filing = submit(cast.clerk, now=moment, late_reason="出差")
        assert FilingFact.objects.get(filing_id=filing.pk).timing == "late"

    def test_a_return_cures_no_lateness(self, cast):
        returned(cast, signed(cast, now=PAST_DUE, late_reason="停电"), now=PAST_DUE)
        assert owed().mend_by is None
        filing = submit(cast.clerk, now=PAST_DUE, late_reason="停电")
        assert FilingFact.objects.get(filing_id=filing.pk).timing == "late"

    def test_a_return_before_due_leaves_the_due_time(self, cast):
        review = returned(cast, signed(cast), mend_by=NOW.date())
        assert (owed().mend_by, review.mend_by) == (None, DUE)

    def test_a_return_keeps_a_hard_lock_open_until_it_should_be_mended(self, cast):
        Obligation.objects.update(lock_mode="hard", lock_at=DUE)
        returned(cast, signed(cast))
        assert submit(cast.clerk, now=MEND_BY).version == 2
        Obligation.objects.update(lock_at=DUE)
        filing = sign(cast.head, owed().filings.get(version=2), MEND_BY)
        returned(cast, filing, now=MEND_BY, talk_note="已电话沟通", mend_by=date(2021, 1, 22))
        with pytest.raises(Frozen):
            submit(cast.clerk, now=datetime(2021, 1, 23, tzinfo=SHANGHAI), late_reason="出差")

    def test_the_second_return_needs_a_talk_and_a_third_is_beyond_the_limit(self, cast):
        returned(cast, signed(cast))
        filing = signed(cast)
        before = snapshot()
        with pytest.raises(Incomplete, match="已与填报单位沟通") as refusal:
            returned(cast, filing)
        assert "talk_note" in refusal.value.fields
        assert snapshot() == before
        review = returned(cast, filing, talk_note=" 已当面核对 ")
        assert (review.round, review.talk_note, owed().returns) == (2, "已当面核对", 2)
        assert "当面核对" not in events_of("obligation", owed().pk)[-1].body
        filing = signed(cast)
        before = snapshot()
        with pytest.raises(WrongState, match="已退回 2 次，达到上限"):
            returned(cast, filing, talk_note="再谈")
        assert snapshot() == before
        assert accepted(cast, filing).round == 3
        assert verify_ledger().ok

    def test_a_nil_return_can_be_returned_too(self, cast):
        filing = sign(cast.head, submit_nil(cast.clerk))
        filing_return(
            actor=cast.reviewer,
            filing_id=filing.pk,
            items=[ReturnItem("", "other", "本月有事项")],
            now=IN_TIME,
        )
        assert owed().answer == "none"
        assert submit(cast.clerk).nil is False

    def test_refusals_change_nothing(self, cast):
        filing = submit(cast.clerk)
        before = snapshot()
        with pytest.raises(WrongState, match="已提交，不在待审核状态"):
            returned(cast, filing)
        assert snapshot() == before
        sign(cast.head, filing)
        before = snapshot()
        number = filing.pk

        def back(actor=cast.reviewer, items=(WRONG,), **given):
            return filing_return(actor=actor, filing_id=number, items=items, now=IN_TIME, **given)

        cases = [
            (NotAllowed, "由单位“单位P1”审核", lambda: back(cast.office)),
            (NotAllowed, "由单位“单位P1”审核", lambda: back(cast.head)),
            (NotFound, "没有这份填报", lambda: back(cast.other)),
            (Incomplete, "逐项写明", lambda: back(items=[])),
            (Invalid, "退回事项有误", lambda: back(items=[ReturnItem("casses", "wrong", "x")])),
            (Invalid, "退回事项有误", lambda: back(items=[ReturnItem("cases", "bad", "x")])),
            (Invalid, "退回事项有误", lambda: back(items=[ReturnItem("cases", "wrong", " ")])),
            (Invalid, "最多 60 条", lambda: back(items=[WRONG] * 61)),
            (Invalid, "不得早于今天", lambda: back(mend_by=NOW.date() - timedelta(days=1))),
            (Invalid, "不得超过 2000 字", lambda: back(talk_note="长" * 2001)),
        ]
        for error, message, act in cases:
            with pytest.raises(error, match=message):
                act()
            assert snapshot() == before, message


class TestAccept:
    def test_ends_the_matter(self, cast):
        filing = signed(cast)
        review = filing_accept(actor=cast.reviewer, filing_id=filing.pk, now=later(days=5), comment=" 好 ")
        filing.refresh_from_db()
        assert (filing.state, filing.ended_at, owed().answer) == ("accepted", None, "filed")
        assert (review.decision, review.comment, review.by_unit) == ("accept", "好", "P1")
        # The reviewer's delay makes nobody late.
        assert FilingFact.objects.get().timing == "on_time"
        assert events_of("obligation", owed().pk)[-1].kind == "filing.accepted"
        assert facts_check().ok and verify_ledger().ok

    def test_nobody_accepts_what_they_filled_or_signed(self, cast):
        filing = submit(cast.clerk)
        sign(cast.head, filing)
        for username in ("clerk", "head"):
            both = also(username, f"{username}2", "P1", ("reviewer", None))
            before = snapshot()
            with pytest.raises(SamePerson, match="不能审核本人填报或审签"):
                filing_accept(actor=both, filing_id=filing.pk, now=IN_TIME)
            with pytest.raises(SamePerson):
                returned(cast.__class__(**{**cast.__dict__, "reviewer": both}), filing)
            assert snapshot() == before

    def test_a_reviewer_without_the_unit_in_scope_is_refused(self, cast):
        filing = signed(cast)
        narrow = player("narrow", "P1", ("reviewer", "B"), ("desk", "A"))
        with pytest.raises(NotAllowed, match="单位P1"):
            filing_accept(actor=narrow, filing_id=filing.pk, now=IN_TIME)

    def test_twice_or_after_a_newer_version_is_refused(self, cast):
        first = signed(cast)
        returned(cast, first)
        signed(cast)
        before = snapshot()
        with pytest.raises(WrongState, match="第 1 版已不是现行版本"):
            accepted(cast, first)
        with pytest.raises(Invalid, match="2000 字"):
            filing_accept(
                actor=cast.reviewer,
                filing_id=owed().filings.get(version=2).pk,
                now=IN_TIME,
                comment="长" * 2001,
            )
        assert snapshot() == before
        accepted(cast, owed().filings.get(version=2))
        with pytest.raises(WrongState, match="已通过"):
            accepted(cast, owed().filings.get(version=2))


class TestBatch:
    @pytest.fixture
    def three(self, cast):
        heads = {"S2": player("head2", "S2", ("head", "S2")), "S3": player("head3", "S3", ("head", "S3"))}
        third = player("clerk3", "S3", ("clerk", "S3"))
        return [
            signed(cast),
            sign(heads["S2"], submit(cast.other, owed("S2"))),
            sign(heads["S3"], submit(third, owed("S3"))),
        ]

    def test_accepts_all(self, cast, three):
        ids = [filing.pk for filing in three]
        assert filings_accept_batch(actor=cast.reviewer, filing_ids=[*ids, ids[0]], now=IN_TIME) == 3
        assert Review.objects.count() == 3
        assert {event.kind for code in ("S1", "S2", "S3")
                for event in events_of("obligation", owed(code).pk)[-1:]} == {"filing.accepted"}  # fmt: skip
        assert facts_check().ok and verify_ledger().ok

    def test_definitions_are_read_once_for_the_batch(self, cast, three):
        with CaptureQueriesContext(connection) as caught:
            filings_accept_batch(actor=cast.reviewer, filing_ids=[filing.pk for filing in three], now=IN_TIME)
        reads = [each["sql"] for each in caught if 'FROM "definitions_definition"' in each["sql"]]
        assert 0 < len(reads) <= 3

    def test_or_none_and_names_the_one_in_the_way(self, cast, three):
        accepted(cast, three[1])
        before = snapshot()
        ids = [filing.pk for filing in three]
        with pytest.raises(WrongState, match="单位S2 2020-12：该版本已通过.*本次一份也没有通过"):
            filings_accept_batch(actor=cast.reviewer, filing_ids=ids, now=IN_TIME)
        with pytest.raises(NotAllowed):
            filings_accept_batch(actor=cast.office, filing_ids=ids[:1], now=IN_TIME)
        with pytest.raises(NotFound):
            filings_accept_batch(actor=cast.reviewer, filing_ids=[*ids[:1], 0], now=IN_TIME)
        with pytest.raises(Incomplete, match="先勾选"):
            filings_accept_batch(actor=cast.reviewer, filing_ids=[], now=IN_TIME)
        with pytest.raises(Invalid, match="最多通过 500 份"):
            filings_accept_batch(actor=cast.reviewer, filing_ids=list(range(501)), now=IN_TIME)
        assert snapshot() == before


def test_a_clerk_above_never_edits_what_was_filed_below(cast):
    """Their role reaches the units below; filing is for the unit itself."""
    accepted(cast, signed(cast))
    above = player("above", "A", ("clerk", "A"))
    before = snapshot()
    with pytest.raises(NotAllowed, match="由本单位填报员填报"):
        filing_correct(
            actor=above, obligation_id=owed().pk, values={"cases": "99"}, reason="代为更正", now=IN_TIME
        )
    assert snapshot() == before
    desk = player("desk", "D", ("desk", "A"))
    for actor, cases in ((cast.clerk, "11"), (desk, "12")):
        filing = filing_correct(
            actor=actor, obligation_id=owed().pk, values={"cases": cases}, reason="核对", now=IN_TIME
        )
        accepted(cast, sign(cast.head, filing))
