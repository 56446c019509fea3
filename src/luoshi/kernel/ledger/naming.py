"""Rebuild the derived index ``ledger_naming`` from the bodies."""

from __future__ import annotations

from django.db import transaction

from luoshi.kernel.ledger.bodies import parse_body
from luoshi.kernel.ledger.models import Event, Naming

CHUNK = 1000


@transaction.atomic
def naming_rebuild() -> int:
    """Write the index anew from the bodies of all events. Returns the number of entries.

    Raises: ValueError for a body that cannot be read.
    """
    Naming.objects.all().delete()
    count = 0
    waiting: list[Naming] = []
    for event_id, stored in Event.objects.order_by("id").values_list("id", "body").iterator(CHUNK):
        body = parse_body(bytes(stored))
        waiting += [
            Naming(row_type=row_type, row_id=row_id, event_id=event_id)
            for row_type, row_id, _ in body.after
            if (row_type, row_id) != body.obj
        ]
        if len(waiting) >= CHUNK:
            count += len(Naming.objects.bulk_create(waiting))
            waiting = []
    return count + len(Naming.objects.bulk_create(waiting))
