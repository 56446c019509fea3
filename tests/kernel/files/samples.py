"""Small files that are what their names say, made by hand."""

from __future__ import annotations

import struct
import zlib

from tests.kernel.files.hostile import workbook, zipped


def pdf(text: str = "x") -> bytes:
    return f"%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\n% {text}\n%%EOF\n".encode()


def png(width: int = 2, height: int = 2, text: bytes = b"") -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">L", len(body)) + kind + body + struct.pack(">L", zlib.crc32(kind + body))

    head = struct.pack(">LLBBBBB", width, height, 8, 0, 0, 0, 0)
    pixels = zlib.compress(b"\0" * 6)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"tEXt", text)
        + chunk(b"IDAT", pixels)
        + chunk(b"IEND", b"")
    )


def jpeg(width: int = 2, height: int = 2) -> bytes:
    app = b"\xff\xe0\x00\x10JFIF\x00" + b"\0" * 9
    frame = b"\xff\xc0\x00\x0b\x08" + struct.pack(">HH", height, width) + b"\x01\x01\x11\x00"
    return b"\xff\xd8" + app + frame + b"\0" * 20 + b"\xff\xd9"


def docx(**more: bytes) -> bytes:
    return zipped({"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<w/>", **more})


def ofd() -> bytes:
    return zipped({"OFD.xml": b"<ofd/>", "Doc_0/Document.xml": b"<d/>"})


def xlsx() -> bytes:
    return workbook()
