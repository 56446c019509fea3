"""Periodic scans of items: pauses that are over, provisional dates, steps of ladders."""

from __future__ import annotations

from luoshi.kernel.items.clock_ticks import clocks_rearm, pauses_end
from luoshi.kernel.items.ladder import ladder_send

EVERY = 60

TICKS = [
    ("items.pauses_end", EVERY, pauses_end),
    ("items.clocks_rearm", EVERY, clocks_rearm),
    ("items.ladder_send", EVERY, ladder_send),
]
