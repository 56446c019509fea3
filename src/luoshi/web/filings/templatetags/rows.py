"""Table rows of a filing, as they are read."""

from __future__ import annotations

from django import template

from luoshi.kernel.definitions.fields import Field, FieldKind
from luoshi.kernel.definitions.table_rows import rows_shown, rows_totals

register = template.Library()


@register.filter
def table(field: Field, canonical: str | None) -> dict | None:
    """Return a table: its columns, lines of (column, text), sums; None for a field of another kind."""
    if field.kind is not FieldKind.ROWS or canonical is None:
        return None
    sums = rows_totals(field, canonical)
    return {
        "columns": field.columns,
        "lines": [tuple(zip(field.columns, row, strict=True)) for row in rows_shown(field, canonical)],
        "sums": [(column, sums.get(column.key, "")) for column in field.columns] if sums else [],
    }


@register.filter
def filesize(size: int) -> str:
    """Return a size in KB or MB.

    >>> filesize(300), filesize(3 * 1024 * 1024)
    ('1 KB', '3.0 MB')
    """
    return f"{size / 1024 / 1024:.1f} MB" if size >= 1024 * 1024 else f"{-(-size // 1024)} KB"
