"""The loop that runs due scans while it holds the lease."""

from __future__ import annotations

import logging
import os
import secrets
import socket
import threading
import time
from collections.abc import Callable, Sequence
from datetime import timedelta

from django.db import DatabaseError, close_old_connections, connections

from luoshi.core.clock import Clock, SystemClock
from luoshi.worker.actions import lease_release, lease_take
from luoshi.worker.registry import Tick

LEASE = "worker"
LASTS = timedelta(seconds=15)  # a killed worker is replaced after at most this time
RENEW_EVERY = LASTS.total_seconds() / 3
PAUSE = 0.5

log = logging.getLogger("luoshi.worker")


def holder_name() -> str:
    """Return a name no other worker has: machine, process and a random part."""
    return f"{socket.gethostname()[:40]}:{os.getpid()}:{secrets.token_hex(4)}"


class Runner:
    """Runs scans one after the other. Of several workers the one with the lease works, the others stand by.

    ``clock`` gives the ``now`` handed to the scans (demo time in the demo); the lease lives in real time.
    ``steady`` is a monotonic clock in seconds.
    """

    def __init__(
        self,
        ticks: Sequence[Tick],
        *,
        clock: Clock,
        real: Clock | None = None,
        steady: Callable[[], float] = time.monotonic,
    ) -> None:
        self.holder = holder_name()
        self._ticks = list(ticks)
        self._clock = clock
        self._real = real or SystemClock()
        self._steady = steady
        self._due = {tick.name: steady() for tick in ticks}
        self._renew_at = steady()
        self._leading = False

    def run(self, stop: threading.Event) -> None:
        """Work until ``stop`` is set; then give the lease back."""
        try:
            while not stop.is_set():
                self.turn()
                stop.wait(PAUSE)
        finally:
            self.close()
            connections.close_all()

    def turn(self) -> list[str]:
        """Run every scan that is due, if this worker leads; return their names.

        A scan that fails is logged and tried again after its interval; the others go on.
        """
        close_old_connections()
        ran = []
        for tick in self._ticks:
            if self._due[tick.name] <= self._steady() and self._leads():
                self._due[tick.name] = self._steady() + tick.every
                self._run_one(tick)
                ran.append(tick.name)
        return ran

    def close(self) -> None:
        """Give the lease back, so that the next worker starts at once."""
        if self._leading:
            lease_release(name=LEASE, holder=self.holder)
            self._leading = False

    def _run_one(self, tick: Tick) -> None:
        try:
            tick.run(self._clock.now())
        except Exception:
            log.exception("tick %s failed", tick.name)

    def _leads(self) -> bool:
        if self._steady() >= self._renew_at:
            self._renew_at = self._steady() + RENEW_EVERY
            self._leading = self._renewed()
        return self._leading

    def _renewed(self) -> bool:
        try:
            return lease_take(name=LEASE, holder=self.holder, now=self._real.now(), lasts=LASTS)
        except DatabaseError:
            # Without the database there is nothing to scan either; the next renewal tries again.
            log.exception("lease %s cannot be taken", LEASE)
            return False
