"""Posts as choices."""

from __future__ import annotations

from luoshi.kernel.org.models import Post


def posts_choice() -> list[tuple[str, str]]:
    """Return (code, unit and title) of every post of a unit that is open. One query."""
    rows = Post.objects.filter(unit__closed_on=None).select_related("unit")
    rows = rows.order_by("unit__sort", "unit__code", "sort", "code")
    return [(row.code, f"{row.unit.title} {row.title}") for row in rows]
