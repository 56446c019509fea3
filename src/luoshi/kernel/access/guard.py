"""Counting failed sign-ins, so that a password cannot be guessed by trying.

Five failures within 15 minutes lock one user name from one source for 30 minutes (GB/T 22239-2019 8.1.4.1 b).
Unknown names are counted alike, so that a lock says nothing about which names exist.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.crypto import salted_hmac

from luoshi.kernel.access.models import SigninGuard

MOST_FAILURES = 5
COUNTED = timedelta(minutes=15)
LOCKED = timedelta(minutes=30)
FORGOTTEN = timedelta(days=1)


def guard_key(username: str, source: str) -> str:
    """Return the keyed hash under which a user name from a source is counted."""
    return salted_hmac("luoshi.access.signin", f"{username}\0{source}", algorithm="sha256").hexdigest()


@transaction.atomic
def attempt_counted(key: str, now: datetime) -> datetime | None:
    """Count one attempt before its password is looked at; return the end of the lock it meets, or None.

    Counting first keeps many attempts at once from passing together. The attempt that fills the measure sets
    the lock and is still let through; success takes the count away (``attempts_forgotten``).
    """
    SigninGuard.objects.filter(touched_at__lt=now - FORGOTTEN).delete()
    fresh = {"since": now, "touched_at": now}
    guard, _ = SigninGuard.objects.select_for_update().get_or_create(key=key, defaults=fresh)
    if guard.locked_until is not None and now < guard.locked_until:
        return guard.locked_until
    if guard.locked_until is not None or now - guard.since >= COUNTED:
        guard.failures, guard.since, guard.locked_until = 0, now, None
    guard.failures += 1
    guard.touched_at = now
    if guard.failures >= MOST_FAILURES:
        guard.locked_until = now + LOCKED
    guard.save()
    return None


@transaction.atomic
def attempts_forgotten(key: str) -> None:
    """Take the count of a name and source away after a success."""
    SigninGuard.objects.filter(key=key).delete()
