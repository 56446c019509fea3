"""Reminders of the year: the coaches of the streets, and the scan of every working morning."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

from luoshi.core.actor import SYSTEM
from luoshi.demo.district.people import HEAD, post_of
from luoshi.demo.district.places import Scale
from luoshi.kernel.filings.reminding import reminders_send
from luoshi.kernel.notify.outbox import digests_make
from luoshi.kernel.org.coaching import coach_set

SCANNED_AT = 8 * 60 + 5
DIGEST_AT = 8 * 60 + 31


def coached(scale: Scale, since: date, moment: Callable[[], datetime]) -> None:
    """Let the heads of departments coach the streets, one each in turn."""
    units = list(scale.units())
    streets = [code for group, code, _ in units if group.kind == "street"]
    heads = [code for group, code, _ in units if group.code in ("DW", "ZF")]
    for number, street in enumerate(streets):
        post = post_of(heads[number % len(heads)], HEAD)
        coach_set(by=SYSTEM, unit_code=street, post_code=post, on=since, now=moment())


def reminded(now: datetime) -> None:
    """Send the reminders of one morning."""
    reminders_send(now)


def gathered(now: datetime) -> None:
    """Make the digests of one morning; without a mail server they say why nothing went out."""
    digests_make(now)
