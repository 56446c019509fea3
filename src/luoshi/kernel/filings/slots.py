"""Columns of the fact table for the fields of a form. A field keeps its column for ever."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from luoshi.core.errors import Invalid
from luoshi.kernel.definitions.fields import Field
from luoshi.kernel.filings.models import CODE_COLUMNS, INTEGER_COLUMNS, FactSlot

INTEGER, CODE = "integer", "code"


@dataclass(frozen=True, slots=True)
class Slot:
    """Where a field is counted: numbers as ``value × 10^scale`` in an integer column, all else as text."""

    column: str
    scale: int
    kind: str


def slots_of(form_ref: str) -> dict[str, Slot]:
    """Return the columns given to the fields of a form."""
    rows = FactSlot.objects.filter(form_ref=form_ref).order_by("column")
    return {row.field: Slot(row.column, row.scale, row.kind) for row in rows}


def slots_planned(kept: Mapping[str, Slot], fields: Sequence[Field]) -> dict[str, Slot]:
    """Return the columns of a form after ``fields`` were added to what is ``kept``.

    A number keeps the larger scale, so that older values stay exact.
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
            noun = "数字" if field.numeric else "文字"
            raise Invalid(f"一张表单最多 {most} 个可统计的{noun}字段，请去掉“{field.title}”的 fact: true。")
        column = slot.column if slot else free[kind].pop(0)
        scale = max(field.digits if field.numeric else 0, slot.scale if slot else 0)
        planned[field.key] = Slot(column, scale, kind)
    return planned


def slots_allot(form_ref: str, fields: Sequence[Field]) -> bool:
    """Give columns to ``fields``; return whether a scale changed, so that facts must be made anew.

    Call it inside the transaction that needs the columns. Raises: Invalid.
    """
    kept = slots_of(form_ref)
    planned = slots_planned(kept, fields)
    for key, slot in planned.items():
        if kept.get(key) != slot:
            FactSlot.objects.update_or_create(
                form_ref=form_ref,
                field=key,
                defaults={"column": slot.column, "scale": slot.scale, "kind": slot.kind},
            )
    return any(kept[key] != planned[key] for key in kept)
