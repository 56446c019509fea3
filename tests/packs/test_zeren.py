"""The pack of duty records: plain sums of its fixtures, windows on the calendar, the flow once installed."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest

from luoshi.core.actor import SYSTEM, SYSTEM_ACTOR
from luoshi.core.beijing import local_day
from luoshi.core.periods import parse_period
from luoshi.core.workdays import WorkCalendar
from luoshi.kernel.calendars.actions import calendar_install
from luoshi.kernel.calendars.queries import work_calendar
from luoshi.kernel.filings.flows import DutyKind, flow_of
from luoshi.kernel.filings.forms import form_def
from luoshi.kernel.filings.windows import dates_of, window_of
from luoshi.kernel.loader.actions import pack_install
from luoshi.kernel.loader.check import CheckedPack, pack_check
from luoshi.kernel.loader.folder import SHIPPED
from luoshi.kernel.org.actions import tree_create, unit_create
from tests.harness.times import NOW

PACK = SHIPPED / "zeren"


@pytest.fixture(scope="module")
def checked() -> CheckedPack:
    return pack_check(PACK)


@pytest.fixture
def calendar(db: None) -> WorkCalendar:
    calendar_install(by=SYSTEM, code="cn", now=NOW)
    return work_calendar("cn")


def form(checked: CheckedPack, key: str) -> Mapping[str, Any]:
    return next(entry.body for entry in checked.entries if entry.kind == "form" and entry.key == key)


def total(column: str, name: str = "monthly", of: str = "") -> Decimal:
    with (PACK / "fixtures" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return Decimal(sum(int(row[column]) for row in csv.DictReader(file) if row["单位"].endswith(of)))


def percent(part: Decimal, whole: Decimal, places: str) -> str:
    return str((100 * part / whole).quantize(Decimal(places), ROUND_HALF_UP))


def test_figures_of_the_fixture_by_plain_arithmetic(checked: CheckedPack):
    figures = next(entry.body for entry in checked.entries if entry.kind == "test")["figures"]
    found, fixed = total("发现问题数"), total("已整改数")
    assert figures["found"] == str(found) and figures["fixed"] == str(fixed)
    assert figures["fix_rate"] == percent(fixed, found, "0.01")
    assert figures["answer_rate"] == percent(total("按期答复数"), total("群众诉求数"), "0.01")
    streets = percent(total("已整改数", of="街道"), total("发现问题数", of="街道"), "0.01")
    assert figures["street_fix_rate"] == streets


def test_rows_against_the_rules_and_blank_rows_are_refused(checked: CheckedPack):
    refused = [trial.refused for trial in checked.trials if trial.refused]
    assert len(refused) == 2


def test_month_may_is_open_from_a_week_before_its_end_until_mid_june(checked, calendar):
    dates = dates_of(window_of(form(checked, "monthly")["window"]), parse_period("2023-05"), calendar)
    assert (dates.open_on, local_day(dates.due_at)) == (date(2023, 5, 24), date(2023, 6, 14))
    assert dates.lock_mode == "soft" and dates.lock_at > dates.due_at


def test_quarter_opens_once_its_last_month_may_be_filed(checked, calendar):
    quarter = dates_of(window_of(form(checked, "quarterly")["window"]), parse_period("2023-Q1"), calendar)
    month = dates_of(window_of(form(checked, "monthly")["window"]), parse_period("2023-03"), calendar)
    assert month.open_on < quarter.open_on and month.due_at < quarter.due_at


def test_quarter_asks_again_only_what_the_month_holds(checked: CheckedPack):
    asked = [{field["element"] for field in form(checked, key)["fields"]} for key in ("monthly", "quarterly")]
    assert asked[0] & asked[1] - {None} == {"LZ01"}


def test_nothing_asks_for_photos_or_counts_meetings(checked: CheckedPack):
    """The rules for lightening burdens forbid both as a standard of work."""
    titles = [field["title"] for key in ("monthly", "quarterly") for field in form(checked, key)["fields"]]
    assert not [title for title in titles if any(word in title for word in ("照片", "会议", "留痕", "次数"))]


@pytest.mark.django_db
def test_flow_goes_from_clerk_to_head_to_the_office_bound():
    tree_create(by=SYSTEM, now=NOW)
    unit_create(
        by=SYSTEM, code="LZ", title="责任办", kind="office", parent_code=None, on=date(2020, 1, 1), now=NOW
    )
    pack_install(actor=SYSTEM_ACTOR, path=PACK, bindings={"office": "LZ"}, now=NOW)
    for key in ("monthly", "quarterly"):
        flow = flow_of(form_def(f"zeren.{key}").definition_id)
        assert flow.sign is not None and flow.review is not None
        assert (flow.fill.kind, flow.sign.kind) == (DutyKind.OWN, DutyKind.HEAD)
        assert (flow.review.kind, flow.review.code) == (DutyKind.UNIT, "LZ")
        assert flow.apart and flow.nil_needs == ("note",)
