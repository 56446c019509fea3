"""Being excused: asked, decided by somebody else, or granted by the office; refusals change nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from luoshi.core.actor import SYSTEM
from luoshi.core.errors import Incomplete, Invalid, NotAllowed, NotFound, SamePerson, WrongState
from luoshi.kernel.access.models import Account
from luoshi.kernel.access.queries import actor_of, appointments_of
from luoshi.kernel.filings.actions import (
    draft_save,
    obligation_excuse_ask,
    obligation_excuse_decide,
    obligation_excuse_direct,
)
from luoshi.kernel.filings.entries import Typed
from luoshi.kernel.filings.models import Draft
from luoshi.kernel.ledger.queries import events_of
from luoshi.kernel.ledger.verify import verify_ledger
from luoshi.kernel.org.actions import unit_close
from tests.harness.times import NOW
from tests.kernel.access.helpers import hold
from tests.kernel.filings.loop import IN_TIME, PAST_DUE, loop_world, opened, owed, player, snapshot, submit

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast():
    found = loop_world()
    opened()
    return found


def ask(actor, reason="本月机构调整", code="S1"):
    return obligation_excuse_ask(actor=actor, obligation_id=owed(code).pk, reason=reason, now=IN_TIME)


def decide(actor, approve=True, reply="", code="S1"):
    return obligation_excuse_decide(
        actor=actor, obligation_id=owed(code).pk, approve=approve, reply=reply, now=IN_TIME
    )


def direct(actor, reason="撤销", code="S1"):
    return obligation_excuse_direct(actor=actor, obligation_id=owed(code).pk, reason=reason, now=IN_TIME)


def last(code="S1"):
    return events_of("obligation", owed(code).pk)[-1]


@pytest.mark.parametrize("decider", ["reviewer", "office"])
def test_asked_by_the_unit_and_granted_by_somebody_else(cast, decider):
    draft_save(actor=cast.clerk, obligation_id=owed().pk, rev=0, typed=Typed(note="x"), now=IN_TIME)
    ask(cast.clerk, " 本月机构调整 ")
    found = owed()
    assert (found.answer, found.excuse_reason, found.excuse_asked_by_post) == (
        "none",
        "本月机构调整",
        "clerk",
    )
    assert last().kind == "obligation.excuse_asked" and "机构调整" not in last().body
    decide(getattr(cast, decider))
    found = owed()
    assert (found.answer, found.excuse_decided_by_post) == ("excused", decider)
    assert last().kind == "obligation.excused"
    assert not Draft.objects.exists()
    assert verify_ledger().ok
    with pytest.raises(WrongState, match="已免报，无需填报"):
        submit(cast.clerk)


def test_refused_the_unit_still_owes_and_may_ask_again(cast):
    ask(cast.head)
    with pytest.raises(Incomplete, match="不同意免报的理由"):
        decide(cast.reviewer, approve=False)
    decide(cast.reviewer, approve=False, reply="本月有事项")
    found = owed()
    assert (found.answer, found.excuse_asked_at, found.excuse_reply) == ("none", None, "本月有事项")
    assert last().kind == "obligation.excuse_refused"
    ask(cast.clerk, "补充说明")
    assert verify_ledger().ok


def test_who_answers_no_longer_asks(cast):
    ask(cast.clerk)
    submit(cast.clerk)
    assert owed().excuse_asked_at is None
    with pytest.raises(WrongState, match="本期已报，不能再免报"):
        decide(cast.reviewer)
    assert verify_ledger().ok


def test_the_office_excuses_at_once_also_after_due_and_a_closed_unit(cast):
    unit_close(by=SYSTEM, code="S3", on=NOW.date() + timedelta(days=1), now=NOW)
    obligation_excuse_direct(actor=cast.office, obligation_id=owed("S3").pk, reason="撤销", now=PAST_DUE)
    assert (owed("S3").answer, owed("S3").excuse_reason) == ("excused", "撤销")
    assert verify_ledger().ok


def test_nobody_grants_their_own_request_in_another_post(cast):
    ask(cast.clerk)
    elsewhere = replace(cast.reviewer, account_id=cast.clerk.account_id)
    before = snapshot()
    with pytest.raises(SamePerson, match="不能批准本人申请"):
        decide(elsewhere)
    with pytest.raises(SamePerson, match="不能批准本人申请"):
        direct(replace(cast.office, account_id=cast.clerk.account_id))
    assert snapshot() == before


def test_a_post_elsewhere_does_not_excuse_the_own_unit(cast):
    """One person, clerk of S1 and acting for the office: in the one post nor the other."""
    holder = Account.objects.get(username="clerk")
    hold(holder, "deputy", "D", ("office", None), acting=True)
    acting = next(each for each in appointments_of(holder, NOW.date()) if each.post_code == "deputy")
    actor = actor_of(holder, acting.id, NOW.date())
    ask(cast.head)
    before = snapshot()
    with pytest.raises(SamePerson, match="不能为本单位决定免报"):
        decide(actor)
    with pytest.raises(SamePerson, match="不能为本单位决定免报"):
        direct(actor)
    assert snapshot() == before
    direct(actor, code="S2")
    assert owed("S2").answer == "excused"


def test_refusals_change_nothing(cast):
    own_office = player("own", "S1", ("office", None))
    before = snapshot()
    cases = [
        (NotFound, "没有这条应报", lambda: ask(cast.other)),
        (NotAllowed, "填报人或审签人", lambda: ask(cast.office)),
        (Incomplete, "免报理由", lambda: ask(cast.clerk, " ")),
        (Invalid, "不得超过 500 字", lambda: ask(cast.clerk, "长" * 501)),
        (WrongState, "没有申请免报", lambda: decide(cast.reviewer)),
        (NotAllowed, "决定免报", lambda: decide(cast.clerk)),
        (NotAllowed, "决定免报", lambda: direct(cast.head)),
        (NotAllowed, "决定免报", lambda: direct(cast.reviewer)),
        (NotAllowed, "决定免报", lambda: direct(cast.auditor)),
        (NotFound, "没有这条应报", lambda: direct(cast.other)),
        (SamePerson, "不能为本单位决定免报", lambda: direct(own_office)),
        (Incomplete, "免报理由", lambda: direct(cast.office, "")),
    ]
    for error, message, act in cases:
        with pytest.raises(error, match=message):
            act()
        assert snapshot() == before, message
    ask(cast.clerk)
    before = snapshot()
    with pytest.raises(WrongState, match="已经申请免报"):
        ask(cast.head)
    with pytest.raises(SamePerson):
        decide(own_office)
    with pytest.raises(Invalid, match="答复不得超过"):
        decide(cast.reviewer, reply="长" * 501)
    assert snapshot() == before
    decide(cast.reviewer)
    before = snapshot()
    for act in (lambda: direct(cast.office), lambda: ask(cast.clerk), lambda: decide(cast.reviewer)):
        with pytest.raises(WrongState, match="本期免报，不能再免报"):
            act()
    assert snapshot() == before
