"""Periodic scans of notices: the daily digest is made, the outbox is emptied."""

from __future__ import annotations

from luoshi.kernel.notify.outbox import digests_make, outbox_send

TICKS = [("notify.digests_make", 60, digests_make), ("notify.outbox_send", 15, outbox_send)]
