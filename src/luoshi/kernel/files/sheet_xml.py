"""What the parser does not tell about a worksheet: which one is shown first, formulas, error cells.

Only looks at bytes that ``preflight`` has accepted; nothing is built from them but short strings.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
from dataclasses import dataclass, field
from xml.parsers import expat

# More addresses than this help nobody; the first ones are shown to the user.
MOST_ADDRESSES = 1000
_CHUNK = 1024 * 1024
_OVERLAP = 4096
_FORMULA = re.compile(rb'<(?:\w+:)?c\b[^>]*?\br="([A-Z]{1,3}[0-9]{1,7})"[^>]*>\s*<(?:\w+:)?f[\s/>]')
_ERROR = re.compile(rb'<(?:\w+:)?c\b(?=[^>]*?\bt="e")[^>]*?\br="([A-Z]{1,3}[0-9]{1,7})"')
_CELL = re.compile(rb"<(?:\w+:)?c[\s>]")


@dataclass(frozen=True)
class SheetPart:
    """A visible worksheet: its shown name and the member of the zip that holds it."""

    name: str
    member: str


@dataclass
class Marks:
    """A1 addresses of formula cells and of cells that hold an error value, in reading order."""

    formulas: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


def visible_sheets(archive: zipfile.ZipFile) -> list[SheetPart]:
    """Return the worksheets a reader sees, in the order of the tabs."""
    targets = {
        attrs.get("Id", ""): attrs.get("Target", "")
        for attrs in _elements(archive.read("xl/_rels/workbook.xml.rels"), "Relationship")
        if attrs.get("Type", "").endswith("/worksheet")
    }
    parts = []
    for attrs in _elements(archive.read("xl/workbook.xml"), "sheet"):
        target = targets.get(attrs.get("r:id") or attrs.get("id", ""))
        if target and attrs.get("state", "visible") == "visible":
            parts.append(
                SheetPart(attrs.get("name", ""), posixpath.normpath(posixpath.join("/xl", target))[1:])
            )
    return parts


def has_cells(archive: zipfile.ZipFile, part: SheetPart) -> bool:
    tail = b""
    with archive.open(part.member) as stream:
        while chunk := stream.read(_CHUNK):
            if _CELL.search(tail + chunk):
                return True
            tail = chunk[-16:]
    return False


def marks_of(archive: zipfile.ZipFile, part: SheetPart) -> Marks:
    """Return the formula and error cells of a worksheet, at most 1,000 addresses of each."""
    formulas: dict[str, None] = {}
    errors: dict[str, None] = {}
    tail = b""
    with archive.open(part.member) as stream:
        while chunk := stream.read(_CHUNK):
            seen = tail + chunk
            # The plain searches cost almost nothing and settle the usual case.
            if b"<f" in seen or b":f" in seen:
                formulas |= dict.fromkeys(found.decode("ascii") for found in _FORMULA.findall(seen))
            if b't="e"' in seen:
                errors |= dict.fromkeys(found.decode("ascii") for found in _ERROR.findall(seen))
            tail = chunk[-_OVERLAP:]
            if len(formulas) > MOST_ADDRESSES and len(errors) > MOST_ADDRESSES:
                break
    return Marks(list(formulas)[:MOST_ADDRESSES], list(errors)[:MOST_ADDRESSES])


def _elements(xml: bytes, tag: str) -> list[dict[str, str]]:
    """Return the attributes of every ``tag`` element, whatever its prefix. Raises: ValueError."""
    found: list[dict[str, str]] = []

    def start(name: str, attrs: dict[str, str]) -> None:
        if name.rpartition(":")[2] == tag:
            found.append(attrs)

    def refuse(*_: object) -> None:
        raise ValueError("a DTD is not allowed")

    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    parser.StartDoctypeDeclHandler = refuse
    try:
        parser.Parse(xml, True)
    except expat.ExpatError as error:
        raise ValueError(f"broken XML: {error}") from error
    return found
