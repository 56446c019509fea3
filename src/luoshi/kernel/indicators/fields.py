"""Counted fields of a form or item type as columns of its fact table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from luoshi.core.expr import Kind
from luoshi.kernel.definitions.fields import Field
from luoshi.kernel.definitions.slots import Slot
from luoshi.kernel.indicators.compiler import Column


def field_columns(fields: Iterable[Field], slots: Mapping[str, Slot], table: str = "") -> dict[str, Column]:
    """Return field key → column. ``fields``: those marked ``fact: true``; ``table``: alias with its dot.

    A field without a column yet (nothing was ever written of it) is null in every row.
    """
    columns: dict[str, Column] = {}
    for field in fields:
        slot = slots.get(field.key)
        kind = "BIGINT" if field.numeric else "TEXT"
        sql = f"{table}{slot.column}" if slot else f"CAST(NULL AS {kind})"
        if not field.numeric:
            columns[field.key] = Column(sql, Kind.TEXT)
            continue
        scale = slot.scale if slot else field.digits
        columns[field.key] = Column(sql, Kind.NUMBER, scale, field.bound * 10 ** (scale - field.digits))
    return columns
