"""Small tools for writing Office Open XML: elements as escaped text, and a package with fixed bytes.

Markup is built by ``el`` only, so that text from outside can never become markup.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from luoshi.kernel.documents.text import clean_text

NAMESPACES = {
    "w": "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    "r": "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    "wp": "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing",
    "a": "http://schemas.openxmlformats.org/drawingml/2006/main",
    "c": "http://schemas.openxmlformats.org/drawingml/2006/chart",
    "wps": "http://schemas.microsoft.com/office/word/2010/wordprocessingShape",
    "mc": "http://schemas.openxmlformats.org/markup-compatibility/2006",
    "cp": "http://schemas.openxmlformats.org/package/2006/metadata/core-properties",
    "dc": "http://purl.org/dc/elements/1.1/",
    "dcterms": "http://purl.org/dc/terms/",
    "xsi": "http://www.w3.org/2001/XMLSchema-instance",
    "ds": "http://schemas.openxmlformats.org/officeDocument/2006/customXml",
}
RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_RELS = "http://schemas.openxmlformats.org/package/2006/relationships"
_DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'

Attrs = Mapping[str, str | int]


class Xml(str):
    """Text that is already markup."""

    __slots__ = ()


def _escaped(text: str) -> str:
    plain = clean_text(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return plain.replace('"', "&quot;")


def words(text: str) -> Xml:
    """Return ``text`` escaped, as element content."""
    return Xml(_escaped(text))


def el(tag: str, attrs: Attrs | None = None, *children: Xml) -> Xml:
    """Return one element; attribute values are escaped, children must be markup already."""
    head = tag + "".join(f' {name}="{_escaped(str(value))}"' for name, value in (attrs or {}).items())
    inner = "".join(children)
    return Xml(f"<{head}>{inner}</{tag}>" if inner else f"<{head}/>")


def join(parts: Iterable[Xml]) -> Xml:
    return Xml("".join(parts))


def root(tag: str, prefixes: str, attrs: Attrs | None = None, *children: Xml) -> bytes:
    """Return a whole part: declaration and root element with the named namespace prefixes."""
    spaces = {f"xmlns:{prefix}": NAMESPACES[prefix] for prefix in prefixes.split()}
    return (_DECLARATION + el(tag, {**spaces, **(attrs or {})}, *children)).encode("utf-8")


@dataclass
class Part:
    """One file of a package and the parts it points at."""

    name: str
    content: bytes
    content_type: str
    relations: list[tuple[str, str]] = field(default_factory=list)

    def relate(self, kind: str, target: str) -> str:
        """Note that this part uses ``target``; return the relation id."""
        self.relations.append((kind if kind.startswith("http") else f"{RELATION}/{kind}", target))
        return f"rId{len(self.relations)}"


class Package:
    """An OPC package under construction. Part names have no leading slash."""

    def __init__(self) -> None:
        self.parts: list[Part] = []
        self.top = Part("", b"", "")

    def add(self, name: str, content: bytes, content_type: str) -> Part:
        part = Part(name, content, content_type)
        self.parts.append(part)
        return part

    def to_bytes(self) -> bytes:
        files = {"[Content_Types].xml": self._content_types(), "_rels/.rels": _relations(self.top)}
        for part in self.parts:
            files[part.name] = part.content
            if part.relations:
                folder, _, leaf = part.name.rpartition("/")
                files[f"{folder}/_rels/{leaf}.rels"] = _relations(part)
        return zip_bytes(files)

    def _content_types(self) -> bytes:
        defaults = [
            el(
                "Default",
                {
                    "Extension": "rels",
                    "ContentType": "application/vnd.openxmlformats-package.relationships+xml",
                },
            ),
            el("Default", {"Extension": "xml", "ContentType": "application/xml"}),
        ]
        overrides = [
            el("Override", {"PartName": f"/{p.name}", "ContentType": p.content_type}) for p in self.parts
        ]
        return (_DECLARATION + el("Types", {"xmlns": _TYPES}, *defaults, *overrides)).encode("utf-8")


def _relations(part: Part) -> bytes:
    rows = [
        el("Relationship", {"Id": f"rId{number}", "Type": kind, "Target": f"/{target}"})
        for number, (kind, target) in enumerate(part.relations, start=1)
    ]
    return (_DECLARATION + el("Relationships", {"xmlns": _RELS}, *rows)).encode("utf-8")


def zip_bytes(files: Mapping[str, bytes]) -> bytes:
    """Return a zip of ``files`` in the given order, the same bytes on every machine and day.

    Members are stored, not deflated: zlib builds differ in their output, and a frozen document must
    hash alike wherever it is rendered again.
    """
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for name, content in files.items():
            info = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            info.create_system, info.external_attr = 3, 0o644 << 16
            archive.writestr(info, content)
    return out.getvalue()
