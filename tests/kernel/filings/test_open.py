"""Opening a period: one obligation for each addressed unit, with its parents of that day."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from luoshi.core.actor import SYSTEM
from luoshi.core.errors import Invalid, NotAllowed, NotFound, WrongState
from luoshi.core.periods import parse_period
from luoshi.kernel.calendars.actions import calendar_install
from luoshi.kernel.filings.actions import obligations_open
from luoshi.kernel.filings.models import FactSlot, Obligation
from luoshi.kernel.ledger.queries import events_of
from luoshi.kernel.ledger.verify import verify_ledger
from luoshi.kernel.org.actions import unit_move
from tests.harness.times import NOW
from tests.kernel.filings.helpers import (
    DECEMBER,
    DESK,
    FORM,
    OFFICE,
    WINDOW,
    _actor,
    form_body,
    opened,
    pack_install,
    snapshot,
    world,
)
from tests.kernel.org.helpers import grow

pytestmark = pytest.mark.django_db


def test_each_addressed_unit_owes_once_and_the_ledger_says_so():
    units = world()
    assert opened() == 4
    owed = Obligation.objects.order_by("unit_code")
    assert [each.unit_code for each in owed] == ["S1", "S2", "S3", "S4"]
    first = owed[0]
    assert first.parents == [["D", units["D"].pk], ["A", units["A"].pk]]
    assert (first.answer, first.current_version, first.due_at) == ("none", 0, None)
    (event,) = events_of("obligation", first.pk)
    assert event.kind == "obligation.opened"
    assert event.data == {"form": FORM, "period": "2020-12", "pack_version": 1, "unit": "S1"}
    assert verify_ledger().ok


def test_opening_again_opens_only_what_is_lacking():
    world()
    opened()
    grow("S9", "A", kind="street")
    assert opened() == 1
    assert opened() == 0
    assert Obligation.objects.count() == 5


def test_a_later_move_changes_no_parent_of_an_open_period():
    world()
    opened()
    before = list(Obligation.objects.order_by("pk").values())
    unit_move(by=SYSTEM, code="S1", parent_code="B", on=NOW.date() + timedelta(days=1), now=NOW)
    assert opened(now=NOW + timedelta(days=2)) == 0
    assert list(Obligation.objects.order_by("pk").values()) == before
    february = parse_period("2021-01")
    opened(february, now=NOW + timedelta(days=2))
    assert Obligation.objects.get(unit_code="S1", period_code="2021-01").parents[1][0] == "B"


def test_counted_fields_get_columns():
    world()
    opened()
    slots = list(FactSlot.objects.order_by("field").values_list("field", "column", "scale"))
    assert slots == [("cases", "i01", 0), ("kind", "c01", 0), ("overdue", "i02", 0), ("rate", "i03", 2)]


def test_window_gives_due_and_lock_from_the_working_calendar():
    world()
    calendar_install(by=SYSTEM, code="cn", now=NOW)
    pack_install(2, form_body(window=WINDOW))
    opened(parse_period("2020-09"))
    owed = Obligation.objects.order_by("pk")[0]
    assert str(owed.opened_on) == "2020-09-24"
    # ten working days after 2020-09-30, past the holiday week and with the worked Saturday of 10-10
    assert owed.due_at == datetime.fromisoformat("2020-10-21T23:59:59.999+08:00")
    assert owed.lock_at == datetime.fromisoformat("2020-11-18T23:59:59.999+08:00")
    assert (owed.lock_mode, owed.due_provisional) == ("hard", False)


def test_refusals_open_nothing():
    units = world()
    opened()
    before = snapshot()
    with pytest.raises(NotAllowed, match="开启填报期"):
        obligations_open(actor=DESK, form_ref=FORM, period=parse_period("2021-01"), now=NOW)
    with pytest.raises(NotAllowed, match="3 个单位不在您的范围内"):
        narrow = _actor(3, "office", units["S1"].pk, post_code="o", unit_code="S1")
        obligations_open(actor=narrow, form_ref=FORM, period=parse_period("2021-01"), now=NOW)
    with pytest.raises(NotFound):
        obligations_open(actor=OFFICE, form_ref="t.weekly", period=DECEMBER, now=NOW)
    with pytest.raises(Invalid, match="不按“2020年第四季度”"):
        obligations_open(actor=OFFICE, form_ref=FORM, period=parse_period("2020-Q4"), now=NOW)
    assert snapshot() == before


def test_before_the_opening_day_nothing_opens():
    world()
    calendar_install(by=SYSTEM, code="cn", now=NOW)
    pack_install(2, form_body(window=WINDOW))
    with pytest.raises(WrongState, match="应于 2021-01-25 开放"):
        opened(parse_period("2021-01"))


def test_overlapping_ranges_would_count_twice():
    world()
    pack_install(2, form_body(period="range"))
    opened(parse_period("2020-01..2020-04"))
    with pytest.raises(Invalid, match=r"与已开放的 2020-01\.\.2020-04 重叠"):
        opened(parse_period("2020-04..2020-06"))
    assert opened(parse_period("2020-05..2020-06")) == 4


def test_a_form_that_addresses_nobody_is_refused():
    world()
    pack_install(2, form_body(to="unit.kind == 'firm'"))
    with pytest.raises(Invalid, match="没有适用单位"):
        opened()
