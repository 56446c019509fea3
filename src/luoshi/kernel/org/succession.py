"""Which unit answers for a unit that was closed, and for which units a person stands."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from luoshi.kernel.org.models import Appointment, Unit
from luoshi.kernel.org.places import holding


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


def units_held(person_id: int | None, on: date) -> set[int]:
    """Return the units in which a person holds a post on a day, acting posts too. One query."""
    if person_id is None:
        return set()
    held = Appointment.objects.filter(holding(on), person_id=person_id).order_by()
    return set(held.values_list("post__unit_id", flat=True))
