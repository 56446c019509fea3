"""Checks of a file that is a zip of parts (.xlsx, .docx, .ofd), before any parser opens it.

Measured attacks (billion laughs, an 800 MB cell, overlapping members) cost a parser minutes or gigabytes;
everything refused here costs milliseconds.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from dataclasses import dataclass

from luoshi.core.errors import Invalid

MOST_MEMBERS = 2000
MOST_RATIO = 100
RATIO_FREE_BYTES = 1024 * 1024  # a small member may be as repetitive as it likes
MOST_UNPACKED_BYTES = 200 * 1024 * 1024
_CHUNK = 1024 * 1024
_MACRO = re.compile(r"vbaproject\.bin|/macrosheets/|/activex/|vbadata\.xml", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Package:
    """A format of this kind. ``must``: the members it cannot lack; ``old``: what a foreign format may be.

    ``resave`` and ``copy``: what cures an odd file, and what a dangerous one.
    """

    ending: str
    noun: str
    old: str
    must: frozenset[str]
    resave: str
    copy: str


TYPES = "[Content_Types].xml"
WORKBOOK = Package(
    ending="xlsx",
    noun=" Excel 工作簿",
    old=" Excel 文件",
    must=frozenset({TYPES, "xl/workbook.xml"}),
    resave="请用表格软件打开，另存为新的 .xlsx 后上传。",
    copy="请将数据复制到新工作簿后上传。",
)
DOCUMENT = Package(
    ending="docx",
    noun=" Word 文档",
    old=" Word 文件",
    must=frozenset({TYPES, "word/document.xml"}),
    resave="请用文字软件打开，另存为新的 .docx 后上传。",
    copy="请将内容复制到新文档后上传。",
)
OFD = Package(
    ending="ofd",
    noun=" OFD 版式文件",
    old="文件",
    must=frozenset({"OFD.xml"}),
    resave="请重新生成 .ofd 后上传。",
    copy="请重新生成 .ofd 后上传。",
)


def refusal(shown: str, why: str) -> Invalid:
    """Return the refusal of a file: its name and why."""
    return Invalid(f"文件“{shown}”{why}")


def megabytes(size: int) -> str:
    """Return a size as refusals write it."""
    return f"{size / 1024 / 1024:.1f} MB"


def check_package(shown: str, content: bytes, package: Package) -> None:
    """Refuse a package that is not what its name says, or that is dangerous to open.

    Limits: 2,000 members, 200 MB unpacked, ratio 100, no overlapping members, no absolute or ``..`` names, no
    DTD, no macros, no password. Raises: Invalid, naming the file, the rule and the remedy.
    """
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        why = f"是旧版{package.old}或设有打开密码，请去掉密码并另存为 .{package.ending} 后上传。"
        raise refusal(shown, why)
    if not content.startswith(b"PK\x03\x04"):
        raise refusal(shown, f"扩展名是 .{package.ending}，内容却不是{package.noun}，{package.resave}")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = archive.infolist()
            _check_members(shown, members, package)
            _check_layout(shown, content, members, len(archive.comment), package)
            for member in members:
                _check_content(shown, archive, member, package)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, RuntimeError, ValueError) as error:
        raise refusal(shown, f"已损坏，无法打开，{package.resave}") from error


def _check_members(shown: str, members: list[zipfile.ZipInfo], package: Package) -> None:
    names = [member.filename for member in members]
    if len(names) > MOST_MEMBERS:
        raise refusal(shown, f"内含{len(names)}个部件，超过上限{MOST_MEMBERS}个，{package.resave}")
    if len({name.casefold() for name in names}) != len(names):
        raise refusal(shown, f"内有重名部件，不是正常保存的文件，{package.resave}")
    for name in names:
        if name.startswith(("/", "\\")) or "\\" in name or ":" in name or ".." in name.split("/"):
            raise refusal(shown, f"内有越界路径，系统不予接收，{package.resave}")
        if _MACRO.search(f"/{name}"):
            raise refusal(shown, f"含有宏，系统不予接收，请另存为不含宏的 .{package.ending} 后上传。")
    if not package.must <= set(names):
        raise refusal(shown, f"扩展名是 .{package.ending}，内容却不是{package.noun}，{package.resave}")
    _check_sizes(shown, members, package)


def _check_sizes(shown: str, members: list[zipfile.ZipInfo], package: Package) -> None:
    total = sum(member.file_size for member in members)
    if total > MOST_UNPACKED_BYTES:
        limit = megabytes(MOST_UNPACKED_BYTES)
        raise refusal(shown, f"展开后为{megabytes(total)}，超过上限{limit}，请删除多余的行、列和图片后上传。")
    for member in members:
        if member.file_size > max(RATIO_FREE_BYTES, MOST_RATIO * member.compress_size):
            raise refusal(shown, f"压缩比超过{MOST_RATIO}倍，疑似恶意文件，{package.copy}")
        if member.flag_bits & 0x1:
            raise refusal(shown, "设有密码，请去掉密码后上传。")
        if (member.external_attr >> 16) & 0o170000 == 0o120000:
            raise refusal(shown, f"内有链接部件，系统不予接收，{package.resave}")


def _check_layout(
    shown: str, content: bytes, members: list[zipfile.ZipInfo], comment: int, package: Package
) -> None:
    """Refuse members that share bytes, and bytes before or after the archive (a second file in disguise)."""
    edge = 0
    for member in sorted(members, key=lambda item: item.header_offset):
        if member.header_offset < edge:
            raise refusal(shown, f"内部件互相重叠，疑似恶意文件，{package.copy}")
        start = member.header_offset
        name_bytes = int.from_bytes(content[start + 26 : start + 28], "little")
        extra_bytes = int.from_bytes(content[start + 28 : start + 30], "little")
        edge = start + 30 + name_bytes + extra_bytes + member.compress_size
    directory_end = content.rfind(b"PK\x05\x06")
    if edge > directory_end or directory_end + 22 + comment != len(content):
        raise refusal(shown, f"夹带其他内容，疑似恶意文件，{package.copy}")


def _check_content(shown: str, archive: zipfile.ZipFile, member: zipfile.ZipInfo, package: Package) -> None:
    """Read one member through once: its length, its checksum and, for XML, that it declares no entities."""
    is_xml = member.filename.lower().endswith((".xml", ".rels", ".vml"))
    tail, length = b"", 0
    with archive.open(member) as stream:
        while chunk := stream.read(_CHUNK):
            if is_xml:
                seen = tail + chunk
                # A DTD could also hide in UTF-16, which no spreadsheet program writes.
                if length == 0 and seen.startswith((b"\xff\xfe", b"\xfe\xff", b"\x00", b"<\x00")):
                    raise refusal(shown, f"内部编码异常，{package.resave}")
                if b"<!DOCTYPE" in seen or b"<!ENTITY" in seen:
                    raise refusal(shown, f"含有外部实体声明，疑似恶意文件，{package.copy}")
                if member.filename == "[Content_Types].xml" and b"macroEnabled" in seen:
                    raise refusal(shown, f"含有宏，系统不予接收，请另存为不含宏的 .{package.ending} 后上传。")
                tail = chunk[-16:]
            length += len(chunk)
    if length != member.file_size:
        raise refusal(shown, f"内部件大小与登记不符，疑似恶意文件，{package.copy}")
