"""Counts and rates over real filings: what counts as due, late, missing; nothing over nothing."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from luoshi.core.periods import parse_period
from luoshi.kernel.filings.actions import filing_sign, filing_withdraw, obligation_excuse_direct
from luoshi.kernel.filings.models import Obligation
from luoshi.kernel.filings.statistics import Asked, By, Counts, counts, median_days_before_due
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
AFTER = PAST_DUE + timedelta(days=30)


@pytest.fixture
def cast():
    found = loop_world()
    opened()
    return found


def whole(cast, at=AFTER, **asked):
    return counts(cast.office, by=By.ALL, at=at, asked=Asked(**asked))[()]


def test_each_answer_is_counted_as_what_it_is(cast):
    accepted(cast, signed(cast))
    submit(cast.other, owed("S2"), now=PAST_DUE, late_reason="停电")
    assert whole(cast) == Counts(opened=3, filed=2, due=3, on_time=1, late=1, missing=1, reviewed=1, passed=1)
    found = whole(cast)
    assert (found.on_time_rate, found.late_rate, found.missing_rate) == (
        Decimal("33.33"),
        Decimal("33.33"),
        Decimal("33.33"),
    )
    assert (found.first_pass_rate, found.nil_rate, found.waiting) == (Decimal(100), Decimal(0), 1)


def test_the_excused_leave_the_base(cast):
    submit(cast.clerk)
    for code in ("S2", "S3"):
        obligation_excuse_direct(actor=cast.office, obligation_id=owed(code).pk, reason="撤销", now=IN_TIME)
    found = whole(cast)
    assert (found.opened, found.excused, found.due, found.on_time_rate) == (3, 2, 1, Decimal(100))


def test_before_due_nothing_is_due_and_a_rate_over_nothing_is_none(cast):
    submit(cast.clerk)
    found = whole(cast, at=DUE)
    assert (found.filed, found.due, found.missing) == (1, 0, 0)
    assert (found.on_time_rate, found.missing_rate, found.first_pass_rate) == (None, None, None)
    nothing = whole(cast, form_ref="loop.other")
    assert (nothing, nothing.nil_rate) == (Counts(), None)


def test_a_return_in_time_falls_due_again_with_its_mend_by(cast):
    review = returned(cast, signed(cast))
    moment = timedelta(milliseconds=1)
    at_due = whole(cast, at=DUE + moment)
    assert (at_due.due, at_due.missing, at_due.returned) == (2, 2, 1)
    assert whole(cast, at=review.mend_by + moment).missing == 3
    accepted(cast, signed(cast, now=review.mend_by, values=GOOD | {"cases": "9"}), now=review.mend_by)
    found = whole(cast)
    assert (found.on_time, found.late, found.returned, found.reviewed, found.passed) == (1, 0, 1, 1, 0)
    assert found.first_pass_rate == 0


def test_a_late_version_that_was_returned_is_missing_until_mended(cast):
    returned(cast, signed(cast, now=PAST_DUE, late_reason="停电"), now=PAST_DUE)
    assert whole(cast, at=PAST_DUE).missing == 3
    submit(cast.clerk, now=PAST_DUE, late_reason="停电")
    assert (whole(cast).late, whole(cast).missing) == (1, 2)


@pytest.mark.parametrize("by", [By.UNIT, By.PERIOD, By.UNIT_PERIOD, By.KIND, By.BRANCH, By.PARENT])
def test_parts_add_up_to_the_whole(cast, by):
    grow("S4", "B", kind="street")
    opened(parse_period("2021-01"), now=NOW + timedelta(days=14))
    accepted(cast, signed(cast))
    submit(cast.other, owed("S2"), now=PAST_DUE, late_reason="停电")
    parts = counts(cast.office, by=by, at=AFTER)
    assert sum(parts.values(), Counts()) == whole(cast)
    keys = {
        By.UNIT: {(Obligation.objects.filter(unit_code=f"S{n}").first().unit_id,) for n in (1, 2, 3, 4)},
        By.PERIOD: {("2020-12",), ("2021-01",)},
        By.KIND: {("street",)},
        By.BRANCH: {("A",), ("B",)},
        By.PARENT: {("A",), ("B",)},
    }
    assert set(parts) == keys.get(by, set(parts))
    assert len(parts) == {By.UNIT_PERIOD: 7}.get(by, len(parts))


def test_only_what_is_in_sight_is_counted(cast):
    submit(cast.clerk)
    assert counts(cast.clerk, by=By.ALL, at=AFTER)[()].opened == 1
    assert counts(cast.reviewer, by=By.ALL, at=AFTER)[()].opened == 3
    sysadmin = player("root", "D", ("sysadmin", None))
    assert counts(sysadmin, by=By.ALL, at=AFTER)[()] == Counts()
    assert median_days_before_due(cast.other, by=By.ALL) == {}


def test_a_span_of_periods_is_asked_for(cast):
    opened(parse_period("2021-01"), now=NOW + timedelta(days=14))
    december, january = parse_period("2020-12"), parse_period("2021-01")
    assert whole(cast).opened == 6
    assert whole(cast, start=january.start).opened == whole(cast, end=december.end).opened == 3


def test_the_median_is_of_the_versions_in_force(cast):
    third = player("clerk3", "S3", ("clerk", "S3"))
    first = submit(cast.clerk, now=DUE - timedelta(days=9))
    filing_withdraw(actor=cast.clerk, filing_id=first.pk, now=DUE - timedelta(days=8))
    submit(cast.clerk, now=DUE - timedelta(days=4))
    submit(cast.other, owed("S2"), now=DUE - timedelta(days=1))
    assert median_days_before_due(cast.office, by=By.ALL) == {(): Decimal("2.5")}
    submit(third, owed("S3"), now=DUE + timedelta(days=7), late_reason="停电")
    assert median_days_before_due(cast.office, by=By.ALL) == {(): Decimal("1.0")}
    assert median_days_before_due(cast.office, by=By.UNIT)[owed("S3").unit_id,] == Decimal("-7.0")
    Obligation.objects.update(due_at=None)
    assert whole(cast).due == 0


def test_the_number_of_queries_does_not_grow(cast):
    def asked():
        with CaptureQueriesContext(connection) as captured:
            for by in By:
                counts(cast.reviewer, by=by, at=AFTER)
                median_days_before_due(cast.reviewer, by=by)
        return len(captured)

    before = asked()
    for number in range(10, 22):
        grow(f"S{number}", "A", kind="street")
    opened(parse_period("2021-01"), now=NOW + timedelta(days=14))
    filing_sign(actor=cast.head, filing_id=submit(cast.clerk).pk, now=later(hours=1))
    assert asked() == before == 2 * len(By)
