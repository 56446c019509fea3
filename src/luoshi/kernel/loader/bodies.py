"""From checked entries to what is stored: canonical values, every optional key filled in."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from pydantic import BaseModel, TypeAdapter, ValidationError

from luoshi.core.canonical import canonical_bytes, decimal_text
from luoshi.kernel.loader.nodes import Node, Plain
from luoshi.kernel.loader.sections import SECTION_KINDS, PackFile

Bodies = dict[tuple[str, str], dict[str, Any]]


def bodies_of(root: Node) -> Bodies:
    """Return (section, key) → body of every entry whose own shape is right, in the order of the file."""
    found: Bodies = {}
    for section in SECTION_KINDS:
        node = root.get(section)
        adapter = _adapter(section)
        for key, entry in node.entries() if node is not None else ():
            try:
                read = adapter.validate_python(entry.plain())
            except ValidationError:
                continue
            found[section, key] = stored(section, read)
    return found


def stored(section: str, read: object) -> dict[str, Any]:
    """Return the body of one entry: decimals as text, as it comes back from the database.

    Options of a vocab keep their order in ``order``, because canonical objects are sorted.
    """
    if section == "vocab":
        assert isinstance(read, Mapping)
        return {"options": dict(read), "order": list(read)}
    assert isinstance(read, BaseModel)
    body = canonical_value(read.model_dump(by_alias=True))
    round_trip: dict[str, Any] = json.loads(canonical_bytes(body))
    return round_trip


def canonical_value(value: Any) -> Any:
    """Return ``value`` with every decimal as text; all else as it is."""
    if isinstance(value, Decimal):
        return decimal_text(value)
    if isinstance(value, Mapping):
        return {key: canonical_value(part) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [canonical_value(part) for part in value]
    return value


def content_of(plain: Plain) -> Any:
    """Return what of a pack file makes its content: everything but the version number."""
    assert isinstance(plain, dict)
    head = plain.get("pack")
    assert isinstance(head, dict)
    rest = {key: part for key, part in head.items() if key != "version"}
    return canonical_value({**plain, "pack": rest})


def _adapter(section: str) -> TypeAdapter[Any]:
    annotation = PackFile.model_fields[section].annotation
    _, value_type = annotation.__args__  # type: ignore[union-attr]
    return TypeAdapter(value_type)
