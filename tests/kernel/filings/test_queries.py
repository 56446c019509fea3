"""Reading is limited to what the actor may see; the number of queries does not grow with the rows."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from luoshi.core.errors import NotFound
from luoshi.core.lights import Light
from luoshi.core.periods import parse_period
from luoshi.kernel.filings.models import Obligation
from luoshi.kernel.filings.queries import (
    MatrixAsked,
    drafts_of,
    filed_rows,
    filing_versions,
    forms_visible,
    matrix,
    obligation_visible,
    obligations_visible,
    templates_of,
)
from tests.harness.times import NOW
from tests.kernel.filings.helpers import (
    AUDITOR,
    CLEAN,
    DESK,
    FORM,
    OFFICE,
    SYSADMIN,
    desk_over,
    filed,
    opened,
    pack_install,
    take,
    world,
)

pytestmark = pytest.mark.django_db


def test_matrix_shows_unit_by_period_with_answer_and_timing():
    world()
    opened(parse_period("2020-11"))
    opened()
    take(CLEAN[:2])
    Obligation.objects.filter(period_code="2020-11").update(due_at=NOW - timedelta(days=1))
    Obligation.objects.filter(period_code="2020-12", unit_code="S1").update(due_at=NOW - timedelta(days=1))
    found = matrix(OFFICE, FORM, now=NOW)
    assert [period.code for period in found.periods] == ["2020-11", "2020-12"]
    assert [row.unit.code for row in found.rows] == ["S1", "S2", "S3", "S4"]
    assert [(cell.answer, cell.light) for cell in found.rows[0].cells] == [
        ("none", Light.RED),
        ("filed", Light.GREEN_LATE),
    ]
    assert [(cell.answer, cell.light) for cell in found.rows[1].cells] == [
        ("none", Light.RED),
        ("filed", Light.GREEN),
    ]
    assert found.rows[2].cells[1].light is Light.WHITE
    counts = found.counts
    assert (counts.opened, counts.filed, counts.late, counts.missing, counts.waiting) == (8, 2, 1, 4, 6)


def test_a_unit_that_owed_nothing_has_no_cell():
    world()
    opened(parse_period("2020-11"))
    Obligation.objects.filter(unit_code="S4").update(period_code="2020-12")
    found = matrix(OFFICE, FORM, now=NOW)
    assert [cell is not None for cell in found.rows[3].cells] == [False, True]


def test_matrix_filters_by_name_and_pages():
    world()
    opened()
    found = matrix(OFFICE, FORM, now=NOW, asked=MatrixAsked(text="S3"))
    assert ([row.unit.code for row in found.rows], found.units, found.counts.opened) == (["S3"], 1, 1)
    second = matrix(OFFICE, FORM, now=NOW, page=2, per_page=3)
    assert ([row.unit.code for row in second.rows], second.page, second.pages) == (["S4"], 2, 2)
    assert matrix(OFFICE, FORM, now=NOW, page=99, per_page=3).page == 2
    assert matrix(OFFICE, FORM, now=NOW, asked=MatrixAsked(text="没有")).rows == ()


def test_out_of_sight_is_not_there():
    units = world()
    opened()
    narrow = desk_over(units["S1"])
    assert [each.unit_code for each in obligations_visible(narrow)] == ["S1"]
    assert obligation_visible(narrow, filed("S1").pk) == filed("S1")
    with pytest.raises(NotFound):
        obligation_visible(narrow, filed("S2").pk)
    assert matrix(narrow, FORM, now=NOW).units == 1
    assert obligations_visible(AUDITOR).count() == 4
    assert obligations_visible(SYSADMIN).count() == 0
    assert forms_visible(SYSADMIN) == []


def test_form_cards_count_among_the_units_in_sight():
    units = world()
    opened()
    take(CLEAN[:2])
    (card,) = forms_visible(OFFICE)
    assert (card.form.title, card.opened, card.answered, card.units, card.newest.code) == (
        "月报",
        4,
        2,
        4,
        "2020-12",
    )
    (narrow,) = forms_visible(desk_over(units["S3"]))
    assert (narrow.opened, narrow.answered) == (1, 0)
    assert [each.ref for each in templates_of(FORM)] == ["t.monthly", "t.dated"]
    assert list(drafts_of(DESK)) == []


def test_filed_rows_leave_out_what_may_not_be_seen():
    units = world()
    opened()
    take()
    ids = [filed(code).filings.get().pk for code in ("S2", "S1")]
    found = filed_rows(OFFICE, ids)
    assert [(row.unit.code, row.values["cases"]) for row in found] == [("S2", "20"), ("S1", "10")]
    assert all(row.event_id for row in found)
    assert [row.unit.code for row in filed_rows(desk_over(units["S1"]), ids)] == ["S1"]
    assert filed_rows(SYSADMIN, ids) == []


def test_query_count_does_not_grow_with_units():
    world([f"S{i}" for i in range(1, 5)])
    opened()
    counts = []
    for extra in (0, 12):
        from tests.kernel.org.helpers import grow

        for i in range(extra):
            grow(f"Z{i}", "A", kind="street")
        opened()
        with CaptureQueriesContext(connection) as captured:
            matrix(OFFICE, FORM, now=NOW)
            forms_visible(OFFICE)
        counts.append(len(captured))
    assert counts[0] == counts[1] <= 20


def test_a_filing_reads_as_its_own_pack_version_says():
    world()
    opened()
    take()
    before = [text for _, text, _ in filing_versions(filed("S1"))[0].values]
    assert "融资" in before
    pack_install(2, vocab={"finance": "投融资"})
    assert [text for _, text, _ in filing_versions(filed("S1"))[0].values] == before


def test_number_of_queries_does_not_grow_with_the_forms(django_assert_num_queries):
    world()
    with CaptureQueriesContext(connection) as one:
        forms_visible(OFFICE)
    pack_install(2, forms=("monthly", "second", "third"))
    with django_assert_num_queries(len(one)):
        assert len(forms_visible(OFFICE)) == 3
