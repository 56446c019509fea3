"""Which unit answers for a unit that was closed."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from luoshi.kernel.org.models import Unit


def units_answered(unit_ids: Collection[int], on: date) -> set[int]:
    """Return ``unit_ids`` with the units closed by ``on`` whose line of successors leads to one of them.

    One query.
    """
    closed = Unit.objects.filter(successor__isnull=False, closed_on__lte=on).order_by("id")
    answered = set(unit_ids)
    waiting = dict(closed.values_list("id", "successor_id"))
    while found := {unit_id for unit_id, successor in waiting.items() if successor in answered}:
        answered |= found
        waiting = {unit_id: successor for unit_id, successor in waiting.items() if unit_id not in found}
    return answered
