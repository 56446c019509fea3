"""Columns of a fact table for the fields of a definition. A field keeps its column for ever.

Each app that keeps facts has a table of its own for them, with the columns ``field column scale kind``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet

from luoshi.core.errors import Invalid
from luoshi.kernel.definitions.fields import Field

INTEGER, CODE = "integer", "code"
CODE_COLUMNS = tuple(f"c{number:02}" for number in range(1, 13))
INTEGER_COLUMNS = tuple(f"i{number:02}" for number in range(1, 25))


@dataclass(frozen=True, slots=True)
class Slot:
    """Where a field is counted: numbers as ``value × 10^scale`` in an integer column, all else as text."""

    column: str
    scale: int
    kind: str

    def stored(self, text: str | None) -> int | str | None:
        """Return a canonical text as its column holds it."""
        if text is None or self.kind != INTEGER:
            return text
        return int(Decimal(text).scaleb(self.scale))


def slots_read(rows: QuerySet[Any]) -> dict[str, Slot]:
    """Return field → column of the rows given, which are those of one definition."""
    return {row.field: Slot(row.column, row.scale, row.kind) for row in rows.order_by("column")}


def slots_planned(
    kept: Mapping[str, Slot], fields: Sequence[Field], noun: str = "一张表单"
) -> dict[str, Slot]:
    """Return the columns of a definition after ``fields`` were added to what is ``kept``.

    A number keeps the larger scale, so that older values stay exact. ``noun``: what refusals call it.
    Raises: Invalid when a field turned from number to text or back, or the columns do not suffice.
    """
    planned = dict(kept)
    free = {
        kind: [name for name in names if name not in {slot.column for slot in kept.values()}]
        for kind, names in ((INTEGER, INTEGER_COLUMNS), (CODE, CODE_COLUMNS))
    }
    for field in fields:
        kind = INTEGER if field.numeric else CODE
        slot = kept.get(field.key)
        if slot is not None and slot.kind != kind:
            raise Invalid(f"字段“{field.title}”不能由数字改为文字或反过来，请另设字段。")
        if slot is None and not free[kind]:
            most = len(INTEGER_COLUMNS) if field.numeric else len(CODE_COLUMNS)
            sort = "数字" if field.numeric else "文字"
            raise Invalid(f"{noun}最多 {most} 个可统计的{sort}字段，请去掉“{field.title}”的 fact: true。")
        column = slot.column if slot else free[kind].pop(0)
        scale = max(field.digits if field.numeric else 0, slot.scale if slot else 0)
        planned[field.key] = Slot(column, scale, kind)
    return planned


def slots_write(
    rows: QuerySet[Any], own: Mapping[str, str], fields: Sequence[Field], noun: str = "一张表单"
) -> bool:
    """Give columns to ``fields``; return whether a scale changed, so that facts must be made anew.

    ``rows``: the slots standing; ``own``: the columns that say whose slot a new row is.
    Call it inside the transaction that needs the columns. Raises: Invalid.
    """
    kept = slots_read(rows)
    planned = slots_planned(kept, fields, noun)
    for key, slot in planned.items():
        if kept.get(key) != slot:
            rows.model._default_manager.update_or_create(
                **own,
                field=key,
                defaults={"column": slot.column, "scale": slot.scale, "kind": slot.kind},
            )
    return any(kept[key] != planned[key] for key in kept)
