from __future__ import annotations

from datetime import datetime

from luoshi.worker.models import Lease


def lease_holder(*, name: str, now: datetime) -> str | None:
    """Return who holds the lease ``name`` at ``now`` (real time), or None when nobody does."""
    return Lease.objects.filter(name=name, until__gt=now).values_list("holder", flat=True).first()
