"""Runs as its own process: reads a .docx from standard input and writes its paragraphs and tables out.

Started by path with ``-I``, so it imports nothing of the product. Arguments: memory limit in bytes, CPU limit
in seconds. Output: frames of a 4-byte length and a marshalled list of blocks, then a frame of length 0.
A block is a text (a paragraph) or a list of rows of cell texts (a table). Deleted text, field codes and the
fallback copy of a drawing are not text; nested tables are read as text of their cell.
"""

from __future__ import annotations

import io
import marshal
import sys
import zipfile
from typing import Any, BinaryIO
from xml.parsers import expat

BLOCKS_PER_FRAME = 200
MOST_CHARACTERS = 5_000_000
WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/wordprocessingml/main"
COMPATIBILITY = "http://schemas.openxmlformats.org/markup-compatibility/2006"


class Body:
    """Gathers the blocks while the parser walks through ``word/document.xml``."""

    def __init__(self) -> None:
        self.blocks: list[Any] = []
        self.paragraphs: list[list[str]] = []
        self.tables = 0
        self.rows: list[list[str]] = []
        self.cell: list[str] = []
        self.span = 1
        self.in_text = False
        self.skipped = 0
        self.characters = 0

    def start(self, name: str, attrs: dict[str, str]) -> None:
        space, _, tag = name.rpartition(" ")
        if self.skipped or (space == COMPATIBILITY and tag == "Fallback"):
            self.skipped += 1
        elif space in (WORD, STRICT):
            self._start(tag, {key.rpartition(" ")[2]: value for key, value in attrs.items()})

    def _start(self, tag: str, attrs: dict[str, str]) -> None:
        if tag == "tbl":
            self.tables += 1
            if self.tables == 1:
                self.rows = []
        elif tag == "p":
            self.paragraphs.append([])
        elif tag == "t":
            self.in_text = True
        elif tag in ("br", "cr", "tab") and self.paragraphs:
            self.paragraphs[-1].append("\n" if tag != "tab" else " ")
        elif tag == "gridSpan" and self.tables == 1:
            self.span = min(int(attrs.get("val", "1") or 1), 60)
        elif self.tables == 1 and tag == "tr":
            self.rows.append([])
        elif self.tables == 1 and tag == "tc":
            self.cell, self.span = [], 1

    def end(self, name: str) -> None:
        space, _, tag = name.rpartition(" ")
        if self.skipped:
            self.skipped -= 1
        elif space in (WORD, STRICT):
            self._end(tag)

    def _end(self, tag: str) -> None:
        if tag == "t":
            self.in_text = False
        elif tag == "p" and self.paragraphs:
            text = "".join(self.paragraphs.pop()).strip()
            if text and self.tables:
                self.cell.append(text)
            elif text:
                self.blocks.append(text)
        elif tag == "tc" and self.tables == 1 and self.rows:
            self.rows[-1] += ["\n".join(self.cell), *[""] * (self.span - 1)]
            self.cell = []
        elif tag == "tbl":
            self.tables -= 1
            if not self.tables and self.rows:
                self.blocks.append(self.rows)

    def text(self, data: str) -> None:
        if self.in_text and not self.skipped and self.paragraphs:
            self.characters += len(data)
            if self.characters > MOST_CHARACTERS:
                raise SystemExit(3)
            self.paragraphs[-1].append(data)


def main(memory: int, seconds: int) -> None:
    _limit(memory, seconds)
    with zipfile.ZipFile(io.BytesIO(sys.stdin.buffer.read())) as archive:
        xml = archive.read("word/document.xml")
    body = Body()
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler, parser.EndElementHandler = body.start, body.end
    parser.CharacterDataHandler = body.text
    parser.StartDoctypeDeclHandler = _refuse
    parser.buffer_text = True
    parser.Parse(xml, True)
    out = sys.stdout.buffer
    for at in range(0, len(body.blocks), BLOCKS_PER_FRAME):
        _send(out, body.blocks[at : at + BLOCKS_PER_FRAME])
    out.write(bytes(4))
    out.flush()


def _refuse(*_: object) -> None:
    raise SystemExit(4)  # a document type may declare entities


def _limit(memory: int, seconds: int) -> None:
    try:
        import resource
    except ImportError:  # Windows has no such limits; the parent's time limit still holds
        return
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _send(out: BinaryIO, value: Any) -> None:
    frame = marshal.dumps(value)
    out.write(len(frame).to_bytes(4, "big"))
    out.write(frame)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
