"""The types of the packs this domain knows, by their names."""

from __future__ import annotations

from luoshi.core.errors import NotFound
from luoshi.kernel.items.models import Item

BATCH, PROBLEM = "zhenggai.batch", "zhenggai.problem"
MEASURE, SIBLING = "zhenggai.measure", "zhenggai.sibling"
REPORTS, REPORTED = "huanbao.batch", "huanbao.case"
PUBLIC = "public"
MISSING = "没有这个事项，或您无权查看。"


def require_type(item: Item, ref: str) -> None:
    """Treat an item of another type as if there were none. Raises: NotFound."""
    if item.type_ref != ref:
        raise NotFound(MISSING)
