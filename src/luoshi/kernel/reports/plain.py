"""The document tree as canonical JSON, so that a frozen report is stored as the very words it said."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from luoshi.core.canonical import canonical_bytes, decimal_text, parse_canonical
from luoshi.kernel.documents import tree

_KINDS = {
    cls.__name__: cls
    for cls in (
        tree.Text,
        tree.FigureRun,
        tree.Heading,
        tree.Paragraph,
        tree.Caption,
        tree.Cell,
        tree.Column,
        tree.Table,
        tree.Chart,
        tree.Quote,
        tree.Head,
        tree.Sign,
        tree.Imprint,
        tree.Document,
    )
}


def document_text(document: tree.Document) -> str:
    """Return the canonical JSON of a document tree. Links are left out: they belong to a screen."""
    return canonical_bytes(_plain(document)).decode("utf-8")


def document_from(text: str) -> tree.Document:
    """Return the tree of a text made by ``document_text``. Raises: ValueError when it is none."""
    revived = _revived(parse_canonical(text.encode("utf-8")))
    if not isinstance(revived, tree.Document):
        raise ValueError("the text does not hold a document tree")
    return revived


def _plain(value: Any) -> Any:
    match value:
        case Decimal():
            return {"kind": "Decimal", "text": decimal_text(value)}
        case date():
            return {"kind": "date", "text": value.isoformat()}
        case float():
            # column widths in mm: the only fractions of the tree that are no figures
            return {"kind": "float", "text": repr(value)}
        case tuple():
            return [_plain(each) for each in value]
        case dict():
            return {"kind": "dict", "of": {key: _plain(each) for key, each in value.items()}}
    if is_dataclass(value):
        parts = {
            each.name: _plain(getattr(value, each.name)) for each in fields(value) if each.name != "href"
        }
        return {"kind": type(value).__name__, **{f"of_{name}": part for name, part in parts.items()}}
    return value


def _revived(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(_revived(each) for each in value)
    if not isinstance(value, dict):
        return value
    match value["kind"]:
        case "Decimal":
            return Decimal(value["text"])
        case "date":
            return date.fromisoformat(value["text"])
        case "float":
            return float(value["text"])
        case "dict":
            return {key: _revived(each) for key, each in value["of"].items()}
    parts = {name.removeprefix("of_"): _revived(part) for name, part in value.items() if name != "kind"}
    return _KINDS[value["kind"]](**parts)
