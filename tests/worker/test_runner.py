from __future__ import annotations

import logging
import threading
from datetime import datetime, timedelta

import pytest
from django.core.management import CommandError, call_command

from luoshi.core.clock import FixedClock
from luoshi.worker import runner as module
from luoshi.worker.actions import lease_take
from luoshi.worker.models import Lease
from luoshi.worker.registry import Tick
from luoshi.worker.runner import LASTS, LEASE, Runner
from tests.harness.times import NOW

pytestmark = pytest.mark.django_db
REAL = NOW + timedelta(days=2000)


class Time:
    """Real and steady time of one test, moved by hand."""

    def __init__(self) -> None:
        self.passed = 0.0

    def now(self) -> datetime:
        return REAL + timedelta(seconds=self.passed)

    def __call__(self) -> float:
        return self.passed


@pytest.fixture(autouse=True)
def same_connection(monkeypatch):
    """The runner closes connections of its thread; here the thread is that of the test."""
    monkeypatch.setattr(module, "close_old_connections", lambda: None)
    monkeypatch.setattr(module.connections, "close_all", lambda: None)


@pytest.fixture
def time() -> Time:
    return Time()


def runner(time: Time, *ticks: Tick) -> Runner:
    return Runner(ticks, clock=FixedClock(NOW), real=time, steady=time)


def test_scans_run_at_once_and_then_at_their_interval(time):
    calls: list[datetime] = []
    work = runner(time, Tick("fast", 2, calls.append), Tick("slow", 60, lambda now: None))
    ran = {}
    for time.passed in (0, 1, 2, 3, 4, 61):
        ran[time.passed] = work.turn()
    assert ran == {0: ["fast", "slow"], 1: [], 2: ["fast"], 3: [], 4: ["fast"], 61: ["fast", "slow"]}
    assert calls == [NOW] * 4


def test_the_second_worker_stands_by_and_takes_over_when_the_first_is_gone(time):
    scan = Tick("scan", 1, lambda now: None)
    first, second = runner(time, scan), runner(time, scan)
    assert first.turn() == ["scan"] and second.turn() == []
    time.passed = LASTS.total_seconds() - 1
    assert second.turn() == []
    time.passed = 2 * LASTS.total_seconds()
    assert second.turn() == ["scan"]
    assert first.turn() == []


def test_the_first_worker_keeps_the_lease_by_working(time):
    scan = Tick("scan", 1, lambda now: None)
    first, second = runner(time, scan), runner(time, scan)
    for time.passed in range(60):
        assert first.turn() == ["scan"] and second.turn() == []


def test_a_failing_scan_is_logged_without_its_message_and_the_others_go_on(time, caplog):
    def fail(now: datetime) -> None:
        raise ValueError("张三 13800000000")

    work = runner(time, Tick("bad", 5, fail), Tick("good", 1, lambda now: None))
    with caplog.at_level(logging.ERROR, "luoshi.worker"):
        assert work.turn() == ["bad", "good"]
    time.passed = 1
    assert work.turn() == ["good"]
    assert [record.getMessage() for record in caplog.records] == ["tick bad failed"]


def test_stopping_gives_the_lease_back(time):
    stop = threading.Event()
    work = runner(time, Tick("scan", 1, lambda now: stop.set()))
    work.run(stop)
    assert not Lease.objects.exists()


def test_the_command_once_says_what_it_ran(capsys):
    call_command("worker", "--once")
    assert "已运行" in capsys.readouterr().out
    assert not Lease.objects.exists()


def test_the_command_once_refuses_beside_another_worker():
    later = datetime(2100, 1, 1, tzinfo=NOW.tzinfo)
    lease_take(name=LEASE, holder="other", now=later, lasts=LASTS)
    with pytest.raises(CommandError, match="另一个进程"):
        call_command("worker", "--once")
