"""What an admission must say; what a new form would ask twice; what it would cost in a year."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from luoshi.core.actor import SYSTEM
from luoshi.kernel.calendars.actions import calendar_install
from luoshi.kernel.filings.admission import (
    FormState,
    Why,
    admission_of,
    cost_of,
    forms_registered,
    near_duplicates,
    parts_lacking,
)
from tests.harness.times import NOW
from tests.kernel.filings.helpers import (
    ADMISSION,
    FIELDS,
    WINDOW,
    form_body,
    pack_install,
    world,
)
from tests.kernel.org.helpers import grow

pytestmark = pytest.mark.django_db
TODAY = NOW.date()
# Units fill these themselves.
OWN = {"fill": "clerk", "sign": "none", "review": "none"}


def field(key: str, title: str, **given: Any) -> dict[str, Any]:
    return {"key": key, "title": title, "type": "int", "unit": "件"} | given


def new_form(*fields: dict[str, Any], **given: Any) -> dict[str, Any]:
    """A form as the builder would bring it: not installed yet."""
    return form_body(title="新表", flow=OWN, window=WINDOW, fields=list(fields)) | given


def issued(**given: Any) -> None:
    """Put the monthly form of the pack into force, filled by the units, with its window."""
    world()
    calendar_install(by=SYSTEM, code="cn", now=NOW)
    pack_install(2, form_body(window=WINDOW, flow=OWN) | given)


def test_an_admission_is_whole_or_none():
    found = admission_of(form_body())
    assert (found.owner, found.slot, found.minutes) == ("unit:@owner", "owner", 10)
    assert (found.basis, found.until) == ("年度责任清单", date(2027, 12, 31))


@pytest.mark.parametrize(
    ("given", "lacking"),
    [
        ({"admission": None}, ["责任单位", "发文依据", "有效期", "预计用时"]),
        ({"admission": ADMISSION | {"basis": " "}}, ["发文依据"]),
        ({"admission": ADMISSION | {"until": "2027-02-30"}}, ["有效期"]),
        ({"admission": ADMISSION | {"minutes": 0}}, ["预计用时"]),
        ({"to": ""}, ["填报范围"]),
        ({"period": ""}, ["填报周期"]),
    ],
)
def test_each_part_that_is_lacking_is_named(given, lacking):
    body = form_body(**given)
    assert parts_lacking(body) == lacking
    assert admission_of(body) is None


def test_the_same_element_is_a_duplicate_whatever_the_title():
    issued()
    (found,) = near_duplicates(new_form(field("n", "全不相干", element="E01")), on=TODAY)
    assert (found.key, found.why, found.form_title, found.other_title) == ("n", Why.ELEMENT, "月报", "件数")
    assert (found.owner_title, found.units, found.element) == ("单位D", 4, "E01")


def test_a_near_title_with_the_same_unit_of_measure_is_a_duplicate():
    issued(fields=[{**FIELDS[0], "title": "清单在办事项数", "element": ""}])
    near, far, other_measure, words = (
        field("a", "在办事项数"),
        field("b", "办结事项数"),
        field("c", "在办事项数", unit="人"),
        field("d", "在办事项数", type="text"),
    )
    found = near_duplicates(new_form(near, far, other_measure, words), on=TODAY)
    assert [(each.key, each.why, each.likeness) for each in found] == [("a", Why.TITLE, 80)]


def test_two_different_elements_are_no_duplicate_however_near_their_titles():
    issued()
    assert near_duplicates(new_form(field("a", "件数", element="E09")), on=TODAY) == []
    assert near_duplicates(new_form(field("a", "件数")), on=TODAY)


def test_only_units_asked_twice_count_and_the_form_itself_does_not():
    issued()
    body = new_form(field("a", "件数"), to="unit.code in ('S1', 'P1')")
    assert [each.units for each in near_duplicates(body, on=TODAY)] == [1]
    assert near_duplicates(body | {"to": "unit.kind == 'dept'"}, on=TODAY) == []
    assert near_duplicates(body | {"to": ""}, on=TODAY) == []
    assert near_duplicates(body, on=TODAY, ref="t.monthly") == []


def test_a_form_that_ran_out_asks_nothing_any_more():
    issued(admission=ADMISSION | {"until": "2021-01-14"})
    assert near_duplicates(new_form(field("a", "件数")), on=TODAY) == []
    assert near_duplicates(new_form(field("a", "件数")), on=date(2021, 1, 14))


def test_cost_of_a_monthly_form_in_a_year():
    issued()
    cost = cost_of(new_form(field("a", "别的数"), field("b", "件数", element="E01")), on=TODAY)
    assert (cost.units, cost.kinds, cost.times, cost.filings) == (4, (("street", 4),), 12, 48)
    assert (cost.hours, cost.unit_hours, cost.minutes) == (Decimal("8.0"), Decimal("2.0"), 10)
    # E01 of the same months is held from the other form: half of the cells are only confirmed.
    assert (cost.fields, cost.known, cost.typed_cells, cost.known_cells) == (2, 1, 48, 48)
    assert cost.typed_percent == Decimal("50.0")


def test_an_element_is_known_only_for_units_and_periods_that_are_asked_for_it():
    issued(to="unit.code == 'S1'")
    body = new_form(field("b", "件数", element="E01"))
    cost = cost_of(body, on=TODAY)
    assert (cost.known, cost.known_cells, cost.typed_cells) == (0, 12, 36)
    assert cost_of(body | {"period": "quarter"}, on=TODAY).known_cells == 0


def test_a_quarter_that_takes_its_last_month_what_is_kept_and_what_is_computed_are_known():
    issued()
    quarterly = new_form(field("b", "件数", element="E01", **{"from": "last month"}), period="quarter")
    assert cost_of(quarterly, on=TODAY).known_cells == 16
    # Basics are typed in the first of twelve rounds.
    kept = cost_of(new_form(field("a", "别的数", keep=True)), on=TODAY)
    assert (kept.known_cells, kept.typed_cells, kept.known) == (44, 4, 0)
    assert cost_of(new_form(field("a", "自发报表数", element="JF01")), on=TODAY).typed_cells == 0


def test_of_two_installed_forms_the_older_one_asks():
    issued()
    pack_install(3, form_body(window=WINDOW, flow=OWN), forms=("monthly", "other"))
    body = form_body(window=WINDOW, flow=OWN)
    assert cost_of(body, on=TODAY, ref="t.monthly").known_cells == 0
    # E01 and E02 of four streets in twelve months.
    assert cost_of(body, on=TODAY, ref="t.other").known_cells == 96


def test_a_statistics_table_is_filed_once_for_all_and_holds_nothing_up():
    issued()
    cost = cost_of(form_body(window=WINDOW), on=TODAY)
    assert (cost.by_units, cost.units, cost.filings, cost.hours) == (False, 4, 12, Decimal("2.0"))
    assert (cost.known_cells, cost.clusters) == (0, ())


def test_a_form_opened_by_hand_is_counted_for_one_opening():
    issued()
    cost = cost_of(new_form(field("a", "数"), period="range", window="none"), on=TODAY)
    assert (cost.by_hand, cost.times, cost.filings) == (True, 1, 4)
    assert {due.form_ref for due in cost.calendar} == {"t.monthly"}


def test_without_minutes_no_hours_are_made_up():
    issued()
    cost = cost_of(new_form(field("a", "数"), admission={}), on=TODAY)
    assert (cost.minutes, cost.hours, cost.unit_hours) == (None, None, None)


def test_due_dates_within_three_working_days_of_others_are_told():
    issued()
    # December is due with 2021-01-15, eleven days into the month: the other one three, then four days later.
    near = new_form(field("a", "数"), window={**WINDOW, "due": "end + 13 workday"})
    far = new_form(field("a", "数"), window={**WINDOW, "due": "end + 14 workday"})
    assert cost_of(far, on=TODAY).clusters == ()
    cost = cost_of(near, on=TODAY)
    assert len(cost.clusters) == 12
    first = cost.clusters[0]
    assert (first.due.day, first.due.period.code) == (date(2021, 1, 20), "2020-12")
    assert [(each.day, each.form_title, each.units) for each in first.others] == [
        (date(2021, 1, 15), "月报", 4)
    ]
    assert cost_of(near | {"to": "unit.kind == 'dept'"}, on=TODAY).clusters == ()


def test_calendar_of_the_coming_year_is_in_order_and_ends_with_it():
    issued()
    calendar = cost_of(new_form(field("a", "数")), on=TODAY).calendar
    assert [due.day for due in calendar] == sorted(due.day for due in calendar)
    assert len(calendar) == 24
    assert (calendar[0].day, calendar[-1].day < date(2022, 1, 15)) == (date(2021, 1, 15), True)


def test_registry_tells_owner_audience_and_state():
    issued()
    (found,) = forms_registered(TODAY)
    assert (found.owner_title, len(found.audience), found.by_units) == ("单位D", 4, True)
    states = {
        FormState.ACTIVE: date(2027, 11, 1),
        FormState.ENDING: date(2027, 11, 2),
        FormState.EXPIRED: date(2028, 1, 1),
    }
    assert {day: found.standing.state_on(day) for day in states.values()} == {
        day: state for state, day in states.items()
    }
    pack_install(3, form_body(admission=None))
    assert forms_registered(TODAY)[0].state is FormState.UNREGISTERED


def test_an_owner_that_is_no_unit_of_the_district_is_lacking():
    world()
    pack_install(2, form_body(admission=ADMISSION | {"owner": "unit:@desk"}))
    (found,) = forms_registered(TODAY)
    assert (found.state, found.standing.lacking) == (FormState.UNREGISTERED, ("责任单位",))


def queries_for(forms: int) -> int:
    pack_install(10 + forms, form_body(window=WINDOW, flow=OWN), forms=[f"f{each}" for each in range(forms)])
    body = new_form(field("a", "件数"), field("b", "数", element="E01"))
    with CaptureQueriesContext(
        connection,
    ) as asked:
        near_duplicates(body, on=TODAY)
        cost_of(body, on=TODAY)
    return len(asked)


def test_queries_do_not_grow_with_forms_or_units():
    issued()
    few = queries_for(1)
    for each in range(20):
        grow(f"S1{each}", "B", kind="street")
    assert queries_for(15) == few <= 25
