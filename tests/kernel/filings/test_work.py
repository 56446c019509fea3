"""What waits for whom; each list shows exactly what the actions would let its reader do."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from luoshi.core.actor import SYSTEM
from luoshi.core.errors import NotFound, Refusal
from luoshi.core.periods import parse_period
from luoshi.kernel.filings.actions import (
    draft_save,
    filing_accept,
    filing_sign,
    filing_withdraw,
    obligation_claim,
    obligation_excuse_direct,
)
from luoshi.kernel.filings.entries import Typed
from luoshi.kernel.filings.models import Filing, Obligation
from luoshi.kernel.filings.queries import (
    draft_of,
    filing_diff,
    filing_visible,
    my_open_work,
    review_queue,
    version_before,
)
from luoshi.kernel.org.actions import unit_close
from tests.harness.times import NOW
from tests.kernel.filings.loop import (
    DUE,
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
    submit,
)
from tests.kernel.org.helpers import grow

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast():
    found = loop_world()
    opened()
    return found


def work(actor, now=IN_TIME):
    return [
        (each.step.value, each.unit.code, each.stage, each.light.value) for each in my_open_work(actor, now)
    ]


def test_one_obligation_goes_from_hand_to_hand(cast):
    everybody = (cast.clerk, cast.colleague, cast.head, cast.reviewer, cast.office, cast.other)

    def hands():
        return [[line[:3] for line in work(actor) if line[1] == "S1"] for actor in everybody]

    fill = ("fill", "S1", "opened")
    assert hands() == [[fill], [fill], [], [], [], []]
    filing = submit(cast.clerk)
    assert hands() == [[], [], [("sign", "S1", "submitted")], [], [], []]
    filing_sign(actor=cast.head, filing_id=filing.pk, now=IN_TIME)
    assert hands() == [[], [], [], [("review", "S1", "signed")], [], []]
    returned(cast, filing)
    mend = ("fill", "S1", "returned")
    assert hands() == [[mend], [mend], [], [], [], []]
    accepted(cast, signed(cast))
    assert hands() == [[], [], [], [], [], []]


def test_the_stages_before_the_first_version(cast):
    obligation_claim(actor=cast.clerk, obligation_id=owed().pk, now=IN_TIME)
    assert work(cast.clerk) == [("fill", "S1", "claimed", "yellow")]
    typed = Typed(GOOD, note="半途")
    draft_save(actor=cast.clerk, obligation_id=owed().pk, rev=0, typed=typed, now=IN_TIME)
    assert work(cast.clerk) == [("fill", "S1", "drafted", "yellow")]
    view = draft_of(cast.colleague, owed().pk)
    assert (view.rev, view.typed, view.saved_by_name) == (1, typed, "人员clerk")
    assert draft_of(cast.other, owed("S2").pk) is None
    with pytest.raises(NotFound):
        draft_of(cast.other, owed().pk)
    filing_withdraw(actor=cast.clerk, filing_id=submit(cast.clerk).pk, now=IN_TIME)
    assert work(cast.clerk, PAST_DUE) == [("fill", "S1", "withdrawn", "red")]


def test_the_first_due_comes_first_and_a_return_counts_with_its_day(cast):
    opened(parse_period("2021-01"), now=NOW + timedelta(days=14))
    returned(cast, signed(cast), mend_by=date(2021, 3, 1))
    periods = [(each.period.code, each.owed_by.date()) for each in my_open_work(cast.clerk, IN_TIME)]
    assert periods == [("2021-01", date(2021, 2, 18)), ("2020-12", date(2021, 3, 1))]
    Obligation.objects.filter(period_code="2021-01").update(due_at=None)
    assert [each.owed_by for each in my_open_work(cast.clerk, IN_TIME)][1] is None


def test_the_review_queue_begins_with_who_waits_longest(cast):
    second = player("head2", "S2", ("head", "S2"))
    filing = submit(cast.other, owed("S2"))
    filing_sign(actor=second, filing_id=filing.pk, now=later(hours=1))
    signed(cast, now=later(hours=2))
    queue = review_queue(cast.reviewer, later(hours=3))
    assert [(each.unit.code, each.since) for each in queue] == [
        ("S2", later(hours=1)),
        ("S1", later(hours=2)),
    ]
    assert review_queue(cast.office, IN_TIME) == review_queue(cast.clerk, IN_TIME) == []


def test_the_work_of_a_closed_unit_falls_to_its_successor(cast):
    unit_close(by=SYSTEM, code="S3", on=NOW.date(), now=NOW, successor_code="S2")
    assert [line[1] for line in work(cast.other)] == ["S2", "S3"]


def test_what_another_person_must_do_is_not_shown(cast):
    both = replace(cast.clerk, roles=cast.clerk.roles | cast.head.roles | cast.reviewer.roles, unit_code="P1")
    filing = submit(cast.clerk)
    assert work(both) == []
    filing_sign(actor=cast.head, filing_id=filing.pk, now=IN_TIME)
    assert work(both) == []
    reviewing = replace(cast.reviewer, account_id=cast.head.account_id)
    assert work(reviewing) == []


def test_a_unit_of_one_signs_its_own(cast):
    alone = player("alone", "S3", ("clerk", "S3"), ("head", "S3"))
    submit(alone, owed("S3"))
    assert [line[:2] for line in work(alone)] == [("sign", "S3")]


def test_the_excused_wait_for_nobody(cast):
    obligation_excuse_direct(actor=cast.office, obligation_id=owed().pk, reason="撤销", now=IN_TIME)
    assert work(cast.clerk) == []


def test_lists_and_actions_agree(cast):
    """Whoever is not shown a step is refused it; whoever is shown it may take it."""
    filing = signed(cast)
    for actor in (cast.clerk, cast.head, cast.reviewer, cast.office, cast.auditor, cast.other):
        shown = filing.pk in {each.filing_id for each in review_queue(actor, IN_TIME)}
        try:
            filing_accept(actor=actor, filing_id=filing.pk, now=IN_TIME)
            taken = True
        except Refusal:
            taken = False
        assert shown == taken, actor.person_name


def test_versions_are_compared_field_by_field(cast):
    first = signed(cast)
    returned(cast, first)
    second = submit(cast.clerk, values={"cases": "12", "overdue": "1", "remark": "补"})
    found = filing_diff(second, version_before(second))
    assert [(each.title, each.before, each.now, each.changed) for each in found] == [
        ("件数", "10", "12", True),
        ("超期", "1", "1", False),
        ("备注", "—", "补", True),
    ]
    assert version_before(first) is None
    assert not any(each.changed for each in filing_diff(first, None))
    assert filing_visible(cast.reviewer, second.pk) == second
    with pytest.raises(NotFound):
        filing_visible(cast.other, second.pk)


def test_the_number_of_queries_does_not_grow(cast):
    def asked(actor):
        with CaptureQueriesContext(connection) as captured:
            my_open_work(actor, IN_TIME)
        return len(captured)

    signed(cast)
    before = asked(cast.reviewer), asked(cast.other)
    for number in range(10, 30):
        code = f"S{number}"
        grow(code, "A", kind="street")
    opened(parse_period("2021-01"), now=NOW + timedelta(days=14))
    for number in range(10, 14):
        code = f"S{number}"
        clerk = player(f"c{number}", code, ("clerk", code), ("head", code))
        filing = submit(clerk, owed(code, "2021-01"), now=DUE)
        filing_sign(actor=clerk, filing_id=filing.pk, now=DUE)
    assert Filing.objects.filter(state="signed").count() == 5
    assert (asked(cast.reviewer), asked(cast.other)) == before
    assert max(before) <= 20
