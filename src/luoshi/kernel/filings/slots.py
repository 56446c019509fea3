"""Columns of the fact table for the fields of a form."""

from __future__ import annotations

from collections.abc import Sequence

from luoshi.kernel.definitions import slots
from luoshi.kernel.definitions.fields import Field
from luoshi.kernel.definitions.slots import Slot
from luoshi.kernel.filings.models import FactSlot


def slots_of(form_ref: str) -> dict[str, Slot]:
    """Return the columns given to the fields of a form."""
    return slots.slots_read(FactSlot.objects.filter(form_ref=form_ref))


def slots_allot(form_ref: str, fields: Sequence[Field]) -> bool:
    """Give columns to ``fields``; return whether a scale changed, so that facts must be made anew.

    Call it inside the transaction that needs the columns. Raises: Invalid.
    """
    return slots.slots_write(FactSlot.objects.filter(form_ref=form_ref), {"form_ref": form_ref}, fields)
