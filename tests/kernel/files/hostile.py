"""Workbooks, good and hostile, built by hand so that every byte is known."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    '<Override PartName="/xl/workbook.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>'
)
RELS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    f'<Relationship Id="rId1" Type="{REL}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
)


def sheet_xml(rows: str, after: str = "", before: str = "") -> str:
    return f'{before}<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData>{after}</worksheet>'


def text_cell(address: str, text: str) -> str:
    return f'<c r="{address}" t="inlineStr"><is><t>{text}</t></is></c>'


def number_cell(address: str, number: str) -> str:
    return f'<c r="{address}"><v>{number}</v></c>'


def row(number: int, *cells: str) -> str:
    return f'<row r="{number}">{"".join(cells)}</row>'


PLAIN_ROWS = row(1, text_cell("A1", "单位"), text_cell("B1", "办结")) + row(
    2, text_cell("A2", "王家街道"), number_cell("B2", "12")
)


def parts(sheet: str = sheet_xml(PLAIN_ROWS), **sheets: str) -> dict[str, bytes]:
    """Return the parts of a workbook with one sheet, or with the named ones ("名称|hidden" hides one)."""
    wanted = sheets or {"数据": sheet}
    entries, links = "", ""
    out = {"[Content_Types].xml": TYPES.encode(), "_rels/.rels": RELS.encode()}
    for number, (title, xml) in enumerate(wanted.items(), start=1):
        name, _, state = title.partition("|")
        shown = f' state="{state}"' if state else ""
        entries += f'<sheet name="{name}" sheetId="{number}"{shown} r:id="rId{number}"/>'
        links += (
            f'<Relationship Id="rId{number}" Type="{REL}/worksheet" Target="worksheets/sheet{number}.xml"/>'
        )
        out[f"xl/worksheets/sheet{number}.xml"] = xml.encode()
    out["xl/workbook.xml"] = (
        f'<workbook xmlns="{MAIN}" xmlns:r="{REL}"><sheets>{entries}</sheets></workbook>'.encode()
    )
    out["xl/_rels/workbook.xml.rels"] = (
        f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{links}'
        "</Relationships>"
    ).encode()
    return out


def zipped(files: Mapping[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


def workbook(sheet: str = sheet_xml(PLAIN_ROWS), **sheets: str) -> bytes:
    return zipped(parts(sheet, **sheets))


def with_part(name: str, content: bytes) -> bytes:
    return zipped({**parts(), name: content})


def overlapping(times: int = 50) -> bytes:
    """Return a zip whose directory lists one stored member ``times`` times under different names."""
    good = parts()
    body = io.BytesIO(zipped(good))
    with zipfile.ZipFile(body, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/0.xml", b"0" * 500_000)
        for number in range(1, times):
            twin = zipfile.ZipInfo(f"xl/media/{number}.xml")
            first = archive.getinfo("xl/media/0.xml")
            for name in ("header_offset", "compress_type", "compress_size", "file_size", "CRC", "flag_bits"):
                setattr(twin, name, getattr(first, name))
            archive.filelist.append(twin)
            archive.NameToInfo[twin.filename] = twin
            archive._didModify = True  # type: ignore[attr-defined]
    return body.getvalue()


def understated() -> bytes:
    """Return a workbook whose big member claims, in both headers, to unpack to 10 bytes."""
    name, content = b"xl/media/big.xml", b"0" * 5_000_000
    whole = with_part(name.decode(), content)
    real, claimed = struct.pack("<L", len(content)), struct.pack("<L", 10)
    crc = struct.pack("<L", zlib.crc32(content))
    patched = whole
    for start in (patched.find(crc), patched.rfind(crc)):
        place = patched.find(real, start)
        patched = patched[:place] + claimed + patched[place + 4 :]
    return patched
