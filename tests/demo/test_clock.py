"""Demo time is kept with the data: no restart turns it back, no second process begins it anew."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from luoshi.core.clock import SystemClock
from luoshi.demo.clock import DEMO_CLOCK, clock_in, demo_begun

START = datetime(2023, 6, 12, 0, 0, tzinfo=UTC)


def test_without_a_demo_the_machine_tells_the_time(tmp_path: Path):
    assert isinstance(clock_in(tmp_path, ""), SystemClock)


def test_demo_time_runs_on_over_a_restart(tmp_path: Path):
    first = demo_begun(tmp_path, START).now()
    again = clock_in(tmp_path, "").now()
    assert START <= first <= again < START + timedelta(minutes=1)


def test_demo_begun_once_is_not_begun_again(tmp_path: Path):
    demo_begun(tmp_path, START)
    other = demo_begun(tmp_path, START + timedelta(days=400))
    assert other.now() < START + timedelta(minutes=1)
    assert clock_in(tmp_path, "2021-01-15T08:00:00+08:00").now() < START + timedelta(minutes=1)
    assert [path.name for path in tmp_path.iterdir()] == [DEMO_CLOCK]


def test_start_from_the_environment_is_kept_too(tmp_path: Path):
    clock_in(tmp_path, "2021-01-15T08:00:00+08:00")
    assert clock_in(tmp_path, "").now().year == 2021


def test_start_without_a_zone_is_a_fault(tmp_path: Path):
    with pytest.raises(ValueError, match="aware"):
        clock_in(tmp_path, "2021-01-15T08:00:00")
