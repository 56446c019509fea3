"""Windows open by themselves: on their day, once, and after an outage as if there had been none."""

from __future__ import annotations

import logging
from datetime import date, datetime, timedelta

import pytest

from luoshi.core.actor import SYSTEM
from luoshi.core.periods import PeriodKind
from luoshi.core.workdays import WorkCalendar
from luoshi.kernel.filings.models import Obligation
from luoshi.kernel.filings.ticks import windows_open
from luoshi.kernel.filings.windows import periods_opening, window_of
from luoshi.kernel.ledger.verify import verify_ledger
from luoshi.kernel.org.actions import unit_close, unit_move
from luoshi.worker.registry import installed_ticks
from tests.harness.times import NOW, SHANGHAI
from tests.kernel.filings.helpers import WINDOW, form_body
from tests.kernel.filings.helpers import pack_install as plain_pack
from tests.kernel.filings.loop import loop_world, owed, submit
from tests.kernel.org.helpers import grow

pytestmark = pytest.mark.django_db
# January 2021 opens five working days before its end.
JANUARY_OPENS = datetime(2021, 1, 25, 0, 0, 1, tzinfo=SHANGHAI)


def on(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}T06:00:00+08:00")


def rows(**given):
    return list(
        Obligation.objects.filter(**given)
        .order_by("period_code", "unit_code")
        .values_list("period_code", "unit_code", "unit_parent")
    )


def test_a_period_opens_on_its_day_and_only_once():
    loop_world()
    assert windows_open(JANUARY_OPENS - timedelta(seconds=2)) == 0
    assert windows_open(JANUARY_OPENS) == 3
    assert windows_open(JANUARY_OPENS) == 0
    assert rows() == [("2021-01", f"S{number}", "A") for number in (1, 2, 3)]
    assert owed(period="2021-01").opened_on == date(2021, 1, 25)
    assert verify_ledger().ok


def test_nothing_from_before_the_installation_opens_and_the_first_day_counts():
    loop_world()
    assert windows_open(NOW) == 0
    assert not Obligation.objects.exists()


def test_a_missed_month_opens_for_the_units_of_its_day():
    loop_world()
    windows_open(JANUARY_OPENS)
    february, march = on("2021-02-22"), on("2021-03-25")
    grow("S4", "A", kind="street", on=date(2021, 2, 25))
    unit_move(by=SYSTEM, code="S1", parent_code="B", on=date(2021, 3, 1), now=february)
    unit_close(by=SYSTEM, code="S3", on=date(2021, 3, 10), now=march, successor_code="S2")
    # Nobody ran from January to 2021-04-03: February opened on 02-22, March on 03-25.
    assert windows_open(on("2021-04-03")) == 6
    assert rows(period_code="2021-02") == [("2021-02", f"S{number}", "A") for number in (1, 2, 3)]
    assert rows(period_code="2021-03") == [
        ("2021-03", "S1", "B"),
        ("2021-03", "S2", "A"),
        ("2021-03", "S4", "A"),
    ]
    assert windows_open(on("2021-04-03")) == 0


def test_a_period_that_is_open_gains_no_unit_set_up_later_with_an_earlier_day():
    loop_world()
    windows_open(JANUARY_OPENS)
    before = list(Obligation.objects.order_by("pk").values())
    grow("S9", "A", kind="street", on=date(2021, 1, 1))
    assert windows_open(JANUARY_OPENS + timedelta(days=1)) == 0
    assert list(Obligation.objects.order_by("pk").values()) == before


def test_the_scheduler_stopped_for_ten_days_leaves_no_trace_but_the_event_time():
    loop_world()
    windows_open(JANUARY_OPENS + timedelta(days=10))
    found = owed(period="2021-01")
    assert found.opened_on == date(2021, 1, 25)
    # Ten working days after 01-31, the worked Sunday 02-07 among them, past the Spring Festival.
    assert found.due_at == datetime(2021, 2, 18, 23, 59, 59, 999_000, tzinfo=SHANGHAI)
    assert found.ver == 1


def test_after_an_outage_the_overdue_are_overdue_at_once():
    cast = loop_world()
    now = on("2021-04-01")
    assert windows_open(now) == 6 + 3
    filing = submit(cast.clerk, owed(period="2021-01"), now=now, late_reason="系统停用")
    assert filing.version == 1
    assert Obligation.objects.filter(due_at__lt=now, answer="none").count() == 5


def test_one_form_that_cannot_open_keeps_no_other_from_opening(caplog):
    loop_world()
    plain_pack(1, form_body(window=WINDOW, to="unit.kind == 'firm'"))
    with caplog.at_level(logging.WARNING, "luoshi.filings"):
        assert windows_open(JANUARY_OPENS) == 3
    assert "form t.monthly, period 2021-01: not opened: invalid" in caplog.text


def test_a_window_on_a_calendar_that_is_missing_is_logged(caplog):
    loop_world()
    plain_pack(1, form_body(window=WINDOW | {"calendar": "us"}))
    with caplog.at_level(logging.WARNING, "luoshi.filings"):
        assert windows_open(JANUARY_OPENS) == 3
    assert "form t.monthly: no window opened: not_found" in caplog.text


def test_forms_without_window_never_open_by_themselves():
    loop_world()
    plain_pack()
    assert windows_open(JANUARY_OPENS) == 3


def test_the_scan_is_registered():
    assert "filings.windows_open" in {tick.name for tick in installed_ticks()}


PLAIN = WorkCalendar("cn", {}, frozenset(range(2019, 2024)))


@pytest.mark.parametrize(
    ("kind", "opens", "codes"),
    [
        ("month", "end - 5 workday", ["2021-01", "2021-02", "2021-03", "2021-04"]),
        ("month", "start", ["2021-02", "2021-03", "2021-04", "2021-05"]),
        ("quarter", "end + 1 day", ["2021-Q1"]),
        ("half", "start + 20 day", ["2021-H1"]),
        ("year", "end + 10 workday", ["2020"]),
        ("month", "end + 300 workday", ["2019-11", "2019-12", "2020-01", "2020-02"]),
        ("node", "start", []),
    ],
)
def test_the_periods_that_open_in_a_span(kind, opens, codes):
    window = window_of({"calendar": "cn", "open": opens, "due": "open + 1 workday", "lock": None})
    found = periods_opening(window, PeriodKind(kind), date(2021, 1, 12), date(2021, 5, 1), PLAIN)
    assert [period.code for period in found] == codes
