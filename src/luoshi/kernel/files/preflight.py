"""Checks of an uploaded table before any parser opens it.

A spreadsheet is a zip of XML. Measured attacks (billion laughs, an 800 MB cell, overlapping members) cost a
parser minutes or gigabytes; everything refused here costs milliseconds.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from typing import Literal

from luoshi.core.errors import Invalid
from luoshi.kernel.files.names import kind_of_name, plain_name

Kind = Literal["xlsx", "csv"]

MOST_MEMBERS = 2000
MOST_RATIO = 100
RATIO_FREE_BYTES = 1024 * 1024  # a small member may be as repetitive as it likes
MOST_UNPACKED_BYTES = 200 * 1024 * 1024
_CHUNK = 1024 * 1024

# What to do about it: most odd files are cured by saving them anew.
_RESAVE = "请用表格软件打开，另存为新的 .xlsx 后上传。"
_COPY = "请将数据复制到新工作簿后上传。"

_OLD_FORMATS = ("xls", "xlsm", "xlsb", "xltx", "xltm", "et", "ett", "ods")
_MACRO = re.compile(r"vbaproject\.bin|/macrosheets/|/activex/|vbadata\.xml", re.IGNORECASE)
_MARKUP_START = re.compile(rb"^\s*<(?:!doctype|html|head|script|table|\?xml)", re.IGNORECASE)
_FOREIGN_STARTS = (
    (b"PK\x03\x04", "压缩包或 Excel 文件"),
    (b"PK\x05\x06", "空压缩包"),
    (b"MZ", "Windows 程序"),
    (b"\x7fELF", "Linux 程序"),
    (b"%PDF", "PDF 文件"),
    (b"\xd0\xcf\x11\xe0", "旧版 Office 文件（.xls/.doc）"),
    (b"GIF8", "图片"),
    (b"\x89PNG", "图片"),
    (b"\xff\xd8\xff", "图片"),
    (b"Rar!", "压缩包"),
    (b"7z\xbc\xaf", "压缩包"),
    (b"\x1f\x8b", "压缩包"),
)


def check_upload(name: str, content: bytes, *, max_bytes: int) -> Kind:
    """Return the kind of an uploaded table when it is safe to parse.

    Name and content must agree. Limits for xlsx: 2,000 members, 200 MB unpacked, ratio 100, no overlapping
    members, no absolute or ``..`` names, no DTD, no macros, no password.
    Raises: Invalid, naming the file, the rule and the remedy.
    """
    shown = plain_name(name)
    if not content:
        raise _refusal(shown, "是空的，请检查后重新上传。")
    if len(content) > max_bytes:
        limit = _megabytes(max_bytes)
        raise _refusal(shown, f"大小为{_megabytes(len(content))}，超过上限{limit}，请拆分后分次上传。")
    kind = _kind(shown)
    if kind == "xlsx":
        _check_xlsx(shown, content)
        return "xlsx"
    _check_csv(shown, content)
    return "csv"


def _kind(shown: str) -> str:
    kind = kind_of_name(shown)
    if kind in ("xlsx", "csv"):
        return kind
    if kind in _OLD_FORMATS:
        raise _refusal(
            shown, f"是 .{kind} 格式，系统只接收 .xlsx 和 .csv，请在表格软件中另存为 .xlsx 后上传。"
        )
    raise _refusal(shown, "不是表格，系统只接收 .xlsx 和 .csv 文件。")


def _refusal(shown: str, why: str) -> Invalid:
    return Invalid(f"文件“{shown}”{why}")


def _megabytes(size: int) -> str:
    return f"{size / 1024 / 1024:.1f} MB"


# --- csv ---


def _check_csv(shown: str, content: bytes) -> None:
    for start, what in _FOREIGN_STARTS:
        if content.startswith(start):
            raise _refusal(shown, f"扩展名是 .csv，内容却是{what}，请核对后重新上传。")
    if _MARKUP_START.match(content.removeprefix(b"\xef\xbb\xbf")[:512]):
        raise _refusal(
            shown, "扩展名是 .csv，内容却是网页，请在表格软件中打开并另存为 .csv 或 .xlsx 后上传。"
        )
    if b"\x00" in content:
        raise _refusal(shown, "含有不可打印字符，不是文本表格，请另存为 UTF-8 编码的 .csv 或 .xlsx 后上传。")


# --- xlsx ---


def _check_xlsx(shown: str, content: bytes) -> None:
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        raise _refusal(shown, "是旧版 Excel 文件或设有打开密码，请去掉密码并另存为 .xlsx 后上传。")
    if not content.startswith(b"PK\x03\x04"):
        raise _refusal(shown, f"扩展名是 .xlsx，内容却不是 Excel 工作簿，{_RESAVE}")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = archive.infolist()
            _check_members(shown, members)
            _check_layout(shown, content, members, len(archive.comment))
            for member in members:
                _check_content(shown, archive, member)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, RuntimeError, ValueError) as error:
        raise _refusal(shown, f"已损坏，无法打开，{_RESAVE}") from error


def _check_members(shown: str, members: list[zipfile.ZipInfo]) -> None:
    names = [member.filename for member in members]
    if len(names) > MOST_MEMBERS:
        raise _refusal(shown, f"内含{len(names)}个部件，超过上限{MOST_MEMBERS}个，{_RESAVE}")
    if len({name.casefold() for name in names}) != len(names):
        raise _refusal(shown, f"内有重名部件，不是正常保存的工作簿，{_RESAVE}")
    for name in names:
        if name.startswith(("/", "\\")) or "\\" in name or ":" in name or ".." in name.split("/"):
            raise _refusal(shown, f"内有越界路径，系统不予接收，{_RESAVE}")
        if _MACRO.search(f"/{name}"):
            raise _refusal(shown, "含有宏，系统不予接收，请另存为不含宏的 .xlsx 后上传。")
    if not {"[Content_Types].xml", "xl/workbook.xml"} <= set(names):
        raise _refusal(shown, f"扩展名是 .xlsx，内容却不是 Excel 工作簿，{_RESAVE}")
    _check_sizes(shown, members)


def _check_sizes(shown: str, members: list[zipfile.ZipInfo]) -> None:
    total = sum(member.file_size for member in members)
    if total > MOST_UNPACKED_BYTES:
        limit = _megabytes(MOST_UNPACKED_BYTES)
        raise _refusal(
            shown, f"展开后为{_megabytes(total)}，超过上限{limit}，请删除多余的行、列和图片后上传。"
        )
    for member in members:
        if member.file_size > max(RATIO_FREE_BYTES, MOST_RATIO * member.compress_size):
            raise _refusal(shown, f"压缩比超过{MOST_RATIO}倍，疑似恶意文件，{_COPY}")
        if member.flag_bits & 0x1:
            raise _refusal(shown, "设有密码，请去掉密码后上传。")
        if (member.external_attr >> 16) & 0o170000 == 0o120000:
            raise _refusal(shown, f"内有链接部件，系统不予接收，{_RESAVE}")


def _check_layout(shown: str, content: bytes, members: list[zipfile.ZipInfo], comment: int) -> None:
    """Refuse members that share bytes, and bytes before or after the archive (a second file in disguise)."""
    edge = 0
    for member in sorted(members, key=lambda item: item.header_offset):
        if member.header_offset < edge:
            raise _refusal(shown, f"内部件互相重叠，疑似恶意文件，{_COPY}")
        start = member.header_offset
        name_bytes = int.from_bytes(content[start + 26 : start + 28], "little")
        extra_bytes = int.from_bytes(content[start + 28 : start + 30], "little")
        edge = start + 30 + name_bytes + extra_bytes + member.compress_size
    directory_end = content.rfind(b"PK\x05\x06")
    if edge > directory_end or directory_end + 22 + comment != len(content):
        raise _refusal(shown, f"夹带其他内容，疑似恶意文件，{_COPY}")


def _check_content(shown: str, archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> None:
    """Read one member through once: its length, its checksum and, for XML, that it declares no entities."""
    is_xml = member.filename.lower().endswith((".xml", ".rels", ".vml"))
    tail, length = b"", 0
    with archive.open(member) as stream:
        while chunk := stream.read(_CHUNK):
            if is_xml:
                seen = tail + chunk
                # A DTD could also hide in UTF-16, which no spreadsheet program writes.
                if length == 0 and seen.startswith((b"\xff\xfe", b"\xfe\xff", b"\x00", b"<\x00")):
                    raise _refusal(shown, f"内部编码异常，{_RESAVE}")
                if b"<!DOCTYPE" in seen or b"<!ENTITY" in seen:
                    raise _refusal(shown, f"含有外部实体声明，疑似恶意文件，{_COPY}")
                if member.filename == "[Content_Types].xml" and b"macroEnabled" in seen:
                    raise _refusal(shown, "含有宏，系统不予接收，请另存为不含宏的 .xlsx 后上传。")
                tail = chunk[-16:]
            length += len(chunk)
    if length != member.file_size:
        raise _refusal(shown, f"内部件大小与登记不符，疑似恶意文件，{_COPY}")
