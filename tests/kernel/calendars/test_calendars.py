"""Working-day calendars: the shipped data, corrections, and what stays provisional."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import pytest

from luoshi.core.actor import SYSTEM, Actor, Grant
from luoshi.core.errors import Duplicate, Invalid, NotAllowed, NotFound, WrongState
from luoshi.core.workdays import Due
from luoshi.kernel.calendars.actions import (
    calendar_day_clear,
    calendar_day_set,
    calendar_install,
    calendar_year_publish,
)
from luoshi.kernel.calendars.models import Calendar, CalendarDay, CalendarYear
from luoshi.kernel.calendars.queries import calendar_year, calendar_years, work_calendar
from luoshi.kernel.ledger.queries import events_of

pytestmark = pytest.mark.django_db
GOLDEN_TEXT = (Path(__file__).parents[2] / "data/golden_add_workdays.csv").read_text(encoding="utf-8")
GOLDEN = list(csv.DictReader(GOLDEN_TEXT.splitlines()))


@pytest.fixture
def cn(now):
    return calendar_install(by=SYSTEM, code="cn", now=now)


def set_day(day, *, is_workday, now, by=SYSTEM, title="抗洪停工", source="区政府办〔2027〕1号"):
    return calendar_day_set(
        by=by, code="cn", day=day, is_workday=is_workday, title=title, source=source, now=now
    )


def kinds(calendar):
    return [event.kind for event in events_of("calendar", calendar.pk)]


def test_shipped_calendar_gives_the_forty_golden_due_dates(cn):
    calendar = work_calendar("cn")
    got = [calendar.add_workdays(date.fromisoformat(r["start_date"]), int(r["workdays"])) for r in GOLDEN]
    assert [due.date.isoformat() for due in got] == [r["due_date"] for r in GOLDEN]
    assert len(GOLDEN) == 40 and not any(due.provisional for due in got)


def test_golden_week_moves_a_fifteen_day_limit_past_the_holiday(cn):
    assert work_calendar("cn").add_workdays(date(2020, 9, 25), 15) == Due(date(2020, 10, 22), False)


def test_shipped_days_carry_chinese_reasons_and_a_source(cn):
    view = calendar_year("cn", 2021)
    assert view.published and calendar_years("cn") == list(range(2004, 2027))
    assert {day.title for day in view.days if not day.is_workday} == {
        "元旦放假", "春节放假", "清明节放假", "劳动节放假", "端午节放假", "国庆节放假", "中秋节放假"
    }  # fmt: skip
    assert all(day.title.endswith("调休上班") for day in view.days if day.is_workday)
    assert all(day.source == "国务院办公厅历年放假通知" for day in view.days)


def test_due_date_beyond_the_published_years_is_provisional(cn):
    due = work_calendar("cn").add_workdays(date(2026, 12, 25), 10)
    assert due.provisional and due.date == date(2027, 1, 8)


def test_installing_twice_changes_nothing(cn, now):
    before = (Calendar.objects.get().fingerprint, CalendarDay.objects.count(), CalendarYear.objects.count())
    again = calendar_install(by=SYSTEM, code="cn", now=now)
    assert again.pk == cn.pk and kinds(cn) == ["calendar.installed"]
    assert before == (
        Calendar.objects.get().fingerprint,
        CalendarDay.objects.count(),
        CalendarYear.objects.count(),
    )


def test_installing_again_adds_lacking_years_and_keeps_corrections(cn, now):
    set_day(date(2025, 1, 2), is_workday=False, now=now)
    CalendarDay.objects.filter(date__year=2026).delete()
    CalendarYear.objects.filter(year=2026).delete()
    set_day(date(2026, 1, 1), is_workday=True, now=now)
    calendar_install(by=SYSTEM, code="cn", now=now)
    calendar = work_calendar("cn")
    assert not calendar.is_workday(date(2025, 1, 2))
    assert calendar.is_workday(date(2026, 1, 1)), "what was entered by hand is not overwritten"
    assert not calendar.is_workday(date(2026, 10, 1)) and 2026 in calendar.years


def test_changed_day_is_seen_at_once_and_recorded(cn, now):
    assert work_calendar("cn").is_workday(date(2026, 7, 1))
    set_day(date(2026, 7, 1), is_workday=False, now=now)
    assert not work_calendar("cn").is_workday(date(2026, 7, 1))
    event = events_of("calendar", cn.pk)[-1]
    assert (event.kind, event.data) == (
        "calendar.day_set",
        {"date": "2026-07-01", "was": None, "is_workday": False},
    )


def test_cleared_day_follows_the_week_again(cn, now):
    set_day(date(2026, 7, 1), is_workday=False, now=now)
    calendar_day_clear(by=SYSTEM, code="cn", day=date(2026, 7, 1), now=now)
    assert work_calendar("cn").is_workday(date(2026, 7, 1))
    with pytest.raises(WrongState, match="没有特别安排"):
        calendar_day_clear(by=SYSTEM, code="cn", day=date(2026, 7, 1), now=now)


def test_published_year_makes_due_dates_firm(cn, now):
    calendar_year_publish(by=SYSTEM, code="cn", year=2027, now=now)
    assert not work_calendar("cn").add_workdays(date(2026, 12, 25), 10).provisional
    with pytest.raises(WrongState, match="2027年的放假安排已经确认"):
        calendar_year_publish(by=SYSTEM, code="cn", year=2027, now=now)


def test_unchanged_calendar_costs_one_query(cn, django_assert_num_queries):
    work_calendar("cn")
    with django_assert_num_queries(1):
        work_calendar("cn")


def test_refusals_change_nothing(cn, now):
    before = (Calendar.objects.get().fingerprint, kinds(cn))
    clerk = Actor(account_id=7, roles=frozenset({Grant("office")}))
    with pytest.raises(NotAllowed, match="只有系统管理员"):
        set_day(date(2026, 7, 1), is_workday=False, now=now, by=clerk)
    with pytest.raises(Invalid) as refused:
        set_day(date(2026, 7, 1), is_workday=False, now=now, title=" ", source="长" * 121)
    assert refused.value.fields == {"title": "请填写事由。", "source": "依据文件不得超过120个字。"}
    with pytest.raises(Duplicate, match="2026-01-01已是这样安排的"):
        set_day(
            date(2026, 1, 1), is_workday=False, now=now, title="元旦放假", source="国务院办公厅历年放假通知"
        )
    with pytest.raises(Invalid, match="四位数字"):
        calendar_year_publish(by=SYSTEM, code="cn", year=27, now=now)
    assert before == (Calendar.objects.get().fingerprint, kinds(cn))


def test_unknown_calendars_are_named(now):
    with pytest.raises(NotFound, match="没有编码为“cn”的工作日历，请先装入"):
        work_calendar("cn")
    with pytest.raises(NotFound, match="可用：cn"):
        calendar_install(by=SYSTEM, code="xx", now=now)


def test_system_administrator_may_change_the_calendar(cn, now):
    admin = Actor(account_id=9, post_code="it", unit_code="u", roles=frozenset({Grant("sysadmin")}))
    set_day(date(2026, 7, 1), is_workday=False, now=now, by=admin)
    assert events_of("calendar", cn.pk)[-1].by == (9, "it", "u")
