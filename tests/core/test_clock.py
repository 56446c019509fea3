from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from luoshi.core.clock import Clock, FixedClock, OffsetClock, SystemClock

SHANGHAI = timezone(timedelta(hours=8))
DEMO = datetime(2021, 1, 15, 8, 0, tzinfo=SHANGHAI)


def test_every_clock_gives_aware_utc() -> None:
    clocks: list[Clock] = [SystemClock(), FixedClock(DEMO), OffsetClock(DEMO)]
    assert [clock.now().tzinfo for clock in clocks] == [UTC, UTC, UTC]


def test_demo_time_starts_where_told_and_runs_on() -> None:
    class Ticking:
        seconds = 0

        def now(self) -> datetime:
            return datetime(2026, 3, 1, tzinfo=UTC) + timedelta(seconds=self.seconds)

    real = Ticking()
    clock = OffsetClock(DEMO, real=real)
    assert clock.now() == DEMO
    real.seconds = 90
    assert clock.now() == DEMO + timedelta(seconds=90)


def test_demo_time_counts_from_a_given_real_start() -> None:
    real = FixedClock(datetime(2026, 3, 1, 1, 0, tzinfo=UTC))
    assert OffsetClock(DEMO, datetime(2026, 3, 1, tzinfo=UTC), real=real).now() == DEMO + timedelta(hours=1)


def test_a_time_without_zone_is_a_fault() -> None:
    naive = datetime(2021, 1, 15)  # noqa: DTZ001
    with pytest.raises(ValueError, match="aware"):
        FixedClock(naive)
    with pytest.raises(ValueError, match="aware"):
        OffsetClock(naive)
    with pytest.raises(ValueError, match="aware"):
        OffsetClock(DEMO, naive)
