"""Which units stand within the scope of a role."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from django.db.models import F, Q, QuerySet

from luoshi.kernel.org.models import MAIN_TREE, UnitClosure


def reach_of(
    scope_ids: Collection[int | None], on: date | None, *, unit_id: int | None = None
) -> QuerySet[UnitClosure]:
    """Return the closure rows from the scopes down to the units in them, in the main tree.

    ``on``: the day; without it, places that have not ended. A closed unit stays with those it stood under
    when it was closed: its records do not vanish from their sight.
    """
    lasting = Q(to_on__isnull=True) | Q(to_on=F("unit__closed_on"))
    held = lasting if on is None else Q(from_on__lte=on) & (lasting | Q(to_on__gt=on))
    rows = UnitClosure.objects.filter(held, tree__code=MAIN_TREE, ancestor_id__in=scope_ids)
    return (rows if unit_id is None else rows.filter(unit_id=unit_id)).order_by("unit_id")
