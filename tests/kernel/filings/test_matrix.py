"""The matrix: what each filter lets through, totals over all that match, groups by the opening day."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from luoshi.core.periods import parse_period
from luoshi.kernel.filings.actions import obligation_excuse_direct
from luoshi.kernel.filings.models import Obligation
from luoshi.kernel.filings.queries import Light, MatrixAsked, Only, groups_of, matrix, matrix_years
from tests.harness.times import NOW
from tests.kernel.filings.loop import (
    FORM,
    PAST_DUE,
    accepted,
    loop_world,
    opened,
    owed,
    returned,
    signed,
    submit,
    submit_nil,
)
from tests.kernel.org.helpers import grow

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast():
    found = loop_world()
    opened()
    return found


def codes(cast, now=PAST_DUE, **asked):
    return [row.unit.code for row in matrix(cast.office, FORM, now=now, asked=MatrixAsked(**asked)).rows]


def test_only_shows_the_units_with_such_an_obligation(cast):
    returned(cast, signed(cast))
    submit(cast.other, owed("S2"), now=PAST_DUE, late_reason="停电")
    obligation_excuse_direct(actor=cast.office, obligation_id=owed("S3").pk, reason="撤销", now=NOW)
    found = {only: codes(cast, only=only, now=PAST_DUE + timedelta(days=30)) for only in Only}
    assert found == {
        Only.WAITING: ["S1"],
        Only.MISSING: ["S1"],
        Only.LATE: ["S2"],
        Only.RETURNED: ["S1"],
        Only.NIL: [],
        Only.EXCUSED: ["S3"],
    }


def test_a_return_in_time_is_not_missing_before_its_mend_by(cast):
    returned(cast, signed(cast))
    assert codes(cast, only=Only.MISSING) == ["S2", "S3"]


def test_a_mended_answer_is_not_late(cast):
    review = returned(cast, signed(cast))
    accepted(cast, signed(cast, now=review.mend_by), now=review.mend_by)
    assert codes(cast, only=Only.LATE) == []


def test_nil_returns_are_found(cast):
    submit_nil(cast.clerk)
    assert codes(cast, only=Only.NIL) == ["S1"]


def test_totals_are_over_all_units_that_match_whatever_the_page(cast):
    accepted(cast, signed(cast))
    found = matrix(cast.office, FORM, now=PAST_DUE, per_page=1, page=2)
    assert ([row.unit.code for row in found.rows], found.pages, found.units) == (["S2"], 3, 3)
    (total,) = found.totals
    assert (total.due, total.on_time, total.missing, found.counts) == (3, 1, 2, total)
    narrow = matrix(cast.office, FORM, now=PAST_DUE, asked=MatrixAsked(text="S1"))
    assert (narrow.counts.opened, narrow.counts.on_time) == (1, 1)


def test_a_span_takes_the_periods_inside_it(cast):
    opened(parse_period("2021-01"), now=NOW + timedelta(days=14))
    asked = MatrixAsked(start=date(2021, 1, 1), end=date(2021, 12, 31))
    found = matrix(cast.office, FORM, now=PAST_DUE, asked=asked)
    assert [period.code for period in found.periods] == ["2021-01"]
    assert found.counts.opened == 3
    assert matrix_years(cast.office, FORM) == [2021, 2020]


def test_a_group_is_that_of_the_opening_day(cast):
    grow("S4", "B", kind="street")
    opened()
    Obligation.objects.filter(unit_code="S1").update(unit_branch="B")
    assert [code for code, _ in groups_of(cast.office, FORM)] == ["A", "B"]
    assert codes(cast, branch="B") == ["S1", "S4"]
    branches = {row.unit.code: row.branch for row in matrix(cast.office, FORM, now=NOW).rows}
    assert branches == {"S1": "B", "S2": "A", "S3": "A", "S4": "B"}


def test_cells_carry_their_light_and_version(cast):
    returned(cast, signed(cast))
    cell = matrix(cast.office, FORM, now=PAST_DUE + timedelta(days=30)).rows[0].cells[0]
    assert (cell.light, cell.answer, cell.version, cell.due) == (Light.RED, "none", 1, True)


def test_out_of_sight_is_neither_shown_nor_counted(cast):
    found = matrix(cast.clerk, FORM, now=PAST_DUE)
    assert ([row.unit.code for row in found.rows], found.counts.opened) == (["S1"], 1)
    assert [code for code, _ in groups_of(cast.clerk, FORM)] == ["A"]


def test_the_number_of_queries_does_not_grow_with_units_or_periods(cast):
    def asked():
        with CaptureQueriesContext(connection) as captured:
            matrix(cast.office, FORM, now=NOW)
            groups_of(cast.office, FORM)
            matrix_years(cast.office, FORM)
        return len(captured)

    before = asked()
    for i in range(8):
        grow(f"Z{i}", "A", kind="street")
    opened(parse_period("2021-01"), now=NOW + timedelta(days=14))
    assert asked() == before <= 14
