"""What items can be found by: number, title and their fields of text. Personal fields never."""

from __future__ import annotations

from collections.abc import Iterator

from luoshi.kernel.definitions.fields import FieldKind
from luoshi.kernel.items.models import Item
from luoshi.kernel.items.types import type_by_id
from luoshi.kernel.search.actions import document_put

FOUND = "item"
CHUNK = 500


def item_text(item: Item) -> str:
    """Return the text an item is found by, a line for each part."""
    kind = type_by_id(item.definition_id)
    fields = [field.key for field in kind.fields.values() if field.kind is FieldKind.TEXT and not field.pii]
    said = [item.values[key] for key in fields if item.values.get(key)]
    known = [item.number, *([item.origin] if item.origin else [])]
    return "\n".join([*known, item.title, *said])


def item_findable(item: Item) -> None:
    """Let an item be found by what it says now; call it in the transaction that wrote it."""
    document_put(FOUND, item.pk, item_text(item))


def items_texts() -> Iterator[tuple[int, str]]:
    """Yield (item id, text) of every item."""
    for item in Item.objects.order_by("id").iterator(chunk_size=CHUNK):
        yield item.pk, item_text(item)
