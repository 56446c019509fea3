"""Writing held values. Called by what produces a value, in the same transaction."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import TypeAlias

from django.db import transaction

from luoshi.kernel.elements.models import HeldValue

BATCH = 500
# element, unit id, period code
Key: TypeAlias = tuple[str, int, str]


@dataclass(frozen=True, slots=True)
class Held:
    """One value to keep: ``value`` is canonical text, ``source`` the ledger type and id of its row."""

    element: str
    unit_id: int
    period_code: str
    value: str
    source: tuple[str, int]


@transaction.atomic
def hold(*, values: Iterable[Held]) -> int:
    """Keep ``values``, each in place of what was held for its element, unit and period; return how many.

    A value that only confirms what is held leaves it with its first source.
    Ledger: none. A held value repeats what its source row says, and the source row is in the ledger.
    """
    newest = {(value.element, value.unit_id, value.period_code): value for value in values}
    known = _known(newest)
    rows = [
        HeldValue(
            element=value.element,
            unit_id=value.unit_id,
            period_code=value.period_code,
            value=value.value,
            source_type=value.source[0],
            source_id=value.source[1],
        )
        for key, value in newest.items()
        if known.get(key) != value.value
    ]
    HeldValue.objects.bulk_create(
        rows,
        batch_size=BATCH,
        update_conflicts=True,
        unique_fields=["element", "unit", "period_code"],
        update_fields=["value", "source_type", "source_id"],
    )
    return len(newest)


def _known(keys: Collection[Key]) -> dict[Key, str]:
    """Return the values held for ``keys``, with others of the same elements, units and periods."""
    names = ("element", "unit_id", "period_code")
    known: dict[Key, str] = {}
    for some in _batches(sorted(keys)):
        asked = {f"{name}__in": {key[place] for key in some} for place, name in enumerate(names)}
        rows = HeldValue.objects.filter(**asked).order_by("id")
        known |= {row[:3]: row[3] for row in rows.values_list(*names, "value")}
    return known


def _batches(keys: Collection[Key]) -> Iterator[list[Key]]:
    waiting = iter(keys)
    while batch := list(islice(waiting, BATCH)):
        yield batch


@transaction.atomic
def release(
    *,
    elements: Iterable[str],
    unit_id: int,
    period_code: str,
    sources: tuple[str, Collection[int]] | None = None,
) -> int:
    """Drop what is held of ``elements`` for a unit and period; return how many.

    With ``sources`` (type, ids) only what came from these rows: what was returned holds nothing any more.
    """
    rows = HeldValue.objects.filter(element__in=list(elements), unit_id=unit_id, period_code=period_code)
    if sources is not None:
        rows = rows.filter(source_type=sources[0], source_id__in=sources[1])
    return rows.delete()[0]
