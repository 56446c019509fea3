"""Periodic scans of the ledger."""

from __future__ import annotations

from datetime import datetime

from luoshi.kernel.ledger.actions import sequence

MOST_ROUNDS = 50


def sequence_due(now: datetime) -> int:
    """Give every waiting event its position, at most 50,000 in one run. Returns how many."""
    done = 0
    for _ in range(MOST_ROUNDS):
        count = sequence()
        done += count
        if not count:
            break
    return done


TICKS = [("ledger.sequence", 1, sequence_due)]
