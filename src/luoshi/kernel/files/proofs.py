"""Checks of a file that is kept as proof: it is what its name says, and opening it does no harm.

Nobody here opens it. It is kept as it came and only ever handed out to be saved.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Mapping

from luoshi.core.errors import Invalid
from luoshi.kernel.files import sheet_xml
from luoshi.kernel.files.names import kind_of_name, plain_name
from luoshi.kernel.files.packages import DOCUMENT, OFD, WORKBOOK, Package, check_package, megabytes, refusal
from luoshi.kernel.files.preflight import check_upload

MOST_BYTES = 50 * 1024 * 1024
MOST_PIXELS = 100_000_000
# Which endings each kind of evidence may have, and how they are named to an official.
ENDINGS: Mapping[str, tuple[str, ...]] = {
    "document": ("pdf", "docx", "ofd"),
    "sheet": ("xlsx", "csv"),
    "photo": ("jpg", "jpeg", "png"),
    "screenshot": ("png", "jpg", "jpeg"),
}
MEDIA: Mapping[str, str] = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "ofd": "application/ofd",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "png": "image/png",
}
_REMEDIES: Mapping[str, str] = {
    **dict.fromkeys(("doc", "wps", "dot", "rtf", "txt", "docm"), "请另存为 .docx 或 .pdf 后上传"),
    **dict.fromkeys(("xls", "et", "xlsm", "xlsb", "ods"), "请另存为 .xlsx 后上传"),
    **dict.fromkeys(("gif", "bmp", "webp", "heic", "tif", "tiff"), "请另存为 .jpg 或 .png 后上传"),
    **dict.fromkeys(
        ("mp4", "mp3", "wav", "avi", "mov", "amr", "m4a", "flv", "mkv"),
        "不收音视频，请改为文字说明或有关文件",
    ),
    **dict.fromkeys(("zip", "rar", "7z", "gz", "tar"), "不收压缩包，请解压后逐份上传"),
}
_ACTIVE = re.compile(rb"/(?:JavaScript|Launch|EmbeddedFiles?|RichMedia)\b")
_SIZE_MARKERS = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})


def check_proof(name: str, content: bytes, *, kind: str, max_bytes: int = MOST_BYTES) -> str:
    """Return the ending of a file that may be kept as evidence of ``kind``, a key of ``ENDINGS``.

    Name and content must agree. A table holds values, no formulas; no part of it is a program.
    Raises: Invalid, naming the file, the rule and the remedy.
    """
    shown = plain_name(name)
    ending = kind_of_name(shown)
    if not content:
        raise refusal(shown, "是空的，请检查后重新上传。")
    size_check(shown, len(content), max_bytes=max_bytes)
    if ending not in ENDINGS[kind]:
        allowed = "、".join(f".{each}" for each in ENDINGS[kind])
        remedy = _REMEDIES.get(ending, "请核对类别，或另存为上述格式后上传")
        raise refusal(shown, f"不能作为此类佐证，此类只收 {allowed}，{remedy}。")
    _CHECKS[ending](shown, content)
    return ending


def size_check(name: str, size: int, *, max_bytes: int = MOST_BYTES, field: str = "") -> None:
    """Refuse a file by its size alone, before it is read. Raises: Invalid, beside ``field`` when given."""
    if size > max_bytes:
        why = f"大小为{megabytes(size)}，超过上限{megabytes(max_bytes)}，请压缩或拆分后上传。"
        found = refusal(plain_name(name), why)
        raise Invalid(found.message, fields={field: found.message} if field else None)


def _package(package: Package) -> Callable[[str, bytes], None]:
    def check(shown: str, content: bytes) -> None:
        check_package(shown, content, package)

    return check


def _workbook(shown: str, content: bytes) -> None:
    check_package(shown, content, WORKBOOK)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for member in archive.namelist():
            if not re.fullmatch(r"xl/(?:work|chart|dialog)sheets/[^/]+\.xml", member, re.IGNORECASE):
                continue
            formulas = sheet_xml.marks_of(archive, sheet_xml.SheetPart("", member)).formulas
            if formulas:
                where = f"单元格 {formulas[0]} " + ("等处" if len(formulas) > 1 else "")
                remedy = "请复制后以“数值”粘贴再上传"
                raise refusal(shown, f"{where}是公式，打开时结果可能改变，不能作为佐证，{remedy}。")


def _csv(shown: str, content: bytes) -> None:
    check_upload(shown, content, max_bytes=len(content))


def _pdf(shown: str, content: bytes) -> None:
    if not content.startswith(b"%PDF-") or b"%%EOF" not in content[-2048:]:
        raise refusal(shown, "扩展名是 .pdf，内容却不是完整的 PDF 文件，请重新导出为 PDF 后上传。")
    if found := _ACTIVE.search(content):
        what = "其他文件" if found.group().startswith(b"/Embedded") else "可运行的内容"
        raise refusal(shown, f"内含{what}，系统不予接收，请用“打印为 PDF”重新生成后上传。")


def _png(shown: str, content: bytes) -> None:
    if (
        not content.startswith(b"\x89PNG\r\n\x1a\n")
        or content[12:16] != b"IHDR"
        or b"IEND" not in content[-64:]
    ):
        raise refusal(shown, "扩展名是 .png，内容却不是完整的图片，请重新保存为 .png 后上传。")
    _pixels(shown, int.from_bytes(content[16:20]), int.from_bytes(content[20:24]))


def _jpeg(shown: str, content: bytes) -> None:
    size = _jpeg_size(content)
    if size is None:
        raise refusal(shown, "扩展名是 .jpg，内容却不是完整的图片，请重新保存为 .jpg 后上传。")
    _pixels(shown, *size)


def _jpeg_size(content: bytes) -> tuple[int, int] | None:
    """Return width and height as the first frame header of a JPEG says; None when there is none."""
    if not content.startswith(b"\xff\xd8\xff"):
        return None
    place = 2
    while place + 9 < len(content) and content[place] == 0xFF:
        marker = content[place + 1]
        if marker == 0xFF:
            place += 1
            continue
        length = int.from_bytes(content[place + 2 : place + 4])
        if marker in _SIZE_MARKERS:
            height, width = content[place + 5 : place + 7], content[place + 7 : place + 9]
            return int.from_bytes(width), int.from_bytes(height)
        place += 2 + max(length, 2)
    return None


def _pixels(shown: str, width: int, height: int) -> None:
    if not width or not height or width * height > MOST_PIXELS:
        most = MOST_PIXELS // 10_000
        raise refusal(shown, f"为 {width}×{height} 像素，上限 {most} 万像素，请缩小后上传。")


_CHECKS: Mapping[str, Callable[[str, bytes], None]] = {
    "pdf": _pdf,
    "docx": _package(DOCUMENT),
    "ofd": _package(OFD),
    "xlsx": _workbook,
    "csv": _csv,
    "jpg": _jpeg,
    "jpeg": _jpeg,
    "png": _png,
}
