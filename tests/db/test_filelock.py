from __future__ import annotations

import subprocess
import sys
import threading
import time

import pytest

from luoshi.db.sqlite.filelock import FileLock, LockTimeout


@pytest.fixture
def path(tmp_path):
    return tmp_path / "x.lock"


def test_one_holder_at_a_time(path):
    first, second = FileLock(path), FileLock(path)
    first.acquire(seconds=1)
    with pytest.raises(LockTimeout):
        second.acquire(seconds=0.05)
    first.release()
    second.acquire(seconds=1)
    assert second.held and not first.held
    second.release()


def test_the_lock_given_up_on_is_not_taken_later(path):
    holder, impatient, third = FileLock(path), FileLock(path), FileLock(path)
    holder.acquire(seconds=1)
    with pytest.raises(LockTimeout):
        impatient.acquire(seconds=0.05)
    holder.release()
    third.acquire(seconds=2)
    third.release()


def test_waiting_ones_come_in_order_of_arrival(path):
    holder, arrived = FileLock(path), []
    holder.acquire(seconds=1)

    def wait(number: int) -> None:
        lock = FileLock(path)
        lock.acquire(seconds=10)
        arrived.append(number)
        lock.release()

    threads = [threading.Thread(target=wait, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
        time.sleep(0.05)
    holder.release()
    for thread in threads:
        thread.join()
    assert arrived == list(range(6))


def test_a_killed_process_gives_the_lock_back(path):
    code = (
        "import sys, time; from pathlib import Path; from luoshi.db.sqlite.filelock import FileLock\n"
        "lock = FileLock(Path(sys.argv[1])); lock.acquire(seconds=1); print('held', flush=True)\n"
        "time.sleep(60)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(path)], stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None and other.stdout.readline() == "held\n"
        lock = FileLock(path)
        with pytest.raises(LockTimeout):
            lock.acquire(seconds=0.05)
        other.kill()
        lock.acquire(seconds=5)
        lock.release()


def test_taking_it_twice_is_a_fault_of_the_program(path):
    lock = FileLock(path)
    lock.acquire(seconds=1)
    with pytest.raises(RuntimeError, match="already"):
        lock.acquire(seconds=1)
    lock.release()
    lock.release()
