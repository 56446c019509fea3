"""Windows laid on periods."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from luoshi.core.beijing import local_day
from luoshi.core.periods import parse_period
from luoshi.core.workdays import WorkCalendar
from luoshi.kernel.filings.windows import dates_of, offset_of, window_of

PLAIN = WorkCalendar("plain", {}, frozenset({2023}))
BODY = {
    "calendar": "plain",
    "open": "end - 2 workday",
    "due": "end + 3 workday",
    "lock": {"at": "due + 1 day", "mode": "soft"},
}


def test_a_window_counts_working_days_from_the_period():
    dates = dates_of(window_of(BODY), parse_period("2023-03"), PLAIN)
    assert dates.open_on == date(2023, 3, 29)
    assert dates.due_at == datetime.fromisoformat("2023-04-05T23:59:59.999+08:00")
    assert dates.lock_at == datetime.fromisoformat("2023-04-06T23:59:59.999+08:00")
    assert (dates.lock_mode, dates.provisional) == ("soft", False)


def test_a_due_day_beyond_the_published_years_is_provisional():
    assert dates_of(window_of(BODY), parse_period("2023-12"), PLAIN).provisional


def test_no_window():
    assert window_of("none") is None and window_of(None) is None


@pytest.mark.parametrize(
    "text", ["end +5 workday", "end + 5 week", "never", "end + 5", "", "lock", "end + 5 calendar_day"]
)
def test_other_spellings_are_faults(text):
    with pytest.raises(ValueError, match="no offset"):
        offset_of(text)


def test_the_local_day_is_that_of_beijing():
    assert local_day(datetime.fromisoformat("2021-01-14T16:30:00+00:00")) == date(2021, 1, 15)
