"""Columns of the fact table for the fields of an item type."""

from __future__ import annotations

from collections.abc import Sequence

from luoshi.kernel.definitions import slots
from luoshi.kernel.definitions.fields import Field
from luoshi.kernel.definitions.slots import Slot
from luoshi.kernel.items.models import ItemSlot

NOUN = "一类事项"


def slots_of(type_ref: str) -> dict[str, Slot]:
    """Return the columns given to the fields of an item type. One query."""
    return slots.slots_read(ItemSlot.objects.filter(type_ref=type_ref))


def slots_for(type_ref: str, fields: Sequence[Field]) -> dict[str, Slot]:
    """Return the columns of ``fields``, giving them out when the type is used for the first time."""
    found = slots_of(type_ref) if fields else {}
    if any(field.key not in found for field in fields):
        slots_allot(type_ref, fields)
        found = slots_of(type_ref)
    return found


def slots_allot(type_ref: str, fields: Sequence[Field]) -> bool:
    """Give columns to ``fields``; return whether a scale changed, so that facts must be made anew.

    Call it inside the transaction that needs the columns. Raises: Invalid.
    """
    return slots.slots_write(ItemSlot.objects.filter(type_ref=type_ref), {"type_ref": type_ref}, fields, NOUN)
