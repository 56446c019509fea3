"""Taking, keeping and giving back a lease. Leases are machinery: they leave no entry in the ledger."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from luoshi.worker.models import Lease


def lease_take(*, name: str, holder: str, now: datetime, lasts: timedelta) -> bool:
    """Take the lease ``name`` or prolong one's own; return whether ``holder`` has it until ``now + lasts``.

    One statement decides, so two holders can never both succeed. ``now`` is real time, not demo time.
    """
    until = now + lasts
    free = Lease.objects.filter(name=name, until__lte=now) | Lease.objects.filter(name=name, holder=holder)
    if free.update(holder=holder, until=until):
        return True
    if Lease.objects.filter(name=name).exists():
        return False
    try:
        with transaction.atomic():
            Lease.objects.create(name=name, holder=holder, until=until)
    except IntegrityError:  # somebody else was first in the same moment
        return False
    return True


def lease_release(*, name: str, holder: str) -> None:
    """Give the lease back, so that the next worker need not wait for its end."""
    Lease.objects.filter(name=name, holder=holder).delete()
